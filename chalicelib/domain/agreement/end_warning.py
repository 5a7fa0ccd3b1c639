"""Warnings 30, 15 and 5 days before an agreement ends or has gone without use for too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chalicelib.domain.agreement.agreement import Agreement, AgreementState, Reason
from chalicelib.domain.agreement.life import last_day

WARNED_DAYS = (30, 15, 5)


@dataclass(frozen=True, slots=True)
class EndWarning:
    """That few days are left: `last` is the last day on which the agreement holds, `left` how many follow today."""

    reason: Reason
    last: date
    step: int
    left: int

    @property
    def key(self) -> str:
        """What marks it as told: an end that moves is warned of anew."""
        return f"{self.reason}:{self.last.isoformat()}:{self.step}"


def warning_due(agreement: Agreement, today: date, used_on: date | None) -> EndWarning | None:
    """Return the warning that is due and was not told: where days were missed, the nearest one alone.

    It is due until the end and not after it. One that is told is not told again, however often the job runs.
    """
    if agreement.state not in {AgreementState.ACTIVE, AgreementState.INACTIVE}:
        return None
    last = last_day(agreement, used_on)
    if last is None or last.since < today:
        return None
    left = (last.since - today).days
    step = min((days for days in WARNED_DAYS if left <= days), default=None)
    if step is None:
        return None
    warning = EndWarning(last.reason, last.since, step, left)
    return None if warning.key in agreement.warned else warning
