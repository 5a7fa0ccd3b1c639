"""Amounts, months and states of statements in words; pages, letters and files say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.typed import MONTHS
from chalicelib.domain.usage.settlement import Account, SettlementState
from chalicelib.domain.usage.statement import Statement
from chalicelib.domain.usage.tariff import Measure
from chalicelib.renderers.spanish import date_in_words

OWN_HOME = "/entidad/consumo"
ROUNDING = (
    "Cada importe es la cantidad por el precio, redondeado al céntimo (medio céntimo, hacia arriba). El IGV se calcula"
    " sobre la suma y se redondea igual."
)
COUNTED = (
    "Se cuenta cada depósito aceptado, cada SMS que la operadora recibió (todos son de una parte) y cada consulta de"
    " casilla que se respondió, también la de un depósito rechazado por su destinatario. No se cuenta lo que se pidió"
    " con la entidad inactiva ni lo que pasó del límite por hora. Los meses y días son los de Lima, de las"
    " 00:00 a las 24:00."
)
WITHOUT_AMOUNTS = "La plataforma no tiene una tarifa para este mes: no hay nada que pagar."
_WAITING_LATE = "El comprobante que espera revisión se envió después, y por sí solo no cambia eso. "
_SPACE = "\N{NO-BREAK SPACE}"
STATE_WORDS: Mapping[SettlementState, str] = {
    SettlementState.PROVISIONAL: "Provisional",
    SettlementState.NOTHING_OWED: "Nada por pagar",
    SettlementState.OWED: "Por pagar",
    SettlementState.PROVEN: "Comprobante por revisar",
    SettlementState.LATE: "Pago atrasado",
    SettlementState.PAID: "Pagado",
}
_TONES: Mapping[SettlementState, str] = {
    SettlementState.PROVISIONAL: "pending",
    SettlementState.NOTHING_OWED: "active",
    SettlementState.OWED: "pending",
    SettlementState.PROVEN: "pending",
    SettlementState.LATE: "disabled",
    SettlementState.PAID: "active",
}


def money(centimos: int) -> str:
    """Write an amount as `S/ 1,234.50`; the space does not break."""
    return f"S/{_SPACE}{centimos // 100:,}.{centimos % 100:02}"


def price(ten_thousandths: int) -> str:
    """Write a price as `S/ 0.0450`."""
    return f"S/{_SPACE}{ten_thousandths // 10_000:,}.{ten_thousandths % 10_000:04}"


def number(count: int) -> str:
    """Write a quantity as `100,000`."""
    return f"{count:,}"


def month_in_words(month: str) -> str:
    """Write a month as `marzo de 2026`."""
    return f"{MONTHS[int(month[5:]) - 1]} de {month[:4]}"


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month in a list, its cells written out."""

    month: str
    words: str
    counts: tuple[str, ...]
    amount: str
    state: str
    tone: str
    is_provisional: bool


def month_row(account: Account, today: date) -> MonthRow:
    """Lay a month out."""
    statement, state = account.statement, account.state(today)
    is_late_proof = state is SettlementState.LATE and account.waiting_proof is not None
    return MonthRow(
        month=statement.month,
        words=month_in_words(statement.month).capitalize(),
        counts=tuple(number(statement.total(measure)) for measure in Measure),
        amount="" if statement.bill is None else money(statement.bill.total),
        state=f"{STATE_WORDS[state]}, con comprobante por revisar" if is_late_proof else STATE_WORDS[state],
        tone=_TONES[state],
        is_provisional=not statement.is_closed,
    )


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A proof that waits, in the list of all institutions'."""

    institution_id: str
    institution_name: str
    month: str
    words: str
    amount: str
    sent_at: datetime
    state: str
    tone: str


def waiting_row(account: Account, today: date) -> WaitingRow:
    """Lay out a month whose proof waits."""
    statement, proof = account.statement, account.waiting_proof
    if proof is None:
        raise ValueError(statement.number)
    state = account.state(today)
    return WaitingRow(
        institution_id=statement.institution_id,
        institution_name=statement.institution_name,
        month=statement.month,
        words=month_in_words(statement.month).capitalize(),
        amount=money(statement.owed),
        sent_at=proof.sent_at,
        state="Llegó tarde" if state is SettlementState.LATE else "Llegó a tiempo",
        tone=_TONES[state],
    )


@dataclass(frozen=True, slots=True)
class LineRow:
    """A kind of use: how much, at what price, for what; empty without a tariff."""

    label: str
    quantity: str
    price: str = ""
    amount: str = ""


def line_rows(statement: Statement) -> tuple[LineRow, ...]:
    """Lay out what was used."""
    bill = statement.bill
    if bill is None:
        return tuple(LineRow(one.label, number(statement.total(one))) for one in Measure)
    return tuple(
        LineRow(line.measure.label, number(line.quantity), price(line.price), money(line.amount)) for line in bill.lines
    )


def sum_rows(statement: Statement) -> tuple[tuple[str, str], ...]:
    """Lay out what follows from it; nothing without a tariff."""
    bill = statement.bill
    if bill is None:
        return ()
    taxed = (("Subtotal", money(bill.subtotal)), (f"IGV {bill.tax_percent}{_SPACE}%", money(bill.tax)))
    return (*(taxed if bill.tax_percent else ()), ("Total", money(bill.total)))


def day_rows(statement: Statement) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Lay out the days on which something was used: for people, for machines, and how much."""
    return tuple(
        (f"{one.day:%d/%m/%Y}", one.day.isoformat(), tuple(number(one.of(measure)) for measure in Measure))
        for one in statement.days
    )


def state_note(account: Account, today: date) -> str:
    """Say what a month's state means, and what to do."""
    settlement = account.settlement
    due = date_in_words(account.pay_until) if account.pay_until else ""
    state = account.state(today)
    if state is SettlementState.PAID and settlement.payment is not None:
        paid_on, reference = date_in_words(settlement.payment.paid_on), settlement.payment.reference
        return f"El {paid_on}, con la operación {reference}."
    waiting = _WAITING_LATE if account.waiting_proof else ""
    notes = {
        SettlementState.PROVISIONAL: "Estas cifras todavía pueden cambiar, hasta que el mes se cierre.",
        SettlementState.NOTHING_OWED: "Este mes está cerrado y no hay nada que pagar.",
        SettlementState.OWED: (
            f"Se paga, y se envía el comprobante, hasta el {due}. Después, la entidad queda inactiva hasta que se"
            " registre el pago."
        ),
        SettlementState.PROVEN: (
            "La plataforma revisa el comprobante que envió la entidad. Mientras tanto, el mes no cuenta como atrasado."
            " Si la entidad ya estaba inactiva por falta de pago, sigue inactiva hasta que se registre el pago."
        ),
        SettlementState.LATE: (
            f"Se pagaba hasta el {due}. {waiting}Mientras no se registre el pago, la entidad no deposita ni consulta;"
            " ve todo lo que envió."
        ),
    }
    return notes[state]
