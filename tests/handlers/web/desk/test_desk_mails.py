"""The e-mails of what a desk took: what counts as sent, what an address gets, and how often a number is typed."""

from __future__ import annotations

from contextlib import AbstractContextManager

from chalicelib.bootstrap.registration import registration_tools
from chalicelib.domain.registration.registration import MAX_MAILS, Registration, RegistrationState
from tests.alert_world import refusing
from tests.browser_requests import Browser, text_of
from tests.handlers.web.desk.test_desk_taken import Desk, desk  # noqa: F401 - the fixture
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
