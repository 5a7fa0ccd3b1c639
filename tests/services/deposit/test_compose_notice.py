"""A notice's dates are those of its own institution: its regional days, its closing hour, the country's clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.domain.calendar import NonWorkingDay
from chalicelib.domain.deadline import Regime, Term, TermUnit
from chalicelib.domain.deposit.deposit import DepositCommand
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import Notice
from chalicelib.services.deposit.compose_notice import check_dates, compose_notice, settle_terms
from tests.builders import a_file, a_notice
from tests.calendars import PERU as CALENDAR
from tests.deposit_world import a_mailbox, an_institution

MONDAY_15_15 = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 3, day) for day in (10, 11, 12))
REGIONAL = (NonWorkingDay(TUESDAY, "Aniversario de la región", "Ley regional"),)
CLOSED = time(15, 15, 29)
COMMAND = DepositCommand(
    mailbox_id=a_mailbox().mailbox_id,
    case_file=a_notice().case_file,
    document=a_notice().document,
    regime=None,
    term=Term(1, TermUnit.BUSINESS_DAYS),
    files=(),
)


def composed(command: DepositCommand = COMMAND, *, at: datetime = MONDAY_15_15, **institution: Any) -> Notice:
    check_dates(command, at, CALENDAR)
    own = an_institution(**institution)
    return compose_notice(
        command,
        a_mailbox(),
        own,
        settle_terms(command, own, CALENDAR),
        notice_id="n1",
        verification_code="v1",
        deposited_at=at,
        files=(a_file(),),
    )


@pytest.mark.parametrize(
    ("institution", "counts_on", "starts_on"),
    [
        ({}, date(2026, 3, 9), TUESDAY),
        ({"regional_days": REGIONAL}, date(2026, 3, 9), WEDNESDAY),
        ({"closes_at": CLOSED}, TUESDAY, WEDNESDAY),
        ({"regional_days": REGIONAL, "closes_at": CLOSED}, WEDNESDAY, THURSDAY),
    ],
    ids=["plain", "regional days", "closed", "both"],
)
def test_regional_days_and_the_closing_hour_move_the_dates_under_each_regime(
    institution: dict[str, Any], counts_on: date, starts_on: date
) -> None:
    deposit = composed(**institution).deadline
    acknowledged = composed(regime=Regime.ACKNOWLEDGEMENT, **institution)

    assert (deposit.effective_on, deposit.term_starts_on, deposit.term_ends_on) == (counts_on, starts_on, starts_on)
    assert acknowledged.openings is not None
    assert acknowledged.openings.counts_on == counts_on
    assert acknowledged.openings.starts[0].starts_on == starts_on
    assert acknowledged.openings.starts[-1].starts_on == acknowledged.deadline.starts_by
    assert {start.ends_on for start in acknowledged.openings.starts} >= {acknowledged.deadline.ends_by}


def test_the_calendar_that_counted_is_named_with_the_regional_days() -> None:
    assert composed().deadline.calendar_version == CALENDAR.version
    assert composed(regional_days=REGIONAL).deadline.calendar_version == CALENDAR.with_regional(REGIONAL).version


def test_only_under_acknowledgement_are_openings_foreseen() -> None:
    assert composed().openings is None
    assert composed(replace(COMMAND, regime=Regime.IMMEDIATE), regime=Regime.ACKNOWLEDGEMENT).openings is None


def test_a_case_file_may_be_of_today_by_the_countrys_clock_and_of_no_later_day() -> None:
    evening = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)  # 22:00 of the 9th in Lima
    of_the_9th, of_the_10th = (
        replace(COMMAND, case_file=replace(COMMAND.case_file, opened_on=date(2026, 3, day))) for day in (9, 10)
    )

    assert composed(of_the_9th, at=evening).case_file.opened_on == date(2026, 3, 9)
    with pytest.raises(InvalidInput, match="opened_in_future"):
        composed(of_the_10th, at=evening)
    just_before_midnight = datetime(2026, 3, 10, 4, 59, 30, tzinfo=UTC)
    assert composed(of_the_10th, at=just_before_midnight)
    with pytest.raises(InvalidInput, match="opened_in_future"):
        composed(of_the_10th, at=just_before_midnight - timedelta(seconds=1))
