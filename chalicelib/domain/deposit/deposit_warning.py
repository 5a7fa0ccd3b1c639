"""What a sender is told of an accepted deposit that may be contested; never a reason to refuse it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.notice import Notice

NOTIFY_WITHIN = 5
"""Business days after an act's issue in which it is to be notified: TUO of the Ley 27444, art. 24.1."""


@dataclass(frozen=True, slots=True)
class DepositWarning:
    """One warning; `field` is where in the request it points to."""

    code: str
    detail: str
    field: str


def warnings_of(notice: Notice, calendar: BusinessCalendar) -> tuple[DepositWarning, ...]:
    """Return what is to be told of a notice, by the calendar that its dates are counted with."""
    return tuple(_warnings(notice, calendar))


def _warnings(notice: Notice, calendar: BusinessCalendar) -> Iterator[DepositWarning]:
    issued = calendar.local(notice.document.issued_at).date()
    notified = notice.counts_on or calendar.local(notice.deposited_at).date()
    last = calendar.nth_business_day(issued + timedelta(days=1), NOTIFY_WITHIN)
    if notified > last:
        yield DepositWarning(
            "act_older_than_five_days",
            f"El documento se emitió el {issued:%d/%m/%Y} y debía notificarse hasta el {last:%d/%m/%Y}, dentro de los"
            " cinco días hábiles siguientes. El depósito se hizo igual; revise con su asesoría legal qué efecto tiene"
            " la demora.",
            "document.issued_at",
        )
    in_force = notice.document.in_force_from
    if notice.term is not None and in_force is not None and in_force > notified:
        yield DepositWarning(
            "act_in_force_later",
            f"El acto rige desde el {in_force:%d/%m/%Y} y el plazo se cuenta desde la notificación. Si el acto señala"
            " una fecha posterior para el plazo (TUO, 144.1), revise con su asesoría legal el plazo que envió.",
            "document.in_force_from",
        )
