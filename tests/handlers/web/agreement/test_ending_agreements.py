"""Whose agreement ends within thirty days: by its last day as it is now, a page at a time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.agreement import agreement_store, agreement_tools
from chalicelib.domain.agreement.agreement import Addendum, Agreement, Reason, Standing
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.services.agreement.change_agreement import extend_agreement, register_agreement
from chalicelib.store.codec import to_data
from chalicelib.store.tables import InstitutionItem
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import an_institution, put_institution
from tests.handlers.test_watch_calendar import SCHEDULED
from tests.staff_world import Staff

PAGE = "/plataforma/entidades?convenios=por-vencer"
TODAY = date(2026, 3, 9)


@pytest.fixture
def administrator(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))


def agreed(staff: Staff, name: str, left: int | None) -> None:
    put_institution(staff.world.container, an_institution(institution_id=name, name=f"Entidad {name}"))
    ends_on = None if left is None else TODAY + timedelta(days=left)
    tools = agreement_tools(staff.world.container, "staff:admin", "Convenio")
    register_agreement(Agreement(name, TODAY - timedelta(days=1), ends_on), tools=tools)


def listed(browser: Browser, page: str = PAGE) -> list[str]:
    shown = text_of(browser.get(page))
    check_html(shown)
    return re.findall(r"/plataforma/entidades/([a-z0-9-]+)/convenio", shown)


def test_the_next_thirty_days_are_listed_and_no_other(staff: Staff, administrator: Browser) -> None:
    assert "Ningún convenio vence" in text_of(administrator.get(PAGE))
    for name, left in (("hoy", 0), ("treinta", 30), ("treintaiuno", 31), ("sin-fin", None), ("manana", 1)):
        agreed(staff, name, left)
    assert listed(administrator) == ["hoy", "manana", "treinta"]
    shown = text_of(administrator.get(PAGE))
    for words in ("Entidad hoy", ">Hoy<", ">Mañana<", ">En 30 días<", "8 de abril de 2026"):
        assert words in shown
    everything = text_of(administrator.get("/plataforma/entidades"))
    check_html(everything)
    assert PAGE in everything


def test_who_was_extended_cancelled_or_is_another_day_is_not_listed(staff: Staff, administrator: Browser) -> None:
    for name in ("uno", "dos", "tres"):
        agreed(staff, name, 5)
    box = staff.world.container
    far, near = (Addendum(TODAY + timedelta(days=days), TODAY, "1") for days in (300, 9))
    extend_agreement("uno", far, tools=agreement_tools(box, "staff:admin", "Adenda"))
    extend_agreement("dos", near, tools=agreement_tools(box, "staff:admin", "Adenda"))
    store = agreement_store(box)
    kept = store.find("tres")
    assert kept
    ended = replace(kept, ended=Standing(Reason.UNUSED, TODAY), version=kept.version + 1)
    InstitutionItem("tres", "agreement", data=to_data(ended), version=ended.version).save()
    assert listed(administrator) == ["dos"]


def test_one_of_a_package_before_is_listed_after_the_night(staff: Staff, administrator: Browser) -> None:
    agreed(staff, "antes", 20)
    InstitutionItem("#agreement-ends", f"{TODAY + timedelta(days=20)}#antes").delete()
    assert listed(administrator) == []
    staff.world.client.lambda_.invoke("watch_agreements", SCHEDULED)
    assert listed(administrator) == ["antes"]


def test_a_page_reads_fifty_and_leads_to_the_others(staff: Staff, administrator: Browser) -> None:
    names = [f"e{number:02}" for number in range(52)]
    for name in names:
        agreed(staff, name, 3)
    with ledger() as book:
        assert listed(administrator) == names[:50]
    assert sorted(book.operations) == ["BatchGetItem", "BatchGetItem", "Query"]  # the session's, and the page's
    following = re.findall(r'href="([^"]*desde=[^"]*)"', text_of(administrator.get(PAGE)))[0].replace("&amp;", "&")
    assert listed(administrator, following) == names[50:]
    for wrong in ("x", "2020-01-01%23a", "9999-99-99%23zz", "%00"):
        assert administrator.get(f"{PAGE}&desde={wrong}").status_code == 200
