"""The e-mails by which a coordinator learns of a month's statement, of its end of term, that it is late or paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum

from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.usage.service_now import ServiceNow
from chalicelib.domain.usage.settlement import Account
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter, Link, render_letter
from chalicelib.renderers.spanish import day_in_words, one_line
from chalicelib.renderers.usage.service_words import late_words, paid_words
from chalicelib.renderers.usage.usage_words import OWN_HOME, line_rows, money, month_in_words

_REASON = "Usted recibe este mensaje porque coordina el servicio de casilla electrónica en su entidad."


class StatementLetter(StrEnum):
    """What a letter is about."""

    CLOSED = "closed"
    SOON = "soon"
    LATE = "late"
    PAID = "paid"


_SUBJECTS: Mapping[StatementLetter, str] = {
    StatementLetter.CLOSED: "Estado de consumo de {}",
    StatementLetter.SOON: "Está por vencer el pago del consumo de {}",
    StatementLetter.LATE: "Su entidad está inactiva: falta el pago del consumo de {}",
    StatementLetter.PAID: "Se registró el pago del consumo de {}",
}
_LATE_ONLY = "Falta el pago del consumo de {}"
"""Where a payment does not bring the service back."""
_FIRST: Mapping[StatementLetter, str] = {
    StatementLetter.CLOSED: "Se cerró el estado de consumo de su entidad. Sus cifras ya no cambian.",
    StatementLetter.SOON: (
        "Si hasta el último día no se registra el pago ni llega el comprobante, su entidad queda inactiva hasta que se"
        " registre."
    ),
    StatementLetter.LATE: "El pago no se registró a tiempo.",
    StatementLetter.PAID: "La plataforma registró el pago de su entidad.",
}
_SENT = "El comprobante que envió su entidad espera revisión."
_SEND = "Después de pagar, envíe el comprobante escaneado desde la página del mes: PDF, JPG o PNG."


def statement_letter(
    letter: StatementLetter, account: Account, *, at: str, service: ServiceNow | None = None
) -> Letter:
    """Say what was used, what is owed until when, and what to do; of what is late or paid, how the service stands.

    `service` is needed of those two alone; without it a payment is taken to bring the service back.
    """
    statement, service = account.statement, service or ServiceNow()
    month = month_in_words(statement.month)
    link = Link(f"{at}{OWN_HOME}/{statement.month}", "Ver el estado de consumo")
    if letter is StatementLetter.PAID:
        return _paid_letter(account, service, link)
    facts = [Fact(one_line(statement.institution_name), "Entidad")]
    facts += [Fact(row.quantity, row.label) for row in line_rows(statement)]
    if statement.owed:
        facts.append(Fact(money(statement.owed), "Importe por pagar"))
    if account.pay_until is not None:
        facts.append(Fact(day_in_words(account.pay_until), "Se paga hasta el"))
    what_to_do: tuple[str, ...] = ((_SENT if account.waiting_proof else _SEND),) if account.is_open else ()
    if letter is not StatementLetter.LATE:
        return Letter(_SUBJECTS[letter].format(month), (_FIRST[letter], *facts, *what_to_do, link), reason=_REASON)
    subject = _SUBJECTS[letter] if service.is_back_by_payment else _LATE_ONLY
    parts: tuple[str | Fact | Link, ...] = (_FIRST[letter], *late_words(service), *facts, *what_to_do, link)
    return Letter(subject.format(month), parts, reason=_REASON)


def _paid_letter(account: Account, service: ServiceNow, link: Link) -> Letter:
    statement, payment = account.statement, account.settlement.payment
    facts = [Fact(one_line(statement.institution_name), "Entidad")]
    if payment is not None:
        facts.append(Fact(money(payment.amount), "Importe pagado"))
        facts.append(Fact(day_in_words(payment.paid_on), "Fecha del pago"))
        facts.append(Fact(one_line(payment.reference), "Número de operación"))
    subject = _SUBJECTS[StatementLetter.PAID].format(month_in_words(statement.month))
    parts: tuple[str | Fact | Link, ...] = (_FIRST[StatementLetter.PAID], *facts, *paid_words(service), link)
    return Letter(subject, parts, reason=_REASON)


def proof_refused_letter(account: Account, *, is_late: bool, at: str, service: ServiceNow | None = None) -> Letter:
    """Say that the proof was refused, why, and until when another one is in time.

    `service` is how the service stands where the month is late; None where nobody knows.
    """
    statement, refused = account.statement, account.settlement.refused
    until = (
        () if is_late or account.pay_until is None else (Fact(day_in_words(account.pay_until), "Hay plazo hasta el"),)
    )
    late = ("El plazo para pagar ya pasó.", *(late_words(service) if service else ())) if is_late else ()
    return Letter(
        f"Se rechazó el comprobante de pago de {month_in_words(statement.month)}",
        (
            Fact(one_line(statement.institution_name), "Entidad"),
            Fact(one_line(refused.reason) if refused else "", "Motivo"),
            Fact(money(statement.owed), "Importe por pagar"),
            *until,
            *late,
            "Envíe otro comprobante desde la página del mes: PDF, JPG o PNG. El mismo archivo no se acepta otra vez.",
            Link(f"{at}{OWN_HOME}/{statement.month}", "Ver el estado de consumo"),
        ),
        reason=_REASON,
    )


def render_statement_letter(  # noqa: PLR0913 - who, when and what are what a letter is
    letter: StatementLetter,
    account: Account,
    to: StaffMember,
    letterhead: Letterhead,
    *,
    at: str,
    now: datetime,
    service: ServiceNow | None = None,
) -> EmailMessage:
    """Write the e-mail, as `statement_letter` says it.

    Raises:
        MessageRefused: `email_address_refused`, when it is no address that mail can go to.

    """
    statement = account.statement
    key = f"usage/{statement.institution_id}/{statement.month}/{letter}/{to.staff_id}/{now.isoformat()}"
    return render_letter(
        statement_letter(letter, account, at=at, service=service), to.email, letterhead, sent_at=now, key=key
    )
