"""Read an application for a mailbox: everything that is wrong is told at once, beside its field (REG-2, REG-3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import TypeVar

from chalicelib.domain.contact import Phone, read_email_twice, read_phone
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.identity import CompanyClaim, PersonClaim, Sex
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.problems import refusal_of
from chalicelib.domain.registration import TEXTS
from chalicelib.handlers.api.body import Fields, read_json
from chalicelib.services.start_registration import Application

_T = TypeVar("_T")
_NO_PHONE = Phone("", is_mobile=False)
_LONGEST = 300


def read_application(body: bytes) -> Application:
    """Read the body of a registration.

    Raises:
        InvalidInput: the body's own faults, all of them in `problems`; what the formats say is left to the service.

    """
    fields = read_json(body)
    faults: list[InvalidInput] = []
    person, company = _object(fields, "person", faults), _object(fields, "company", faults)
    if (person is None) == (company is None) and not faults:
        fields.refuse("field_missing", "person", "o «company» es obligatorio: uno de los dos")
    claim = _person(person, faults) if person else _company(company, faults) if company else None
    email, again, phone = _texts(fields, ("email", "email_again", "phone"), faults)
    nothing: tuple[tuple[str, str], ...] = ()
    accepted = _collect(faults, lambda: _accepted(fields), nothing)
    _collect(faults, fields.close, None)
    if faults or claim is None:
        raise refusal_of(tuple(faults))
    problems: list[InvalidInput] = []
    address = _collect(problems, lambda: read_email_twice(email, again, field="email", again_field="email_again"), "")
    number = _collect(problems, lambda: read_phone(phone, field="phone"), _NO_PHONE)
    _collect(problems, lambda: _check_texts(accepted), None)
    return Application(claim=claim, email=address, phone=number, accepted=accepted, problems=tuple(problems))


def read_new_email(body: bytes) -> str:
    """Read the body that changes the address.

    Raises:
        InvalidInput: as for the application.

    """
    fields = read_json(body)
    email, again = fields.text("email", longest=_LONGEST), fields.text("email_again", longest=_LONGEST)
    fields.close()
    return read_email_twice(email, again, field="email", again_field="email_again")


def _object(fields: Fields, name: str, faults: list[InvalidInput]) -> Fields | None:
    return _collect(faults, lambda: fields.object(name), None) if fields.has(name) else None


def _person(fields: Fields, faults: list[InvalidInput]) -> PersonClaim:
    def text(name: str, *, is_optional: bool = False) -> str:
        return "" if is_optional and not fields.has(name) else _texts(fields, [name], faults)[0]

    claim = PersonClaim(
        document_type=_collect(
            faults, lambda: fields.choice("document_type", _person_document, "DNI, CE, PASAPORTE"), DocumentType.DNI
        ),
        number=text("number"),
        cui=text("cui", is_optional=True),
        paternal_surname=text("paternal_surname", is_optional=True),
        maternal_surname=text("maternal_surname", is_optional=True),
        given_names=text("given_names"),
        birth_date=_collect(faults, lambda: fields.day("birth_date"), date.min),
        sex=_collect(faults, lambda: fields.choice("sex", Sex, "F, M"), Sex.FEMALE),
        issue_date=_collect(faults, lambda: fields.day("issue_date"), None) if fields.has("issue_date") else None,
    )
    _collect(faults, fields.close, None)
    return claim


def _company(fields: Fields, faults: list[InvalidInput]) -> CompanyClaim:
    ruc, name, district = _texts(fields, ("ruc", "legal_name", "district"), faults)
    _collect(faults, fields.close, None)
    return CompanyClaim(ruc=ruc, legal_name=name, district=district)


def _texts(fields: Fields, names: Iterable[str], faults: list[InvalidInput]) -> list[str]:
    return [_collect(faults, partial(fields.text, name, longest=_LONGEST), "") for name in names]


def _person_document(value: str) -> DocumentType:
    document_type = DocumentType(value)
    if document_type is DocumentType.RUC:
        raise ValueError(value)
    return document_type


def _accepted(fields: Fields) -> tuple[tuple[str, str], ...]:
    given = []
    for entry in fields.objects("accepted", most=len(TEXTS)):
        given.append((entry.text("text", longest=20), entry.text("version", longest=20)))
        entry.close()
    return tuple(given)


def _check_texts(accepted: tuple[tuple[str, str], ...]) -> None:
    if sorted(accepted) != sorted(TEXTS.items()):
        raise InvalidInput(
            "texts_not_accepted",
            "Para registrarse debe aceptar los términos y la política de privacidad vigentes.",
            field="accepted",
        )


def _collect(faults: list[InvalidInput], read: Callable[[], _T], otherwise: _T) -> _T:
    """Return what was read, or note the refusal and go on."""
    try:
        return read()
    except InvalidInput as fault:
        faults.append(fault)
        return otherwise
