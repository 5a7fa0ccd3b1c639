"""*Mis trámites*: the list with its search, one filing with what is next, and correcting one that was observed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.filing import file_tools, filing_draft_store, filing_store
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.attending import answer, correct, derive, observe, take
from chalicelib.domain.filing.filing import Correction, Filing, FilingState
from chalicelib.domain.filing.filing_draft import FilePart, filed
from chalicelib.domain.filing.filing_search import FilingSearch
from chalicelib.domain.mailbox import MailboxState
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.services.filing.search_filings import search_filings
from chalicelib.store.filing.filing_store import FilingCommit
from tests.browser_requests import text_of
from tests.deposit_world import NOW, PDF, a_mailbox, a_user, an_institution, put_institution
from tests.filer_world import OWN, FilerAtWork, publish
from tests.filing_world import MAILBOX_ID, OFFICER, a_batch, a_draft, a_session, declare
from tests.handlers.web.filing.test_filing_pages import others_browser, told

UNTIL = datetime(2026, 3, 12, 4, 59, 59, tzinfo=UTC)
"""Two business days after NOW, a Monday in Lima."""


def change(filer: FilerAtWork, filing: Filing, kind: EventType) -> Filing:
    """Keep what an officer did, with its event, as the console does."""
    now = filer.browser.people.world.clock()
    event = Event(f"filing#{filing.filing_id}", kind, now, f"e-{filing.version}", OFFICER.actor)
    assert filing_store(filer.box).change(filing, event)
    return filing


def observed(filer: FilerAtWork, text: str = "Falta el plano.\nFirma la solicitud.") -> Filing:
    """File, and have it observed a minute later: what is in the log at one instant has no order."""
    filing = filer.filed()
    filer.browser.people.world.clock.advance(minutes=1)
    tools = file_tools(filer.box)
    now = filer.browser.people.world.clock()
    hours = tools.calendar.hours
    return change(
        filer, observe(filing, text, OFFICER, now, calendar=tools.calendar, hours=hours), EventType.FILING_OBSERVED
    )


def correcting(filer: FilerAtWork, filing: Filing) -> str:
    """Begin to correct by the page's button; return where it leads."""
    at = f"{OWN}/{filing.filing_id}/subsanar"
    hidden = filer.hidden(at)
    led = str(filer.browser.send(at, **hidden).headers["Location"])
    filer.at = led.rpartition("/")[0]
    return led


def kept(filer: FilerAtWork, filing: Filing) -> Filing:
    found = filing_store(filer.box).find(filing.filing_id)
    assert found is not None
    return found


def test_an_observed_filing_is_corrected_under_its_number_and_keeps_what_was_filed(filer: FilerAtWork) -> None:
    filing = observed(filer)
    assert "Observada: subsana hasta las 23:59 del miércoles 11 de marzo de 2026" in filer.page(OWN)
    detail = filer.page(f"{OWN}/{filing.filing_id}")
    assert "<p>Falta el plano.</p><p>Firma la solicitud.</p>" in detail
    assert f'href="{OWN}/{filing.filing_id}/subsanar"' in detail
    assert OFFICER.name not in detail
    asked = filer.page(f"{OWN}/{filing.filing_id}/subsanar")
    assert "Puedes subsanar hasta las 23:59 del miércoles 11 de marzo de 2026, una sola vez" in asked

    assert correcting(filer, filing) == f"{filer.at}/documento"
    assert correcting(filer, filing) == f"{filer.at}/documento"  # the same draft, not another one
    filer.browser.people.world.clock.advance(minutes=5)
    filer.attach("documento", "subsanación.pdf")
    filer.attach("anexos", "plano.pdf")
    filer.check_arrived()
    check = filer.page(filer.at)
    assert "Lo que presentaste antes se conserva" in check
    assert "Qué pides" not in check
    for step in ("pedido", "representado"):
        assert filer.browser.get(f"{filer.at}/{step}").headers["Location"] == filer.at
    led = filer.present()
    assert led == f"{OWN}/{filing.filing_id}/subsanada"
    assert "2026-000001" in filer.page(led)
    assert filer.browser.get(filer.at).headers["Location"] == f"{OWN}/{filing.filing_id}"

    after = kept(filer, filing)
    assert after.correction is not None
    assert (after.number, after.documents) == (filing.number, filing.documents)
    assert [one.filename for one in after.correction.documents] == ["subsanación.pdf", "plano.pdf"]
    assert after.state_at(UNTIL + timedelta(days=9)) is FilingState.CORRECTED
    page = filer.page(f"{OWN}/{filing.filing_id}")
    assert "Con lo que subsanaste (2)" in page
    assert "Llegó en plazo: se podía subsanar hasta las 23:59 del miércoles 11 de marzo de 2026." in page
    assert re.findall(r"<li><strong>([^<]*)</strong> <time", page) == ["Presentada", "Observada", "Subsanada"]
    receipt = filer.browser.get(f"{OWN}/{filing.filing_id}/cargo-subsanacion").headers["Location"]
    assert "cargo-subsanacion-2026-000001.pdf" in str(receipt)
    assert "plano.pdf" in str(filer.browser.get(f"{OWN}/{filing.filing_id}/documento?n=3").headers["Location"])
    events = event_store(filer.box).list_for_subject(f"filing#{filing.filing_id}")
    assert [(one.type.value, one.actor) for one in events][-1] == ("filing.corrected", "user:u1")
    assert "Ya subsanaste esta presentación" in filer.page(f"{OWN}/{filing.filing_id}/subsanar")


def test_a_correction_is_sent_once_however_often(filer: FilerAtWork) -> None:
    filing = observed(filer)
    correcting(filer, filing)
    filer.attach("anexos", "plano.pdf")
    filer.check_arrived()
    hidden = filer.hidden(filer.at)
    led = {str(filer.browser.send(f"{filer.at}/presentar", **hidden).headers["Location"]) for _ in range(3)}
    assert led == {f"{OWN}/{filing.filing_id}/subsanada"}
    correction = kept(filer, filing).correction
    assert correction is not None
    assert [one.part for one in correction.documents] == [FilePart.ANNEX]
    events = event_store(filer.box).list_for_subject(f"filing#{filing.filing_id}")
    assert [one.type for one in events].count(EventType.FILING_CORRECTED) == 1


def test_an_empty_correction_is_not_sent_and_says_what_lacks(filer: FilerAtWork) -> None:
    filing = observed(filer)
    correcting(filer, filing)
    assert "Adjunta tu documento." in filer.page(filer.at)
    version = str(filer.draft().version)
    sent = filer.browser.post(f"{filer.at}/presentar", None, csrf=filer.browser.csrf(), version=version)
    assert sent.status_code == 422
    assert kept(filer, filing).correction is None


@pytest.mark.parametrize("is_over", [True, False], ids=["over", "corrected by another draft"])
def test_the_check_page_of_a_correction_that_cannot_be_sent_any_more_says_why_and_has_no_button(
    filer: FilerAtWork, is_over: bool
) -> None:
    filing = observed(filer)
    correcting(filer, filing)
    filer.attach("documento", "subsanación.pdf")
    filer.check_arrived()
    assert "Enviar la subsanación" in filer.page(filer.at)
    if is_over:
        filer.browser.people.world.clock.now = UNTIL + timedelta(seconds=1)
        filer.browser.enter()
    else:
        other = Correction("C-1", "ABCD-EFGH-2345", filing.filer, filing.documents, filing.dates)
        change(filer, correct(kept(filer, filing), other), EventType.FILING_CORRECTED)
    page = filer.page(filer.at)
    assert ("El plazo para subsanarla venció" if is_over else "Ya subsanaste esta presentación") in page
    assert "Enviar la subsanación" not in page
    assert "Puedes subsanar" not in page


def test_a_correction_is_sent_on_the_day_after_where_the_last_one_was_declared_none(filer: FilerAtWork) -> None:
    correcting(filer, observed(filer))
    filer.attach("documento", "subsanación.pdf")
    filer.check_arrived()
    declare(filer.box, date(2026, 3, 11))
    filer.browser.people.world.clock.now = UNTIL + timedelta(hours=12)
    filer.browser.enter()
    assert "Puedes subsanar hasta las 23:59 del jueves 12 de marzo de 2026" in filer.page(filer.at)
    assert filer.present().endswith("/subsanada")


@pytest.mark.parametrize(("late_by", "is_in_time"), [(0, True), (1, False)])
def test_the_clock_decides_whether_a_correction_is_in_time(filer: FilerAtWork, late_by: int, is_in_time: bool) -> None:
    filing = observed(filer)
    correcting(filer, filing)
    filer.attach("documento", "subsanación.pdf")
    filer.check_arrived()
    version = str(filer.draft().version)
    filer.browser.people.world.clock.now = UNTIL + timedelta(seconds=late_by)
    filer.browser.enter()
    sent = filer.browser.send(f"{filer.at}/presentar", csrf=filer.browser.csrf(), version=version)
    led = str(sent.headers["Location"])
    assert led.endswith("/subsanada") is is_in_time
    assert (kept(filer, filing).correction is not None) is is_in_time
    if is_in_time:
        return
    assert "El plazo para subsanarla venció" in filer.page(led, 409)
    page = filer.page(f"{OWN}/{filing.filing_id}")
    assert "<strong>No presentada</strong>" in page
    assert f'href="{OWN}/{filing.filing_id}/subsanar"' not in page
    assert "No se subsanó a tiempo" in page
    assert re.search(r'href="/tramites/[\w-]+/[\w-]+">Presentar de nuevo<', page)
    late = filer.page(f"{OWN}/{filing.filing_id}/subsanar")
    assert "El plazo para subsanarla venció" in late
    assert 'name="doing"' not in late
    assert filer.browser.post(f"{OWN}/{filing.filing_id}/subsanar", None, csrf=filer.browser.csrf()).status_code == 409


def test_another_user_of_the_mailbox_may_correct_and_is_named(filer: FilerAtWork) -> None:
    mailbox_store(filer.box).put(a_mailbox(users=(a_user(1), a_user(2, document_number="40000021"))))
    filing = observed(filer)
    first = filer.browser
    filer.browser = others_browser(filer, f"{MAILBOX_ID}.40000021", "u2", MAILBOX_ID)
    correcting(filer, filing)
    filer.attach("documento", "subsanación.pdf")
    filer.check_arrived()
    assert filer.present().endswith("/subsanada")
    correction = kept(filer, filing).correction
    assert correction is not None
    assert correction.by.user_id == "u2"
    filer.browser = first
    assert f"La envió {correction.by.name}." in filer.page(f"{OWN}/{filing.filing_id}")


def test_two_users_who_correct_at_once_make_one_correction(filer: FilerAtWork) -> None:
    mailbox_store(filer.box).put(a_mailbox(users=(a_user(1), a_user(2, document_number="40000021"))))
    filing = observed(filer)
    correcting(filer, filing)
    filer.attach("documento", "la mía.pdf")
    filer.check_arrived()
    at, first, seen = filer.at, filer.browser, filer.hidden(filer.at)
    filer.browser = others_browser(filer, f"{MAILBOX_ID}.40000021", "u2", MAILBOX_ID)
    correcting(filer, filing)
    filer.attach("documento", "la otra.pdf")
    filer.check_arrived()
    assert filer.present().endswith("/subsanada")
    filer.browser = first
    led = str(first.send(f"{at}/presentar", **seen).headers["Location"])
    assert "Ya subsanaste esta presentación" in filer.page(led, 409)
    correction = kept(filer, filing).correction
    assert correction is not None
    assert [one.filename for one in correction.documents] == ["la otra.pdf"]


def test_an_institution_that_left_meanwhile_takes_the_correction_of_what_it_received(filer: FilerAtWork) -> None:
    filing = observed(filer)
    correcting(filer, filing)
    filer.attach("documento", "subsanación.pdf")
    filer.check_arrived()
    put_institution(filer.box, an_institution(state=InstitutionState.CANCELLED))
    hidden = filer.hidden(filer.at)
    assert "Enviar la subsanación" in text_of(filer.browser.get(filer.at))
    assert filer.browser.post(f"{filer.at}/presentar", None, **hidden).status_code == 303
    assert kept(filer, filing).correction is not None


def test_a_frozen_mailbox_corrects_nothing(filer: FilerAtWork) -> None:
    filing = observed(filer)
    correcting(filer, filing)
    filer.attach("documento", "subsanación.pdf")
    filer.check_arrived()
    hidden = filer.hidden(filer.at)
    mailbox_store(filer.box).put(a_mailbox(state=MailboxState.FROZEN))
    assert "congelada" in text_of(filer.browser.post(f"{filer.at}/presentar", None, **hidden))
    assert kept(filer, filing).correction is None


def test_a_correction_is_filed_by_no_other_deed_and_a_draft_corrects_by_its_own(filer: FilerAtWork) -> None:
    filing = observed(filer)
    correcting(filer, filing)
    csrf = filer.browser.csrf()
    for deed in ("cargo", "documento", "presentado", "x"):
        assert filer.browser.post(f"{OWN}/{filing.filing_id}/{deed}", None, csrf=csrf).status_code == 404
    assert filer.browser.get(f"{OWN}/{filing.filing_id}/subsanada").headers["Location"] == f"{OWN}/{filing.filing_id}"


def test_a_correction_has_its_own_steps_alone(filer: FilerAtWork) -> None:
    correcting(filer, observed(filer))
    before, csrf = filer.draft(), filer.browser.csrf()
    typed = {"csrf": csrf, "version": "1", "subject": "Otra cosa", "on_behalf": "mio", "part": "representation"}
    for step in ("pedido", "representado"):
        assert filer.browser.post(f"{filer.at}/{step}", None, **typed).status_code == 404
    for address in (f"{filer.at}/grande", filer.at):
        sent = filer.browser.send_file(address, "poder.pdf", PDF, None, **typed) if address == filer.at else None
        answer = sent or filer.browser.post(address, None, **typed)
        assert answer.status_code < 500
    assert filer.draft() == before


def test_what_was_never_observed_has_nothing_to_correct(filer: FilerAtWork) -> None:
    filing = filer.filed()
    page = filer.page(f"{OWN}/{filing.filing_id}/subsanar")
    assert "La entidad no espera que la subsanes" in page
    sent = filer.browser.post(f"{OWN}/{filing.filing_id}/subsanar", None, csrf=filer.browser.csrf())
    assert sent.status_code == 409


def test_each_state_says_what_is_next(filer: FilerAtWork) -> None:
    filing = filer.filed()
    at = f"{OWN}/{filing.filing_id}"
    assert "<strong>Presentada</strong>" in filer.page(at)
    now = filer.browser.people.world.clock
    now.advance(minutes=1)
    filing = change(
        filer, derive(filing, None, None, OFFICER, now(), reason="Es de la central"), EventType.FILING_DERIVED
    )
    assert "Es de la central" not in filer.page(at)
    now.advance(minutes=1)
    filing = change(filer, take(filing, OFFICER, now()), EventType.FILING_TAKEN)
    page = filer.page(at)
    assert "<strong>En evaluación</strong>" in page
    assert OFFICER.name not in page
    now.advance(minutes=1)
    notice_id = "2345-6789-ABCD"
    change(filer, answer(filing, notice_id, OFFICER, now()), EventType.FILING_ANSWERED)
    page = filer.page(at)
    assert f'<a class="button" href="/casilla/{notice_id}">Ver la respuesta en tu casilla</a>' in page
    titles = re.findall(r"<li><strong>([^<]*)</strong> <time", page)
    assert titles == ["Presentada", "Pasó a otra oficina", "En evaluación", "Atendida"]


def filings(filer: FilerAtWork, count: int, **changes: Any) -> list[Filing]:
    """Put filings as if they had been filed, each a minute after the one before."""
    first = filer.filed()
    made = [first]
    for number in range(2, count + 1):
        at = NOW + timedelta(minutes=number)
        filing = replace(
            first,
            filing_id=filer.box.chance.new_code(),
            number=f"2026-{number:06d}",
            dates=replace(first.dates, received_at=at),
            verification_code=filer.box.chance.new_code(),
            receipt_sha256=f"{number:064x}",
            **changes,
        )
        event = Event(f"filing#{filing.filing_id}", EventType.FILING_FILED, at, f"e-{number}", "user:u1")
        draft = replace(a_draft(f"{number:032x}"), procedure=first.procedure)
        assert filing_draft_store(filer.box).add(draft)
        closed = filed(draft, filing.filing_id, at)
        filing_store(filer.box).commit(FilingCommit(filing, closed, 2026, number, event, (), a_batch(filing)))
        made.append(filing)
    return made


def test_the_list_has_pages_the_newest_first(filer: FilerAtWork) -> None:
    filings(filer, 45)
    page, seen = filer.page(OWN), []
    for _ in range(3):
        seen += re.findall(r'N\.º <span class="number">([0-9-]+)</span>', page)
        [link] = re.findall(r'<a href="([^"]*desde=[^"]*)">Más antiguos', page) or [""]
        page = filer.page(link) if link else page
    assert seen == [f"2026-{number:06d}" for number in range(45, 0, -1)]
    assert "Más antiguos" not in page
    assert "Volver al inicio" in page


def test_filings_are_found_by_words_and_state(filer: FilerAtWork) -> None:
    filings(filer, 30)
    publish(filer.box, procedure_id="Q234-5678-9ABC", title="Otro trámite")
    found = filer.page(f"{OWN}?q=2026-000007")
    assert found.count('<span class="number">') == 1
    assert filer.page(f"{OWN}?q=LICENCIA+riesgo&estado=filed").count('<span class="number">') == 20
    assert "Nada de lo que presentaste coincide" in filer.page(f"{OWN}?q=divorcio")
    assert "Nada de lo que presentaste coincide" in filer.page(f"{OWN}?estado=answered")
    assert filer.page(f"{OWN}?estado=inventado").count('<span class="number">') == 20
    second = re.findall(r'<a href="([^"]*desde=[^"]*)">Seguir buscando', filer.page(f"{OWN}?q=solicitud.pdf"))
    assert filer.page(second[0].replace("&amp;", "&")).count('<span class="number">') == 10


@pytest.mark.parametrize("position", ["x", "2026-03-09T20:15:30Z#", '2026-03-09T20:15:30Z#2345-6789-ABCD"><b>'])
def test_a_forged_position_is_no_list(filer: FilerAtWork, position: str) -> None:
    assert filer.browser.get(f"{OWN}?desde={position}").status_code == 422


def test_what_is_searched_for_is_shown_as_text(filer: FilerAtWork) -> None:
    filer.filed()
    page = filer.page(f"{OWN}?q=%3Cscript%3Ealert(1)%3C/script%3E%22")
    assert "<script>alert" not in page
    assert len(filer.page(f"{OWN}?q={'x' * 3000}")) < 20_000


def test_a_search_looks_at_a_bounded_number_and_goes_on(filer: FilerAtWork) -> None:
    filings(filer, 7)
    store, session = filing_store(filer.box), a_session()
    first = search_filings(session, FilingSearch(("solicitud",)), after="", now=NOW, store=store, page=4)
    assert [one.number for one in first.filings] == [f"2026-{number:06d}" for number in (7, 6, 5, 4)]
    assert first.after is not None
    rest = search_filings(session, FilingSearch(("solicitud",)), after=first.after, now=NOW, store=store, page=4)
    assert [one.number for one in rest.filings] == [f"2026-{number:06d}" for number in (3, 2, 1)]
    assert rest.after is None
    whole = search_filings(session, FilingSearch(), after="", now=NOW, store=store, page=7)
    assert (len(whole.filings), whole.after) == (7, None)


def test_a_list_of_another_mailbox_is_empty(filer: FilerAtWork) -> None:
    filings(filer, 3)
    stranger = others_browser(filer, "1-40000010", "u9", "1-40000010")
    assert "Todavía no presentaste nada" in told(text_of(stranger.get(OWN)))
    assert "Nada de lo que presentaste coincide" in told(text_of(stranger.get(f"{OWN}?q=2026-000001")))
