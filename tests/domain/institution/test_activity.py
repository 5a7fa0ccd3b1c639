"""What the log tells that an institution's panel counts, and the days and months it shows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.activity import (
    Activity,
    Consulted,
    Downloaded,
    Happened,
    Metered,
    happened,
    last_days,
    last_months,
    periods_of,
)

AT = datetime(2026, 3, 9, 20, tzinfo=UTC)


def told(kind: EventType, subject: str = "notice#n1", **data: str) -> Happened | Downloaded | Consulted | None:
    return happened(Event(subject, kind, AT, "e1", "worker:x", data=data))


def test_deposits_first_openings_and_lost_alerts_are_counted() -> None:
    assert told(EventType.NOTICE_DEPOSITED) == Happened(Activity.DEPOSITED, "n1", AT)
    assert told(EventType.NOTICE_OPENED) == Happened(Activity.OPENED, "n1", AT)
    for kind in (EventType.ALERT_FAILED, EventType.ALERT_GAVE_UP):
        assert told(kind, alert_id="u1.email") == Happened(Activity.FAILED, "n1", AT, "u1.email")


def test_an_sms_that_was_taken_is_counted_by_the_name_that_the_provider_gave_it() -> None:
    taken = told(EventType.ALERT_SENT, alert_id="u1.sms", channel="sms", message_id="m1")
    assert taken == Happened(Metered.SMS, "n1", AT, message_id="m1")
    again = told(EventType.ALERT_SENT, alert_id="u1.sms", channel="sms", message_id="m2")
    assert isinstance(taken, Happened)
    assert isinstance(again, Happened)
    assert (taken.once, again.once) == ("once#sms#n1#m1", "once#sms#n1#m2")
    assert told(EventType.ALERT_SENT, alert_id="u1.email", channel="email", message_id="m1") is None


@pytest.mark.parametrize(
    ("actor", "data", "expected"),
    [
        ("institution:mine:k1", {}, "mine"),
        ("staff:s1", {"institution_id": "mine"}, "mine"),
        ("staff:s1", {}, None),
        ("institution:mine:k1", {"way": "deposit", "refused": "mailbox_frozen"}, "mine"),
        ("institution:mine:k1", {"refused": "institution_inactive"}, None),
        ("staff:s1", {"institution_id": "mine", "refused": "consultation_limit"}, None),
        ("institution:mine:k1", {"way": "deposit", "refused": "undelivered_limit"}, None),
        ("institution:mine:k1", {"way": "deposit", "refused": "nonce_reused"}, None),
        ("staff:s1", {"institution_id": "mine", "reason": "assisted_recovery", "result": "user_unknown"}, None),
        ("staff:s1", {"institution_id": "mine", "reason": "assisted_recovery"}, "mine"),
    ],
)
def test_a_consultation_is_of_the_institution_that_asked(
    actor: str, data: dict[str, str], expected: str | None
) -> None:
    event = Event("mailbox#1-40000002", EventType.MAILBOX_CONSULTED, AT, "e1", actor, data=data)
    found = happened(event)
    assert found == (None if expected is None else Consulted("e1", expected, AT))
    assert found is None or "40000002" not in repr(found)


@pytest.mark.parametrize(
    ("report", "is_lost", "is_uncertain"),
    [
        ("bounced", True, False),
        ("rejected", True, False),
        ("returned", True, True),
        ("delivered", False, False),
        ("delayed", False, False),
        ("complained", False, False),
    ],
)
def test_of_reports_those_that_say_that_it_did_not_arrive(report: str, is_lost: bool, is_uncertain: bool) -> None:
    found = told(EventType.ALERT_REPORTED, alert_id="u1.email", report=report)
    expected = Happened(Activity.FAILED, "n1", AT, "u1.email", is_uncertain=is_uncertain)
    assert found == (expected if is_lost else None)


@pytest.mark.parametrize("kind", [EventType.NOTICE_REOPENED, EventType.ALERT_SENT, EventType.MAILBOX_OPENED])
def test_nothing_else_is(kind: EventType) -> None:
    assert told(kind) is None
    assert told(EventType.NOTICE_DEPOSITED, "mailbox#1-40000002") is None


def test_a_download_is_marked_unless_it_is_of_the_receipt() -> None:
    assert told(EventType.NOTICE_DOWNLOADED, file="annex-1") == Downloaded("n1", AT)
    assert told(EventType.NOTICE_DOWNLOADED, file="receipt") is None


def test_a_thing_has_one_name_however_many_events_tell_of_it() -> None:
    later = Happened(Activity.FAILED, "n1", datetime(2026, 4, 1, tzinfo=UTC), "u1.email", is_uncertain=True)
    assert later.once == Happened(Activity.FAILED, "n1", AT, "u1.email").once == "once#failed#n1#u1.email"
    assert Happened(Activity.OPENED, "n1", AT).once == "once#opened#n1"


@pytest.mark.parametrize(
    ("today", "first_day", "first_month"),
    [
        (date(2026, 3, 9), date(2026, 2, 8), date(2025, 4, 1)),
        (date(2026, 1, 31), date(2026, 1, 2), date(2025, 2, 1)),
        (date(2026, 12, 1), date(2026, 11, 2), date(2026, 1, 1)),
    ],
)
def test_thirty_days_and_twelve_months_end_today(today: date, first_day: date, first_month: date) -> None:
    days, months = last_days(today), last_months(today)
    assert (days[0], days[-1], len(days)) == (first_day, today, 30)
    assert (months[0], months[-1], len(months)) == (first_month, today.replace(day=1), 12)


def test_months_add_up_their_days_and_a_quiet_day_is_there_too() -> None:
    today = date(2026, 3, 9)
    counts = {
        (date(2026, 3, 1), Activity.OPENED): 2,
        (today, Activity.OPENED): 3,
        (date(2025, 4, 30), Activity.FAILED): 7,
    }
    days, months = periods_of(counts, today)
    assert [day.of(Activity.OPENED) for day in days if day.of(Activity.OPENED)] == [2, 3]
    assert days[-2].counts == dict.fromkeys(Activity, 0)
    assert (months[-1].of(Activity.OPENED), months[0].of(Activity.FAILED)) == (5, 7)
