from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.access.freezing import frozen
from chalicelib.domain.alert.silent_address import (
    BETWEEN_PASSES,
    MOST_HELD_BACK,
    SILENCE,
    AskingPosition,
    email_of,
    emails_of,
    heard_at,
    is_silent,
)
from chalicelib.domain.mailbox import AcceptedText, AccessChange, ChangeKind, Consent, Mailbox, MailboxState, UserState
from chalicelib.domain.mailbox.address_health import AddressHealth
from tests.deposit_world import a_mailbox, a_user

NOW = datetime(2026, 3, 9, 8, 15, tzinfo=UTC)
LONG, RECENTLY = NOW - SILENCE, NOW - SILENCE + timedelta(seconds=1)
UNKNOWN = AddressHealth("u1", "email", "usuaria1@ejemplo.pe")
MAILBOX = a_mailbox()
OPENED = a_mailbox(accepted=(AcceptedText("terms", "1", LONG, ""), AcceptedText("privacy", "1", LONG, "")))


@pytest.mark.parametrize(
    ("health", "mailbox", "silent"),
    [
        (replace(UNKNOWN, delivered_at=LONG), MAILBOX, True),
        (replace(UNKNOWN, delivered_at=RECENTLY), MAILBOX, False),
        (replace(UNKNOWN, proved_at=LONG), MAILBOX, True),
        (replace(UNKNOWN, proved_at=RECENTLY, delivered_at=LONG), MAILBOX, False),
        (replace(UNKNOWN, asked_at=LONG), MAILBOX, True),
        (replace(UNKNOWN, asked_at=RECENTLY, delivered_at=LONG), MAILBOX, False),
        (UNKNOWN, MAILBOX, False),
        (UNKNOWN, OPENED, True),
        (UNKNOWN, replace(OPENED, accepted=(AcceptedText("terms", "1", RECENTLY, ""),)), False),
        (replace(UNKNOWN, delivered_at=LONG, bounced=(LONG,)), MAILBOX, False),
        (replace(UNKNOWN, bounced=(LONG,)), OPENED, False),
        (replace(UNKNOWN, delivered_at=LONG, bounced_at=LONG - timedelta(days=1)), MAILBOX, True),
    ],
)
def test_a_live_address_is_asked_once_it_was_silent_for_a_quarter(
    health: AddressHealth, mailbox: Mailbox, silent: bool
) -> None:
    assert is_silent(health, mailbox, NOW) is silent


def test_of_one_of_which_nothing_is_known_nobody_knows_since_when() -> None:
    assert heard_at(UNKNOWN, MAILBOX) is None


def test_only_e_mails_of_active_users_of_mailboxes_that_receive_are_asked() -> None:
    users = (a_user(1), a_user(2, state=UserState.DISABLED), a_user(3, state=UserState.PENDING))
    mailbox = a_mailbox(users=users)
    revoked = Consent(is_given=False, at=NOW, version="1", origin="", user_id="u1")
    contested = frozen(mailbox, AccessChange("c1", ChangeKind.EMAIL, "u1", NOW, "vieja@ejemplo.pe"), NOW)
    assert contested

    assert [one.address for one in emails_of(mailbox)] == ["usuaria1@ejemplo.pe"]
    assert email_of(mailbox, "u1")
    assert email_of(mailbox, "u2") is None
    assert email_of(None, "u1") is None
    for other in (replace(mailbox, state=MailboxState.DISABLED), replace(mailbox, consent=revoked), contested):
        assert emails_of(other) == ()


def test_a_new_pass_begins_once_a_week_at_most() -> None:
    over = AskingPosition(NOW, after="1-40000002").past(None)
    assert over.is_over
    assert over.resumed(NOW + BETWEEN_PASSES - timedelta(seconds=1)) == over
    begun = over.resumed(NOW + BETWEEN_PASSES)
    assert (begun.after, begun.is_over, begun.begun_at) == (None, False, NOW + BETWEEN_PASSES)
    under_way = AskingPosition(NOW, after="1-40000002")
    assert under_way.resumed(NOW + BETWEEN_PASSES * 20) == under_way


def test_what_was_asked_counts_for_its_day() -> None:
    position = AskingPosition(NOW).one_more(NOW).one_more(NOW)
    assert position.asked_on(NOW) == 2
    assert position.asked_on(NOW + timedelta(days=1)) == 0
    assert position.one_more(NOW + timedelta(days=1)).asked == 1


def test_a_pass_waits_for_a_provider_for_a_week_of_nights_and_then_goes_on() -> None:
    before = AskingPosition(NOW, after="1-40000002")
    position = replace(before, after="1-40000009", is_over=True)
    for night in range(1, MOST_HELD_BACK + 1):
        back = position.back_to(before)
        assert (back.after, back.is_over, back.held_back) == ("1-40000002", False, night)
        position = replace(position, held_back=back.held_back)
    gone_on = position.back_to(before)
    assert (gone_on.after, gone_on.is_over, gone_on.held_back) == ("1-40000009", True, 0)
