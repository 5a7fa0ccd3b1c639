"""What becomes of an agreement: each rule returns it as it is to be, the very same where nothing changes.

Every rule but `as_of` expects an agreement as `as_of` returns it, so that none depends on when a job ran; and that
one as `agreement.beside` does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.domain.agreement.agreement import (
    HOLDING_UP,
    Addendum,
    Agreement,
    AgreementState,
    Owing,
    Reason,
    Standing,
)
from chalicelib.domain.errors import Conflict, InvalidInput

UNUSED_DAYS = 90
"""S2, question 1: without use for so many days it is cancelled. The day of the last use counts as none."""


def last_days(agreement: Agreement, used_on: date | None) -> tuple[Standing, ...]:
    """Return every last day on which it holds if nothing happens, the sooner first, and what ends it then.

    `used_on` is the local day of the last use that is known. Disuse counts while it is active: what is held up, or
    stopped by a command, cannot be used. It counts anew from the day on which it was active again.
    """
    ends: list[Standing] = []
    if agreement.ends_on is not None:
        ends.append(Standing(Reason.EXPIRED, agreement.ends_on))
    if agreement.is_registered and agreement.state is AgreementState.ACTIVE and not agreement.is_stopped_apart:
        since = max(filter(None, (agreement.counted_from, used_on)), default=agreement.begins_on)
        ends.append(Standing(Reason.UNUSED, since + timedelta(days=UNUSED_DAYS)))
    return tuple(sorted(ends, key=lambda one: one.since))


def as_of(agreement: Agreement, today: date, used_on: date | None) -> Agreement:
    """Return it as its dates leave it today: begun, or ended on the day of the rule, whenever anybody looks.

    Until that was written its institution is active, so a deposit that was accepted meanwhile is use as any other is,
    and what nobody used before it is not cancelled.
    """
    if agreement.ended is not None:
        return agreement
    if agreement.is_registered and not agreement.is_begun and today >= agreement.begins_on:
        since = max(agreement.begins_on, agreement.counted_from or agreement.begins_on)
        agreement = replace(agreement, is_begun=True, counted_from=since, version=agreement.version + 1)
        return _once(as_of(agreement, today, used_on), agreement)
    last = next(iter(last_days(agreement, used_on)), None)
    if last is None or today <= last.since:
        return agreement
    return _next(agreement, ended=Standing(last.reason, last.since + timedelta(days=1)))


def registered(agreement: Agreement, today: date) -> Agreement:
    """Return a new one as it stands on the day on which it is approved or registered.

    Where its first day came before, it begins, and disuse counts from today: nobody could use it sooner.
    """
    if today < agreement.begins_on:
        return agreement
    return replace(agreement, is_begun=True, counted_from=today)


def inactivated(agreement: Agreement, reason: Reason, since: date) -> Agreement:
    """Hold it up for a reason, from a day on; of one that is cancelled the reason is kept for when it comes back."""
    if reason not in HOLDING_UP:
        raise InvalidInput("agreement_reason_unknown", "Elige un motivo de la lista.", field="reason_code")
    if agreement.has_cause(reason):
        return agreement
    return _next(agreement, causes=(*agreement.causes, Standing(reason, since)))


def lifted(agreement: Agreement, reason: Reason, today: date) -> Agreement:
    """Take one reason away; it is active again where that was the last one, and stays cancelled where it was."""
    if not agreement.has_cause(reason):
        return agreement
    causes = tuple(one for one in agreement.causes if one.reason is not reason)
    counted_from = agreement.counted_from if causes or agreement.ended else today
    return _next(agreement, causes=causes, counted_from=counted_from)


def require_owed(reason: Reason, owing: Owing) -> None:
    """Let nobody be held up by hand for a payment where none is owed: no payment would let them go.

    Raises:
        Conflict: `nothing_owed`.

    """
    if reason is Reason.LATE_PAYMENT and not owing.owes:
        detail = "La entidad no debe ningún mes cerrado, así que ningún pago la reactivaría. Elige otro motivo."
        raise Conflict("nothing_owed", detail)


def require_paid(reason: Reason, owing: Owing) -> None:
    """Let nobody lift by hand what the next night would hold up again.

    Raises:
        Conflict: `payment_late`.

    """
    if reason is Reason.LATE_PAYMENT and owing.is_late:
        detail = "Hay un mes con el pago atrasado: registra el pago en «Consumo» y el convenio se reactiva al momento."
        raise Conflict("payment_late", detail)


def revived(agreement: Agreement, today: date, addendum: Addendum | None = None) -> Agreement:
    """Bring a cancelled one back: after disuse as it is, after its end with an addendum. What held it up still does.

    Raises:
        Conflict: `agreement_not_cancelled`.
        InvalidInput: `addendum_needed`, `addendum_not_later`.

    """
    if agreement.ended is None:
        raise Conflict("agreement_not_cancelled", "El convenio no está cancelado.")
    if addendum is not None:
        _require_later(agreement, addendum, today)
        agreement = replace(agreement, ends_on=addendum.ends_on, addenda=(*agreement.addenda, addendum))
    if agreement.ends_on is not None and agreement.ends_on < today:
        detail = "El convenio venció: escribe hasta cuándo vale ahora, según la adenda."
        raise InvalidInput("addendum_needed", detail, field="ends_on")
    return _next(agreement, ended=None, is_begun=True, counted_from=today)


def extended(agreement: Agreement, addendum: Addendum, today: date) -> Agreement:
    """Have it hold until a later day; on its last day it still can be.

    Raises:
        Conflict: `agreement_over`: what ended comes back by `revived`.
        InvalidInput: `addendum_not_later`.

    """
    if agreement.ended is not None:
        detail = "El convenio está cancelado: no se extiende, se reactiva."
        raise Conflict("agreement_over", detail)
    if any((one.ends_on, one.number) == (addendum.ends_on, addendum.number) for one in agreement.addenda[-1:]):
        return agreement  # the same form, sent twice
    _require_later(agreement, addendum, today)
    return _next(agreement, ends_on=addendum.ends_on, addenda=(*agreement.addenda, addendum))


def require_dates(begins_on: date, ends_on: date | None, today: date) -> None:
    """Let an agreement end after it begins, and not before today.

    Raises:
        InvalidInput: `agreement_dates_wrong`.

    """
    if ends_on is not None and ends_on < max(begins_on, today):
        detail = "El último día no puede ser anterior al primero ni a hoy."
        raise InvalidInput("agreement_dates_wrong", detail, field="ends_on")


def _require_later(agreement: Agreement, addendum: Addendum, today: date) -> None:
    if agreement.ends_on is None:
        detail = "El convenio no tiene fecha de fin: no hay qué extender."
        raise InvalidInput("addendum_not_later", detail, field="ends_on")
    if addendum.ends_on < today or addendum.ends_on <= agreement.ends_on:
        detail = "La adenda debe llegar a un día posterior al último del convenio, y no anterior a hoy."
        raise InvalidInput("addendum_not_later", detail, field="ends_on")


def _next(agreement: Agreement, **changes: object) -> Agreement:
    return replace(agreement, **changes, version=agreement.version + 1)  # type: ignore[arg-type]


def _once(after: Agreement, before: Agreement) -> Agreement:
    """Return two steps as one version."""
    return replace(after, version=before.version)
