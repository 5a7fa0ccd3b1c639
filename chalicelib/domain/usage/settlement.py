"""Whether a statement was paid: the proof that the institution sends, and the payment that the platform records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.usage.statement import Statement

GRACE_DAYS = 3
"""How many local days somebody has after a proof that came in time was refused: once, past the day it is due."""


class SettlementState(StrEnum):
    """Where a month stands."""

    PROVISIONAL = "provisional"
    """Not closed: it may still change."""
    NOTHING_OWED = "nothing_owed"
    """Closed without a tariff, or with a total of nothing."""
    OWED = "owed"
    PROVEN = "proven"
    """A proof of payment that was sent in time waits to be checked: the platform's time, nothing is late meanwhile."""
    LATE = "late"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Proof:
    """A scanned proof of payment, inspected: its object, and who sent it when (an actor, an instant).

    `is_in_time` says that it was sent by the last day to pay, or in place of one that was and still waited.
    """

    object_key: str
    filename: str
    media_type: str
    size: int
    sha256: str
    sent_at: datetime
    sent_by: str
    is_in_time: bool = True


@dataclass(frozen=True, slots=True)
class RefusedProof:
    """The last proof that was refused, and why; `pay_until` is the last day to pay, where that is a later one."""

    proof: Proof
    reason: str
    refused_at: datetime
    refused_by: str
    pay_until: date | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """What was paid, in céntimos, on which local day and under which reference; who recorded it when."""

    amount: int
    paid_on: date
    reference: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """`holds_up` says that the agreement was held up for it, `lets_go` that its payment still has to let go.

    `version` counts the changes.

    `refused_files` are the SHA-256 of every proof that was refused.
    """

    proof: Proof | None = None
    refused: RefusedProof | None = None
    payment: Payment | None = None
    holds_up: bool = False
    version: int = 0
    refused_files: tuple[str, ...] = ()
    lets_go: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A statement and how it is settled; `sha256` is empty of one that is not closed."""

    statement: Statement
    settlement: Settlement = Settlement()
    sha256: str = ""

    def state(self, today: date) -> SettlementState:
        """Return where it stands on a local day; the day on which it is due is not late yet."""
        if not self.statement.is_closed:
            return SettlementState.PROVISIONAL
        if self.settlement.payment is not None:
            return SettlementState.PAID
        if not self.statement.owed or self.pay_until is None:
            return SettlementState.NOTHING_OWED
        if self.settlement.proof is not None and self.settlement.proof.is_in_time:
            return SettlementState.PROVEN
        return SettlementState.LATE if today > self.pay_until else SettlementState.OWED

    @property
    def is_open(self) -> bool:
        """Whether something is owed that was not paid."""
        return bool(self.statement.owed) and self.settlement.payment is None

    @property
    def waiting_proof(self) -> Proof | None:
        """The proof that waits to be checked, in time or not; that of a month that is paid does not."""
        return self.settlement.proof if self.is_open else None

    @property
    def late_since(self) -> date | None:
        """The first day on which it is late if it is not paid."""
        return self.pay_until and self.pay_until + timedelta(days=1)

    @property
    def pay_until(self) -> date | None:
        """The last day on which it is not late: when it is due, or some days after a proof was refused."""
        given = self.settlement.refused and self.settlement.refused.pay_until
        return given or self.statement.due_on


def with_proof(account: Account, proof: Proof, today: date) -> Settlement:
    """Take a proof; one that waits to be checked is replaced, and the very same file changes nothing.

    One that comes after the last day to pay waits to be checked too, and leaves the month late.

    Raises:
        Conflict: `statement_not_owed`, `statement_paid`.
        InvalidInput: `proof_refused_before`.

    """
    _require_open(account)
    refused = account.settlement.refused
    if proof.sha256 in {*account.settlement.refused_files, refused and refused.proof.sha256}:
        detail = "Ese mismo archivo ya se rechazó. Mira el motivo y envía otro comprobante."
        raise InvalidInput("proof_refused_before", detail, field="file")
    waiting = account.settlement.proof
    if waiting is not None and waiting.sha256 == proof.sha256:
        return account.settlement
    is_in_time = account.pay_until is None or today <= account.pay_until or (waiting is not None and waiting.is_in_time)
    return _next(account.settlement, proof=replace(proof, is_in_time=is_in_time))


def with_proof_refused(  # noqa: PLR0913 - which proof, why, by whom and when
    account: Account, sha256: str, reason: str, at: datetime, by: str, *, zone: ZoneInfo
) -> Settlement:
    """Refuse the proof with that hash: the one that was looked at. `zone` is the country's, whose days count.

    Who sent it in time has `GRACE_DAYS` after it was refused to pay or send another one; once, past the day it is due.

    Raises:
        Conflict: `statement_not_owed`, `statement_paid`, `proof_changed`.

    """
    _require_open(account)
    settlement = account.settlement
    if settlement.proof is None or settlement.proof.sha256 != sha256:
        detail = "El comprobante que viste ya no es el que espera: lo rechazaron o la entidad envió otro. Míralo."
        raise Conflict("proof_changed", detail)
    proof, due_on, pay_until = settlement.proof, account.statement.due_on, account.pay_until
    if due_on is not None and pay_until == due_on and proof.is_in_time:
        pay_until = max(due_on, at.astimezone(zone).date() + timedelta(days=GRACE_DAYS))
    refused = RefusedProof(proof, reason, at, by, None if pay_until == due_on else pay_until)
    return _next(settlement, proof=None, refused=refused, refused_files=(*settlement.refused_files, sha256))


def require_other(by: StaffMember, people: Iterable[StaffMember]) -> None:
    """Let nobody decide on the payment of an institution that they are a user of; `people` are the institution's.

    Raises:
        Forbidden: `payment_own`.

    """
    if any(one.document_number == by.document_number for one in people):
        raise Forbidden("payment_own", "Eres usuario de esa entidad: su pago tiene que verlo otro administrador.")


def with_payment(account: Account, payment: Payment, today: date) -> Settlement:
    """Record that it was paid, once; the same again by the same person changes nothing.

    Raises:
        Conflict: `statement_not_owed`, `statement_paid`.
        InvalidInput: `payment_too_small`, `payment_day_wrong`.

    """
    recorded = account.settlement.payment
    if recorded is not None and _said(recorded) == _said(payment):
        return account.settlement
    _require_open(account)
    if payment.amount < account.statement.owed:
        detail = "Es menos de lo que se debe: registra el pago cuando esté completo."
        raise InvalidInput("payment_too_small", detail, field="amount")
    if payment.paid_on > today or f"{payment.paid_on:%Y-%m}" <= account.statement.month:
        detail = "La fecha del pago va del mes siguiente al del consumo hasta hoy."
        raise InvalidInput("payment_day_wrong", detail, field="paid_on")
    return _next(account.settlement, payment=payment, lets_go=True)


def held_up(settlement: Settlement) -> Settlement:
    """Note that the agreement is held up for it."""
    return settlement if settlement.holds_up else _next(settlement, holds_up=True)


def let_go_of(settlement: Settlement) -> Settlement:
    """Note that the agreement is not held up for it any more, and that nothing is left to do of its payment."""
    is_done = not (settlement.holds_up or settlement.lets_go)
    return settlement if is_done else _next(settlement, holds_up=False, lets_go=False)


def _require_open(account: Account) -> None:
    if account.settlement.payment is not None:
        raise Conflict("statement_paid", "Ese mes ya tiene un pago registrado; no se registró otro.")
    if not account.is_open:
        raise Conflict("statement_not_owed", "De ese mes no se debe nada, o todavía no está cerrado.")


def _said(payment: Payment) -> tuple[int, date, str, str]:
    return payment.amount, payment.paid_on, payment.reference, payment.recorded_by


def _next(settlement: Settlement, **changes: object) -> Settlement:
    return replace(settlement, **changes, version=settlement.version + 1)  # type: ignore[arg-type]
