"""The notice's page says since when an act is in force, whether it ends the path, and which remedies there are."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import a_body

REMEDY = {
    "name": "Recurso de <b>reconsideración</b>",
    "body": "Dirección de Autorizaciones",
    "term": {"amount": 15, "unit": "business_days"},
}


def deposited(browser: Browser, **document: Any) -> str:
    body = a_body()
    answer = browser.people.world.deposit({**body, "document": {**body["document"], **document}})
    return f"/casilla/{answer.json_body['notice_id']}"


def test_it_is_shown_once_the_notice_was_opened(visitor: Browser) -> None:
    address = deposited(visitor, in_force_from="2026-03-16", ends_administrative_path=True, remedies=[REMEDY])
    envelope = text_of(visitor.get(address))
    visitor.submit(visitor.get(address), address)
    html = text_of(visitor.get(address))
    check_html(html)

    assert "Vigencia y recursos" not in envelope
    section = html.split("<h2>Vigencia y recursos</h2>")[1].split("<h2>")[0]
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", section)
    assert [(label, unescape(value)) for label, value in rows] == [
        ("Vigencia del acto", "Desde el lunes 16 de marzo de 2026"),
        ("Vía administrativa", "Agota la vía administrativa"),
        (
            "Recurso",
            "Recurso de <b>reconsideración</b>. Ante: Dirección de Autorizaciones. Plazo: 15 días hábiles",
        ),
    ]
    assert "<b>reconsideración" not in html
    assert "Es lo que informó la entidad" in section


def test_nothing_is_shown_where_nothing_was_said(visitor: Browser) -> None:
    address = deposited(visitor)
    visitor.submit(visitor.get(address), address)
    assert "Vigencia" not in text_of(visitor.get(address))
