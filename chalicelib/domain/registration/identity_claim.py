"""Format checks of a claim before any registry is asked (REG-3).

The functions return every refusal at once, so that a form shows each beside its field and keeps what was typed.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from chalicelib.domain.errors import InvalidInput, refusals
from chalicelib.domain.identity_document import check_cui, check_document_number
from chalicelib.domain.mailbox import DocumentType, Power, dni_in_ruc
from chalicelib.domain.official_name import check_person_name, fold
from chalicelib.domain.registration.identity import CompanyClaim, PersonClaim

_OLDEST = timedelta(days=125 * 366)
_LONGEST_COMPANY_NAME = 200
_LONGEST_POWER = 60
RUC_OF_PERSON = "ruc_of_person"
"""The refusal of a company that is a person, who registers with the DNI."""


def person_problems(claim: PersonClaim, *, today: date) -> tuple[InvalidInput, ...]:
    """Return what is wrong with the form of a person's claim; empty when a registry may be asked."""
    if claim.authenticated_at is not None:
        return refusals(partial(check_document_number, claim.document_type, claim.number, field="number"))
    return refusals(
        partial(check_document_number, claim.document_type, claim.number, field="number"),
        partial(_check_cui, claim),
        partial(check_person_name, claim.paternal_surname or claim.maternal_surname, field="paternal_surname"),
        partial(check_person_name, claim.maternal_surname, field="maternal_surname", is_optional=True),
        partial(check_person_name, claim.given_names, field="given_names"),
        partial(check_birth_date, claim.birth_date, today=today, field="birth_date"),
        partial(_check_issue_date, claim, today),
    )


def company_problems(claim: CompanyClaim, *, today: date) -> tuple[InvalidInput, ...]:
    """Return what is wrong with the form of a company's claim and its representative's; empty when all may be asked."""
    own = refusals(
        partial(_check_ruc, claim.ruc),
        partial(_check_text, claim.legal_name, "la razón social", field="legal_name"),
        partial(_check_text, claim.district, "el distrito que figura en la ficha RUC", field="district"),
    )
    return (*own, *representative_problems(claim.representative, today), *power_problems(claim.power))


def representative_problems(claim: PersonClaim | None, today: date) -> tuple[InvalidInput, ...]:
    """Return what is wrong with the form of a representative's claim, which has to be there."""
    if claim is None:
        detail = "Escribe los datos de quien representa a la empresa: una persona con documento, correo y celular."
        return (InvalidInput("representative_missing", detail, field="representative"),)
    found = person_problems(claim, today=today)
    return tuple(InvalidInput(one.code, one.detail, field=f"representative.{one.field}") for one in found)


def power_problems(power: Power | None) -> tuple[InvalidInput, ...]:
    """Return what is wrong with page and entry of a power, which both have to be there."""
    page, entry = ("", "") if power is None else (power.page, power.entry)
    return refusals(
        partial(_check_text, page, "la partida registral de la empresa", field="power.page", longest=_LONGEST_POWER),
        partial(_check_text, entry, "el asiento en que consta el poder", field="power.entry", longest=_LONGEST_POWER),
    )


def check_birth_date(birth_date: date | None, *, today: date, field: str) -> None:
    """Accept a day before today, within a long human life.

    Raises:
        InvalidInput: `birth_date_invalid`.

    """
    if birth_date is None or birth_date >= today:
        detail = "La fecha de nacimiento debe ser anterior a hoy. Revisa el año."
    elif birth_date <= today - _OLDEST:
        detail = "Nadie vive desde esa fecha de nacimiento. Revisa el año."
    else:
        return
    raise InvalidInput("birth_date_invalid", detail, field=field)


def _check_ruc(ruc: str) -> None:
    check_document_number(DocumentType.RUC, ruc, field="ruc")
    if dni_in_ruc(ruc) is not None:
        raise InvalidInput(
            RUC_OF_PERSON,
            "Un RUC que empieza con 10 es de una persona natural. Regístrate como persona natural, con el DNI: en esa"
            " casilla recibes también lo que te envíen a este RUC.",
            field="ruc",
        )


def _check_cui(claim: PersonClaim) -> None:
    if claim.document_type is DocumentType.DNI:
        check_cui(claim.number, claim.cui, field="cui")


def _check_issue_date(claim: PersonClaim, today: date) -> None:
    if claim.document_type is not DocumentType.DNI:
        return
    born = claim.birth_date or date.min
    if claim.issue_date is None:
        detail = "Escribe la fecha de emisión que figura en el DNI."
    elif claim.issue_date > today:
        detail = "La fecha de emisión no puede ser posterior a hoy. Escribe la que figura en el DNI."
    elif claim.issue_date < born <= today:  # a birth to come is told of by itself
        detail = "La fecha de emisión no puede ser anterior al nacimiento. Revisa las dos fechas."
    else:
        return
    raise InvalidInput("issue_date_invalid", detail, field="issue_date")


def _check_text(text: str, what: str, *, field: str, longest: int = _LONGEST_COMPANY_NAME) -> None:
    if len(text) > longest:
        detail = f"Es demasiado largo: puede tener hasta {longest} letras y signos."
    elif not fold(text):
        detail = f"Escribe {what}."
    elif not text.isprintable():
        detail = f"Escribe {what} solo con letras, números y signos."
    else:
        return
    raise InvalidInput("text_invalid", detail, field=field)
