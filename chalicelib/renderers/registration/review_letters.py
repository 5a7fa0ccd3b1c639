"""The e-mails of a registration that somebody has to look at: what is missing, and what was decided."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.portal import ProofDesk
from chalicelib.domain.registration.registration import Registration
from chalicelib.domain.registration.review import ReviewRefusal
from chalicelib.renderers.letters import Fact, Letter
from chalicelib.renderers.registration.registration_letters import NOT_YOU, TYPED
from chalicelib.renderers.spanish import date_and_hour

_FIELDS = {
    "number": "el número del documento",
    "names": "los nombres y apellidos",
    "birth_date": "la fecha de nacimiento",
    "sex": "el sexo",
    "issue_date": "la fecha de emisión del documento",
    "legal_name": "la razón social",
    "district": "el distrito",
    "representative": "que quien la representa figura en la lista de SUNAT",
    "representative.number": "el número del documento de quien la representa",
    "representative.names": "los nombres y apellidos de quien la representa",
    "representative.birth_date": "la fecha de nacimiento de quien la representa",
    "representative.sex": "el sexo de quien la representa",
    "representative.issue_date": "la fecha de emisión del documento de quien la representa",
}
_REFUSALS = {
    ReviewRefusal.NOT_SHOWN: "No recibimos el documento con que se comprueba su identidad.",
    ReviewRefusal.DIFFERS: "El documento que se presentó no dice lo mismo que su solicitud.",
    ReviewRefusal.NOT_ENTITLED: "Con lo que se presentó no se pudo comprobar que la casilla sea de quien la pidió.",
}


def field_in_words(field: str) -> str:
    """Return what a field of a claim is called."""
    return _FIELDS.get(field, field)


def unchecked_in_words(registration: Registration) -> tuple[str, ...]:
    """Return what nobody compared, in words; empty where all agreed and somebody is to look all the same."""
    unchecked = () if registration.assurance is None else registration.assurance.unchecked
    return tuple(_FIELDS[field] for field in unchecked if field in _FIELDS)


def proof_for(registration: Registration, desk: ProofDesk) -> str:
    """Return what has to be shown."""
    return desk.company if registration.is_company else desk.person


def refusal_in_words(registration: Registration) -> str:
    """Return why a review refused; empty where none did."""
    return _REFUSALS[ReviewRefusal(registration.refusal)] if registration.refusal else ""


def held_letter(registration: Registration, zone: ZoneInfo, desk: ProofDesk) -> Letter:
    """Say what nobody could confirm, what to show, and by when there is an answer."""
    missing = unchecked_in_words(registration)
    why = f"Ningún registro nos pudo confirmar esto: {'; '.join(missing)}." if missing else ""
    until = registration.review_until
    if registration.desk is not None:
        return _held_at_desk(registration, until, zone)
    when = "" if until is None else f" Le responderemos a este correo a más tardar el {date_and_hour(until, zone)}."
    parts = (
        "Su correo quedó verificado. Falta que una persona compruebe su identidad antes de abrir la casilla.",
        *((why,) if why else ()),
        Fact(registration.reference, "Número de su solicitud"),
        f"{desk.how} {proof_for(registration, desk)}",
        f"Su solicitud se conserva hasta que se decida.{when}",
        NOT_YOU,
    )
    return Letter("Falta comprobar su identidad", parts, reason=TYPED)


def _held_at_desk(registration: Registration, until: datetime | None, zone: ZoneInfo) -> Letter:
    """Say to whom an officer registered that there is nothing to do but to wait."""
    when = "" if until is None else f" Le responderemos a este correo a más tardar el {date_and_hour(until, zone)}."
    return Letter(
        "Su correo quedó verificado",
        (
            "Falta que otra persona de la mesa de partes revise el formato que usted presentó. No necesita hacer nada.",
            Fact(registration.reference, "Número de su solicitud"),
            f"Su solicitud se conserva hasta que se decida.{when}",
            NOT_YOU,
        ),
        reason=TYPED,
    )


def refused_at_review_letter(registration: Registration, why: ReviewRefusal, desk: ProofDesk) -> Letter:
    """Say that the mailbox is not opened, why, and what can be done."""
    return Letter(
        "No pudimos abrir la casilla",
        (
            _REFUSALS[why],
            Fact(registration.reference, "Número de su solicitud"),
            f"Puede volver a registrarse cuando lo desee. {desk.how} {proof_for(registration, desk)}",
            NOT_YOU,
        ),
        reason=TYPED,
    )
