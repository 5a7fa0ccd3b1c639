"""What coordinators are told of an end: 30, 15 and 5 days before an agreement expires or went unused, and that it did.

Each of both ends is told of on its own days: a deposit that moves the one does not move the other. What is due follows
from the day alone. Who was told is kept beside, so that a job that ran twice tells nobody twice and one that missed
days tells what is still true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.domain.agreement.agreement import Agreement, AgreementState, Reason, Standing
from chalicelib.domain.agreement.life import last_days

WARNED_DAYS = (30, 15, 5)
SOON_DAYS = WARNED_DAYS[0]
"""Within how many days a last day is near."""
ENDED = 0
"""The step of what is told when it is over."""
_ENDED_TOLD_FOR = timedelta(days=30)
"""Whoever becomes coordinator later than that sees it in the console alone."""


@dataclass(frozen=True, slots=True)
class EndWarning:
    """`last` is the last day on which the agreement holds, or held; `left` is how many follow today.

    `step` is which warning it is, in days before the end, or `ENDED`.
    """

    reason: Reason
    last: date
    step: int
    left: int = 0

    @property
    def key(self) -> str:
        """What marks it as told: an end that moves is told of anew."""
        return f"{self.reason}:{self.last.isoformat()}:{self.step}"


def ends_soon(agreement: Agreement, today: date) -> bool:
    """Tell whether its last day is one of today and the thirty that follow, whatever holds it up meanwhile."""
    if agreement.ended is not None or agreement.ends_on is None:
        return False
    return is_near(agreement.ends_on, today)


def warnings_due(agreement: Agreement, today: date, used_on: date | None) -> tuple[EndWarning, ...]:
    """Return what is to be told today of an agreement as `as_of` returns it, the sooner end first."""
    if agreement.ended is not None:
        last = agreement.ended.since - timedelta(days=1)
        is_late = today > agreement.ended.since + _ENDED_TOLD_FOR
        return () if is_late else (EndWarning(agreement.ended.reason, last, ENDED),)
    if agreement.state is AgreementState.APPROVED:
        return ()
    return tuple(_warning(ends, today) for ends in last_days(agreement, used_on) if is_near(ends.since, today))


def is_near(last: date, today: date) -> bool:
    """Tell whether a last day is one of today and the thirty that follow."""
    return 0 <= (last - today).days <= SOON_DAYS


def _warning(ends: Standing, today: date) -> EndWarning:
    left = (ends.since - today).days
    return EndWarning(ends.reason, ends.since, min(days for days in WARNED_DAYS if left <= days), left)
