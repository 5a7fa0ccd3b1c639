"""A filing as its institution's officers see it: with its state and until when things can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.filing.filing import Filing, FilingState, as_told
from chalicelib.domain.filing.filing_date import answer_due
from chalicelib.domain.filing.observation import is_by

_STAGES = {
    FilingState.IN_EVALUATION: (FilingState.IN_EVALUATION, FilingState.CORRECTED),
    FilingState.NOT_FILED: (FilingState.NOT_FILED, FilingState.OBSERVED),
}
"""Where filings in a state stand that is not a stage alone: what lapsed stands among the observed until it is told."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Until when a filing can be observed, corrected and answered; None where that clock does not run."""

    observable_until: datetime | None
    correctable_until: datetime | None
    answer_until: datetime | None

    def is_answer_late(self, now: datetime) -> bool:
        """Tell whether the term for the answer ended without one."""
        return self.answer_until is not None and not is_by(now, self.answer_until)


@dataclass(frozen=True, slots=True)
class Received:
    """A filing with its state now and its clocks."""

    filing: Filing
    state: FilingState
    clocks: Clocks


def stages_of(state: FilingState) -> tuple[FilingState, ...]:
    """Return the stages at which filings in a state may stand."""
    return _STAGES.get(state, (state,))


def is_in(filing: Filing, state: FilingState, now: datetime) -> bool:
    """Tell whether people are told this state of a filing."""
    return as_told(filing.state_at(now)) is as_told(state)


def clocks_of(filing: Filing, now: datetime, calendar: BusinessCalendar) -> Clocks:
    """Tell which clocks run, by the calendar of where it was received.

    While a correction is awaited the institution's term does not (TUO 136.3.1).

    """
    state = filing.state_at(now)
    observation = filing.observation
    is_open = state not in {FilingState.ANSWERED, FilingState.NOT_FILED}
    dates = filing.dates if filing.correction is None else filing.correction.dates
    days = filing.procedure.answer_days or 0
    runs = days > 0 and is_open and state is not FilingState.OBSERVED
    return Clocks(
        observable_until=filing.observable_until if observation is None and is_open else None,
        correctable_until=observation.until if observation is not None and state is FilingState.OBSERVED else None,
        answer_until=calendar.end_of_day(answer_due(dates, days, calendar)) if runs else None,
    )
