"""The pages of a notice tell which alerts did not arrive, and what was sent instead; never that it changes nothing."""

from __future__ import annotations

import re

from tests.browser_requests import Browser, check_html, text_of
from tests.export_world import Exports
from tests.told_world import Story

FAILED = "De esta notificación no llegó ninguna alerta por correo."


def words(html: str) -> str:
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_it_is_said_before_and_after_the_opening_and_leads_to_the_profile(visitor: Browser, exports: Exports) -> None:
    story = Story(exports)
    address = f"/casilla/{story.notice_id}"
    envelope = visitor.get(address)
    visitor.submit(envelope, address)
    opened = text_of(visitor.get(address))

    for html in (text_of(envelope), opened):
        assert words(html).count(FAILED) == 1
        assert "Quedó registrado, y la entidad que la envió puede verlo." in words(html)
        assert '<a href="/perfil">Revisa en tu perfil</a>' in html
        assert not re.search(r"no (?:cambia|afecta|influye)|igual(?:mente)? (?:vale|surte)|de todos modos", words(html))
    assert "Alerta por correo: devuelta: no llegó" in opened


def test_what_was_sent_instead_stands_with_the_alerts_and_the_reminder_by_itself(
    visitor: Browser, exports: Exports
) -> None:
    story = Story(exports)
    story.sweep()
    story.sweep()
    story.world.clock.now = story.world.clock.now.replace(day=12, hour=13, minute=1)
    story.sweep("send_reminders")
    visitor.enter()
    address = f"/casilla/{story.notice_id}"
    visitor.submit(visitor.get(address), address)
    html = text_of(visitor.get(address))

    assert re.findall(r"<summary>([^<]+) <time", html) == ["Alertas: 2 SMS enviados, 2 correos devueltos"]
    assert "A +51 *** *** 001. También por mensaje de texto, porque el correo no llegó" in html
    told = '<strong>Recordatorio por SMS: enviado</strong> <time datetime="2026-03-12T08:04:00-05:00">'
    assert told in re.sub(r":\d\d-05:00", ":00-05:00", html)


def test_where_alerts_arrived_or_are_on_their_way_nothing_is_said(visitor: Browser) -> None:
    notice_id = visitor.people.world.deposit().json_body["notice_id"]
    address = f"/casilla/{notice_id}"
    envelope = visitor.get(address)
    visitor.submit(envelope, address)

    for html in (text_of(envelope), text_of(visitor.get(address))):
        assert "no llegó ninguna alerta" not in html
        assert "Quedó registrado, y la entidad" not in html
