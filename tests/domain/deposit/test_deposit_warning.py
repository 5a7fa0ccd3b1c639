from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.calendar import NonWorkingDay
from chalicelib.domain.deposit.deposit_warning import DepositWarning, warnings_of
from chalicelib.domain.notice import Notice
from tests.builders import a_notice
from tests.calendars import PERU as CALENDAR

LIMA = timedelta(hours=5)


def a_notice_of(issued: str, deposited: str) -> Notice:
    """Build a notice of an act, both by Lima's clock, in offices that never close."""
    issued_at, deposited_at = (datetime.fromisoformat(at).replace(tzinfo=UTC) + LIMA for at in (issued, deposited))
    notice = a_notice(deposited_at=deposited_at)
    deadline = replace(notice.deadline, effective_on=datetime.fromisoformat(deposited).date())
    return replace(notice, deadline=deadline, document=replace(notice.document, issued_at=issued_at))


@pytest.mark.parametrize(
    ("issued", "deposited", "is_late"),
    [
        ("2026-03-02 11:00", "2026-03-02 12:00", False),
        ("2026-03-02 11:00", "2026-03-09 23:59:59", False),
        ("2026-03-02 11:00", "2026-03-10 00:00", True),
        ("2026-03-02 00:00", "2026-03-09 12:00", False),
        ("2026-03-02 23:59:59", "2026-03-09 12:00", False),
        ("2026-03-02 23:59:59", "2026-03-10 12:00", True),
        ("2026-02-28 10:00", "2026-03-06 10:00", False),
        ("2026-02-28 10:00", "2026-03-07 10:00", True),
        ("2026-03-27 10:00", "2026-04-07 10:00", False),
        ("2026-03-27 10:00", "2026-04-08 10:00", True),
        ("2025-12-23 10:00", "2026-01-05 10:00", False),
        ("2025-12-23 10:00", "2026-01-06 10:00", True),
        ("1998-05-04 10:00", "2026-03-09 10:00", True),
    ],
)
def test_an_act_is_old_after_the_fifth_business_day_since_its_issue(issued: str, deposited: str, is_late: bool) -> None:
    """Weekends, Holy Thursday and Friday, Christmas, two declared days and the new year do not count."""
    warned = warnings_of(a_notice_of(issued, deposited), CALENDAR)
    assert [warning.code for warning in warned] == ["act_older_than_five_days"] * is_late


def test_a_regional_day_does_not_count() -> None:
    notice = a_notice_of("2026-03-02 11:00", "2026-03-10 12:00")
    regional = CALENDAR.with_regional((NonWorkingDay(date(2026, 3, 5), "Aniversario de la región", "Ley regional"),))
    assert warnings_of(notice, regional) == ()
    assert warnings_of(notice, CALENDAR) != ()


def test_the_warning_says_both_days_and_its_field() -> None:
    [warning] = warnings_of(a_notice_of("2026-03-02 23:30", "2026-03-10 12:00"), CALENDAR)
    assert warning == DepositWarning("act_older_than_five_days", warning.detail, "document.issued_at")
    assert "se emitió el 02/03/2026 y debía notificarse hasta el 09/03/2026" in warning.detail
    assert "El depósito se hizo igual" in warning.detail


def test_what_came_after_hours_is_notified_on_its_legal_date() -> None:
    """Sent in the evening of the fifth business day it counts on the sixth."""
    notice = a_notice_of("2026-03-02 11:00", "2026-03-09 20:00")
    late = replace(notice, deadline=replace(notice.deadline, effective_on=date(2026, 3, 10)))
    assert warnings_of(notice, CALENDAR) == ()
    assert [warning.code for warning in warnings_of(late, CALENDAR)] == ["act_older_than_five_days"]


@pytest.mark.parametrize(("in_force", "codes"), [(date(2026, 3, 9), []), (date(2026, 3, 10), ["act_in_force_later"])])
def test_an_act_in_force_later_than_its_notice_warns_where_there_is_a_term(in_force: date, codes: list[str]) -> None:
    notice = a_notice_of("2026-03-06 11:00", "2026-03-09 12:00")
    told = replace(notice, document=replace(notice.document, in_force_from=in_force))
    assert [warning.code for warning in warnings_of(told, CALENDAR)] == codes
    assert warnings_of(replace(told, term=None), CALENDAR) == ()
