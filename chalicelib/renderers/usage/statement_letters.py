"""The e-mails by which a coordinator learns of a month's statement, of its end of term, and that it is late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum

from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.usage.settlement import Account
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter, Link, render_letter
from chalicelib.renderers.spanish import day_in_words, one_line
from chalicelib.renderers.usage.usage_words import OWN_HOME, line_rows, money, month_in_words

_REASON = "Usted recibe este mensaje porque coordina el servicio de casilla electrónica en su entidad."


class StatementLetter(StrEnum):
    """What a letter is about."""

    CLOSED = "closed"
    SOON = "soon"
    LATE = "late"


_SUBJECTS: Mapping[StatementLetter, str] = {
    StatementLetter.CLOSED: "Estado de consumo de {}",
    StatementLetter.SOON: "Está por vencer el pago del consumo de {}",
    StatementLetter.LATE: "Su entidad está inactiva: falta el pago del consumo de {}",
}
_FIRST: Mapping[StatementLetter, str] = {
    StatementLetter.CLOSED: "Se cerró el estado de consumo de su entidad. Sus cifras ya no cambian.",
    StatementLetter.SOON: "Si el pago no llega a tiempo, su entidad queda inactiva hasta que se registre.",
    StatementLetter.LATE: (
        "El pago no se registró a tiempo. Su entidad no deposita notificaciones ni consulta casillas hasta que se"
        " registre. Lo que ya depositó sigue su curso, y sus operadores lo siguen viendo."
    ),
}


def statement_letter(letter: StatementLetter, account: Account, *, at: str) -> Letter:
    """Say what was used, what is owed until when, and what to do."""
    statement = account.statement
    facts = [Fact(one_line(statement.institution_name), "Entidad")]
    facts += [Fact(row.quantity, row.label) for row in line_rows(statement)]
    if statement.owed:
        facts.append(Fact(money(statement.owed), "Importe por pagar"))
    if account.pay_until is not None:
        facts.append(Fact(day_in_words(account.pay_until), "Se paga hasta el"))
    what_to_do = (
        ("Después de pagar, envíe el comprobante escaneado desde la página del mes: PDF, JPG o PNG.",)
        if account.is_open
        else ()
    )
    link = Link(f"{at}{OWN_HOME}/{statement.month}", "Ver el estado de consumo")
    subject = _SUBJECTS[letter].format(month_in_words(statement.month))
    return Letter(subject, (_FIRST[letter], *facts, *what_to_do, link), reason=_REASON)


def proof_refused_letter(account: Account, *, is_late: bool, at: str) -> Letter:
    """Say that the proof was refused, why, and until when another one is in time."""
    statement, refused = account.statement, account.settlement.refused
    until = (
        () if is_late or account.pay_until is None else (Fact(day_in_words(account.pay_until), "Hay plazo hasta el"),)
    )
    late = ("El plazo para pagar ya pasó: su entidad queda inactiva hasta que se registre el pago.",) if is_late else ()
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
    letter: StatementLetter, account: Account, to: StaffMember, letterhead: Letterhead, *, at: str, now: datetime
) -> EmailMessage:
    """Write the e-mail.

    Raises:
        MessageRefused: `email_address_refused`, when it is no address that mail can go to.

    """
    statement = account.statement
    key = f"usage/{statement.institution_id}/{statement.month}/{letter}/{to.staff_id}/{now.isoformat()}"
    return render_letter(statement_letter(letter, account, at=at), to.email, letterhead, sent_at=now, key=key)
