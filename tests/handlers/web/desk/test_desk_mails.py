"""The e-mails of what a desk took: what counts as sent, what an address gets, and how often a number is typed."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.registration import registration_tools
from chalicelib.domain.registration.registration import MAX_MAILS, Registration, RegistrationState
from chalicelib.services.registration import registration_codes
from chalicelib.services.registration.registration_codes import MAILS_PER_DESK_AND_INBOX
from tests.alert_world import refusing
from tests.browser_requests import Browser, check_html, text_of
from tests.handlers.web.desk.test_desk_registration import of_a_passport
from tests.handlers.web.desk.test_desk_taken import AWAITED, RIGHT, Desk, desk, part  # noqa: F401 - the fixture
from tests.handlers.web.registration.test_registration_pages import (  # noqa: F401 - fixtures
    Applicant,
    applicant,
    simulator,
)


def refused(desk: Desk, *, status: int = 400) -> AbstractContextManager[None]:  # noqa: F811 - the fixture
    """Have the provider take no e-mail; of 500 nobody knows whether it did."""
    client = registration_tools(desk.world.container).mail._client  # noqa: SLF001 - the engine's hook
    return refusing(client, "SendEmail", "SendingPausedException", status=status)


def sent_again(desk: Desk, one: Registration) -> bool:  # noqa: F811
    """Have it sent again by the other officer, after a minute."""
    desk.world.clock.advance(minutes=1)
    before, done = len(desk.staff.people.mails()), desk.do(one, "reenviar")
    is_sent = len(desk.staff.people.mails()) > before
    assert is_sent is (done.status_code == 303), "what the desk says is what happened"
    return is_sent


def test_an_e_mail_that_is_refused_counts_for_nothing_and_the_link_before_opens(desk: Desk) -> None:  # noqa: F811
    one, link = desk.take(), desk.link()
    with refused(desk):
        for _ in range(MAX_MAILS + 1):
            assert not sent_again(desk, one)
    assert desk.again(one).mails == 1

    assert desk.press(link).status_code == 303
    assert desk.again(one).state is RegistrationState.AWAITING_REVIEW


def test_after_many_refusals_as_many_e_mails_are_left(desk: Desk) -> None:  # noqa: F811
    one = desk.take()
    with refused(desk):
        for _ in range(MAX_MAILS + 1):
            sent_again(desk, one)

    assert [sent_again(desk, one) for _ in range(MAX_MAILS)] == [True] * (MAX_MAILS - 1) + [False]


def test_an_e_mail_of_which_nobody_knows_counts(desk: Desk) -> None:  # noqa: F811
    one, link = desk.take(), desk.link()
    with refused(desk, status=500):
        assert not sent_again(desk, one)

    assert desk.again(one).mails == 2
    assert "te enviamos otro correo" in text_of(Browser(desk.staff.people).get(link))


def test_whoever_asks_behind_the_link_and_is_refused_keeps_it(desk: Desk) -> None:  # noqa: F811
    one, link = desk.take(), desk.link()
    desk.world.clock.advance(minutes=40)
    with refused(desk):
        assert Browser(desk.staff.people).post(f"{link}/reenviar", None).status_code == 503
    desk.world.clock.advance(minutes=1)

    assert Browser(desk.staff.people).post(f"{link}/reenviar", None).status_code == 303
    assert desk.press(desk.link()).status_code == 303
    assert desk.again(one).state is RegistrationState.AWAITING_REVIEW


def test_on_line_a_refusal_costs_no_e_mail_and_neither_code_nor_link(applicant: Applicant) -> None:  # noqa: F811
    page, code = applicant.register(), applicant.code()
    mail = registration_tools(applicant.people.world.container).mail._client  # noqa: SLF001 - the engine's hook
    with refusing(mail, "SendEmail", "SendingPausedException"):
        for _ in range(MAX_MAILS):
            applicant.clock.advance(seconds=61)
            assert applicant.post(f"{page}/reenviar").status_code == 503
            changed = applicant.post(f"{page}/cambiar", email="otra@ejemplo.pe", email_again="otra@ejemplo.pe")
            assert changed.status_code == 503
        changed = applicant.post(f"{page}/cambiar", email="otra@ejemplo.pe", email_again="otra@ejemplo.pe")
        assert changed.status_code == 429, "what all have together is not drawn on without end"
    assert len(applicant.people.mails()) == 1

    answer = applicant.post(page, code=code)

    assert answer.status_code == 303, text_of(answer)


SHARED = "comunidad@ejemplo.pe"


def of_a_community(desk: Desk, number: int, email: str = SHARED) -> HTTPResponse:  # noqa: F811
    """Register one more of those who have one address together."""
    return desk.register(of_a_passport(number=f"AB{number:06d}", email=email, email_again=email))


def test_whoever_shares_an_address_with_many_gets_a_letter_too(desk: Desk) -> None:  # noqa: F811
    for number in range(14):
        assert of_a_community(desk, number).status_code == 303
        assert len(desk.staff.people.mails()) == number + 1, "the desk says that one went, and one went"

    one = max(desk.all(), key=lambda one: one.document[1])
    assert one.is_mailed
    assert desk.press(desk.link(), "AB000013").status_code == 303
    assert desk.again(one).state is RegistrationState.AWAITING_REVIEW


def test_past_what_a_desk_writes_to_one_inbox_in_a_day_it_is_told_that_none_went(
    desk: Desk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registration_codes, "MAILS_PER_DESK_AND_INBOX", replace(MAILS_PER_DESK_AND_INBOX, limit=2))
    with refused(desk):
        assert of_a_community(desk, 0).status_code == 503, "counts for none of the two"
    assert [sent_again(desk, one) for one in desk.all()] == [True]
    assert of_a_community(desk, 1).status_code == 303

    answer = of_a_community(desk, 2)

    html = text_of(answer)
    check_html(html)
    assert answer.status_code == 429
    assert "Quedó registrada con el número" in html
    assert "demasiados correos" in html
    assert len(desk.staff.people.mails()) == 2
    assert part(desk.listed(), AWAITED).count("No salió: envíalo otra vez") == 1
    [one] = [one for one in desk.all() if not one.is_mailed]
    again = desk.do(one, "reenviar")
    assert again.status_code == 429
    assert "demasiados correos" in text_of(again)
    assert desk.register(of_a_passport()).status_code == 303, "another inbox is as free as before"
    desk.world.clock.advance(days=1)
    assert sent_again(desk, one)


def test_what_a_desk_writes_leaves_the_address_its_own_codes_on_line(applicant: Applicant, desk: Desk) -> None:  # noqa: F811
    for number in range(14):
        of_a_community(desk, number, RIGHT)
    before = len(desk.staff.people.mails())

    applicant.register()

    assert len(desk.staff.people.mails()) == before + 1
    assert applicant.code()
