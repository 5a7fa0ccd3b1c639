"""An officer begins a notice anew from the defective one: the draft names it, and nothing of the old one changes."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.bootstrap.composition import composition_store
from chalicelib.domain.institution.composition import Composition, Part
from chalicelib.domain.institution.staff import Permission, StaffMember
from chalicelib.store.tables import NoticeItem
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import a_body
from tests.staff_world import Staff, csrf_of


class Desk:
    """An officer, and a notice of the institution."""

    def __init__(self, staff: Staff) -> None:
        self.staff, self.world = staff, staff.world
        self.officer = staff.member()
        self.browser = staff.browser(self.officer)
        self.notice_id = str(self.world.deposit(a_body()).json_body["notice_id"])

    @property
    def address(self) -> str:
        return f"/entidad/enviadas/{self.notice_id}/reemplazar"

    def begin(self, browser: Browser | None = None) -> Any:
        browser = browser or self.browser
        return browser.post(self.address, None, csrf=csrf_of(browser.get("/entidad")))

    def drafts(self, member: StaffMember | None = None) -> tuple[Composition, ...]:
        one = member or self.officer
        return tuple(composition_store(self.world.container).list_open_of(one.institution_id, one.staff_id))


@pytest.fixture
def desk(staff: Staff) -> Desk:
    return Desk(staff)


def test_the_draft_names_the_notice_and_begins_with_what_usually_stays(desk: Desk) -> None:
    sent = text_of(desk.browser.get(f"/entidad/enviadas/{desk.notice_id}"))
    assert f'href="{desk.address}"' in sent
    page = text_of(desk.browser.get(desk.address))
    check_html(page)
    assert "artículo 26.1 del TUO" in page
    assert desk.drafts() == ()

    answer = desk.begin()

    [draft] = desk.drafts()
    assert answer.headers["Location"] == f"/entidad/redactar/{draft.composition_id}"
    assert draft.replaces == desk.notice_id
    assert draft.heading is not None
    assert (draft.heading.number, draft.case_file and draft.case_file.number) == ("000079-2026", "EXP-2026-000098")
    assert {Part.RECIPIENT, Part.TERM, Part.MAIN} <= set(draft.missing)
    shown = text_of(desk.browser.get(answer.headers["Location"]))
    check_html(shown)
    assert f'Reemplaza a la notificación N.º <a href="/entidad/enviadas/{desk.notice_id}">' in shown


def test_one_that_was_replaced_leads_to_the_newer_one(desk: Desk) -> None:
    newer = desk.world.deposit(a_body(replaces=desk.notice_id), key="clave-2").json_body["notice_id"]

    page = text_of(desk.browser.get(desk.address))

    check_html(page)
    assert f'href="/entidad/enviadas/{newer}/reemplazar"' in page
    answer = desk.begin()
    assert answer.status_code == 409
    assert newer in text_of(answer)
    assert desk.drafts() == ()
    assert "Reemplazar</a>" not in text_of(desk.browser.get(f"/entidad/enviadas/{desk.notice_id}"))


def _of_another_institution(desk: Desk) -> StaffMember:
    data = NoticeItem.get(desk.notice_id).data
    data["sender"]["institution_id"] = "otra-entidad"
    NoticeItem(desk.notice_id).update([NoticeItem.data.set(data)])
    return desk.officer


@pytest.mark.parametrize("who", [_of_another_institution, lambda desk: desk.staff.member(office_id="oficina-norte")])
def test_another_institution_s_or_office_s_is_as_one_that_is_not_there(desk: Desk, who: Any) -> None:
    member = who(desk)
    browser = desk.staff.browser(member)

    assert browser.get(desk.address).status_code == 404
    assert desk.begin(browser).status_code == 404
    assert desk.drafts(member) == ()


def test_who_may_not_deposit_replaces_nothing(desk: Desk) -> None:
    browser = desk.staff.browser(desk.staff.member(permissions=(Permission.SEE_SENT,)))

    assert browser.get(desk.address).status_code == 403
