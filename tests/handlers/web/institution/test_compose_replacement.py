"""A notice is done again from the console: begun with what the first one said, linked both ways, asked for anew."""

from __future__ import annotations

import pytest

from chalicelib.bootstrap.composition import composition_store
from chalicelib.bootstrap.storage import event_store, notice_store
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.composition import Composition, Part, changed
from chalicelib.domain.notice import Notice
from chalicelib.store.tables import CompositionItem, NoticeItem
from tests.browser_requests import text_of
from tests.compose_world import BASE, Desk
from tests.composition_world import a_composition
from tests.officer_world import OFFICE_ID


def deposit(desk: Desk) -> Notice:
    desk.browser.send(f"{desk.at}/depositar", **desk.hidden(f"{desk.at}/depositar"))
    number = desk.draft().notice_id
    assert number
    return notice_store(desk.box).get(number)


def begin_again(desk: Desk, first: Notice) -> Composition:
    page = f"{BASE}?reemplaza={first.notice_id}"
    led = desk.browser.send(BASE, **desk.hidden(page))
    desk.at = str(led.headers["Location"]).rpartition("/")[0]
    return desk.draft()


def test_it_begins_with_what_the_first_said_and_links_both(written: Desk) -> None:
    written.fill("oficina", office_id=OFFICE_ID)
    first = deposit(written)
    shown = text_of(written.browser.get(f"{BASE}?reemplaza={first.notice_id}"))
    assert f'Vas a rehacer la notificación N.º <span class="number">{first.notice_id}</span>' in shown

    draft = begin_again(written, first)

    assert (draft.replaces, draft.office_id) == (first.notice_id, OFFICE_ID)
    assert draft.missing == (Part.RECIPIENT, Part.MAIN)
    assert (draft.case_file, draft.chosen_term and draft.chosen_term.term) == (first.case_file, first.term)
    assert 'value="40000002"' in text_of(written.browser.get(f"{written.at}/destinatario"))
    written.fill("destinatario", document_type="DNI", document_number="40000002", reason="Rehacer la carta")
    composition_store(written.box).update(
        changed(written.draft(), written.draft().changed_at, files=a_composition().files)
    )
    check = text_of(written.browser.get(f"{written.at}/depositar"))
    assert f"La notificación N.º {first.notice_id}" in check

    second = deposit(written)

    assert second.replaces
    assert second.replaces.notice_id == first.notice_id
    told = [event.type for event in event_store(written.box).list_for_subject(f"notice#{first.notice_id}")]
    assert EventType.NOTICE_REPLACED in told


def test_what_is_replaced_already_is_told_before_anything_is_written(written: Desk) -> None:
    first = deposit(written)
    begin_again(written, first)
    written.fill("destinatario", document_type="DNI", document_number="40000002", reason="Rehacer la carta")
    composition_store(written.box).update(
        changed(written.draft(), written.draft().changed_at, files=a_composition().files)
    )
    deposit(written)
    drafts = CompositionItem.count()

    told = written.browser.get(f"{BASE}?reemplaza={first.notice_id}")

    assert told.status_code == 409
    assert "ya fue reemplazada" in text_of(told)
    forged = {"csrf": written.csrf(BASE), "reemplaza": first.notice_id}
    assert "ya fue reemplazada" in text_of(written.browser.post(BASE, None, **forged))
    assert CompositionItem.count() == drafts


def test_a_draft_tells_that_another_one_was_quicker(written: Desk) -> None:
    first = deposit(written)
    drafts = []
    for _ in range(2):
        begin_again(written, first)
        written.fill("destinatario", document_type="DNI", document_number="40000002", reason="Rehacer la carta")
        draft = written.draft()
        composition_store(written.box).update(changed(draft, draft.changed_at, files=a_composition().files))
        drafts.append(written.at)
    assert "ya fue reemplazada" not in text_of(written.browser.get(drafts[0]))
    deposit(written)

    assert "ya fue reemplazada por la" in text_of(written.browser.get(drafts[0]))
    led = written.browser.get(f"{drafts[0]}/depositar")
    assert led.headers["Location"].endswith(drafts[0])


def test_another_holder_s_notice_is_not_replaced(written: Desk) -> None:
    first = deposit(written)
    begin_again(written, first)
    draft = written.draft()
    stranger = a_composition().recipient
    assert stranger
    composition_store(written.box).update(
        changed(
            draft,
            draft.changed_at,
            files=a_composition().files,
            recipient=type(stranger)(
                stranger.document_type, "40000015", "1-40000015", stranger.asked_at, stranger.told
            ),
        )
    )

    assert "casilla de otra persona" in text_of(written.browser.get(written.at))
    forged = {"csrf": written.csrf(BASE), "version": str(written.draft().version)}
    told = text_of(written.browser.post(f"{written.at}/depositar", None, **forged))

    assert "casilla de otra persona" in told
    assert len(list(NoticeItem.scan())) == 1


@pytest.mark.parametrize("number", ["X", "AAAA-BBBB-CCCC", "1" * 300, "../x"])
def test_a_number_that_is_none_is_told_as_such(desk: Desk, number: str) -> None:
    assert desk.browser.get(f"{BASE}?reemplaza={number}").status_code == 404
    told = desk.browser.post(BASE, None, csrf=desk.csrf(BASE), reemplaza=number)
    assert "No existe esa notificación" in text_of(told)
    assert CompositionItem.count() == 0


def test_another_office_s_notice_is_none_of_theirs(written: Desk) -> None:
    written.fill("oficina", office_id=OFFICE_ID)
    first = deposit(written)
    elsewhere = Desk(written.staff, written.staff.member(office_id="sur"))

    assert elsewhere.browser.get(f"{BASE}?reemplaza={first.notice_id}").status_code == 404
