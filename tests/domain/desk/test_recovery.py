"""A restored password: twenty-four hours to the second, two different people, and one decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.desk.recovery import (
    DeskOfficer,
    Recovery,
    RecoveryCause,
    RecoveryState,
    approved,
    refused,
    require_sendable,
    sent,
)
from chalicelib.domain.desk.scan import Scan
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.staff import Credentials, StaffMember, StaffRole, StaffState
from chalicelib.renderers.desk.time_left import time_left

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
ASKED = Recovery(
    recovery_id="R",
    institution_id="entidad-demo",
    office_id=None,
    mailbox_id="1-40000002",
    user_id="u1",
    cause=RecoveryCause.FORGOTTEN,
    scan=Scan("desk/x.pdf", "application/pdf", "0" * 64, 10),
    asked_by=DeskOfficer("s1", "40000100", "Ana"),
    asked_at=NOW,
)


def a_member(number: str = "40000101", **changes: object) -> StaffMember:
    member = StaffMember(
        f"s{number}", "entidad-demo", number, "Luis", "l@e.example", StaffRole.OFFICER, StaffState.ACTIVE
    )
    return replace(member, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("hours", "seconds", "is_late"), [(23, 3599, False), (24, 0, False), (24, 1, True)])
def test_the_term_is_over_a_second_after_twenty_four_hours(hours: int, seconds: int, is_late: bool) -> None:
    now = NOW + timedelta(hours=hours, seconds=seconds)
    assert ASKED.is_late(now) is is_late
    ended = sent(approved(ASKED, a_member(), now), now)
    assert ended.is_late(now + timedelta(days=9)) is is_late


@pytest.mark.parametrize(("minutes", "is_pressing"), [(20 * 60 - 1, False), (20 * 60, True), (25 * 60, True)])
def test_with_four_hours_left_it_stands_out(minutes: int, is_pressing: bool) -> None:
    now = NOW + timedelta(minutes=minutes)
    assert ASKED.is_pressing(now) is is_pressing
    assert not sent(ASKED, now).is_pressing(now)


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(), "quedan 24 h"),
        (timedelta(hours=21, seconds=1), "quedan 2 h"),
        (timedelta(hours=23), "queda 1 h"),
        (timedelta(hours=23, minutes=1), "quedan 59 min"),
        (timedelta(hours=23, minutes=59), "queda 1 min"),
        (timedelta(hours=24), "vence en este minuto"),
        (timedelta(hours=24, seconds=1), "acaba de vencer"),
        (timedelta(hours=24, minutes=5), "venció hace 5 min"),
        (timedelta(hours=26), "venció hace 2 h"),
        (timedelta(days=4), "venció hace 3 días"),
    ],
)
def test_what_is_left_is_said_in_words(past: timedelta, words: str) -> None:
    assert time_left(ASKED.due_at, NOW + past) == words


@pytest.mark.parametrize(
    ("recovery", "who", "code"),
    [
        (ASKED, a_member("40000100"), "recovery_same_person"),  # enrolled anew
        (ASKED, a_member(staff_id="s1"), "recovery_same_person"),
        (approved(ASKED, a_member(), NOW), a_member("40000102"), "recovery_decided"),
        (refused(ASKED, a_member(), "differs", NOW), a_member("40000102"), "recovery_decided"),
        (sent(approved(ASKED, a_member(), NOW), NOW), a_member("40000102"), "recovery_decided"),
    ],
)
def test_nobody_else_decides_and_nobody_twice(recovery: Recovery, who: StaffMember, code: str) -> None:
    with pytest.raises(CasillaError, match=code):
        approved(recovery, who, NOW)
    with pytest.raises(CasillaError, match=code):
        refused(recovery, who, "illegible", NOW)


@pytest.mark.parametrize(
    "who",
    [
        a_member(enrolled_at=NOW - timedelta(hours=23)),
        a_member(enrolled_at=NOW + timedelta(days=40)),
        a_member(enrolled_at=NOW - timedelta(days=90), sessions_from=NOW - timedelta(hours=23)),
        a_member(enrolled_at=NOW - timedelta(days=90), renewed_at=NOW - timedelta(hours=23)),
        a_member(renewed_at=NOW - timedelta(hours=23)).with_own_password(Credentials(), NOW),
        a_member(sessions_from=NOW - timedelta(hours=23)).with_own_password(Credentials(), NOW),
    ],
)
def test_who_is_too_new_approves_nothing_and_may_refuse_so_that_no_desk_is_locked(who: StaffMember) -> None:
    with pytest.raises(CasillaError, match="officer_too_new"):
        approved(ASKED, who, NOW)
    assert refused(ASKED, who, "illegible", NOW).state is RecoveryState.REFUSED


@pytest.mark.parametrize("known", [None, NOW - timedelta(days=2)])
def test_who_changes_the_own_password_is_known_for_as_long_as_before(known: datetime | None) -> None:
    who = a_member(enrolled_at=known).with_own_password(Credentials(), NOW)
    assert approved(ASKED, who, NOW).state is RecoveryState.APPROVED
    assert who.sessions_from == NOW


def test_who_was_enrolled_a_day_before_decides() -> None:
    a_day = NOW - timedelta(days=1)
    for who in (
        a_member(enrolled_at=a_day),
        a_member(enrolled_at=NOW - timedelta(days=90), sessions_from=a_day),
    ):
        assert approved(ASKED, who, NOW).state is RecoveryState.APPROVED


@pytest.mark.parametrize("why", ["", "unreachable", "otro"])
def test_a_refusal_is_one_of_three(why: str) -> None:
    with pytest.raises(CasillaError, match="refusal_missing"):
        refused(ASKED, a_member(), why, NOW)


def test_what_was_approved_is_sent_or_ends_where_no_e_mail_is_taken_and_nothing_else_is_sent() -> None:
    waits = approved(ASKED, a_member(), NOW)
    require_sendable(waits)
    ended = refused(waits, a_member("40000103"), "unreachable", NOW)
    for one, code in (
        (ASKED, "recovery_undecided"),
        (ended, "recovery_decided"),
        (sent(waits, NOW), "recovery_decided"),
    ):
        with pytest.raises(CasillaError) as refusal:
            require_sendable(one)
        assert refusal.value.code == code
