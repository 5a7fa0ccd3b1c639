"""The two forms of a registration: their fields, what was typed into them as the API reads it, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.identity_document import read_document_number, split_dni
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.typed import DAY_PARTS, day_problem, join_day, read_day, tidy, wrong_parts
from chalicelib.handlers.commands.application import read_application, read_authenticated
from chalicelib.handlers.fields import FieldError, Fields, errors_of
from chalicelib.handlers.web.labels import DOCUMENT_TYPES
from chalicelib.handlers.web.registration.draft import RegistrationDraft
from chalicelib.renderers.spanish import date_in_words
from chalicelib.services.registration.start_registration import Application, check_application
from chalicelib.services.registration.tools import RegistrationTools

PERSON_TYPES = {"natural": "Persona Natural", "juridica": "Persona Jurídica"}
SEXES = {"F": "Femenino", "M": "Masculino"}
_CONTACT = {
    "phone": "Teléfono/Celular",
    "email": "Correo Electrónico",
    "email_again": "Repetir Correo Electrónico",
}
_PERSON = {
    "document_type": "Tipo Documento",
    "number": "Número de documento",
    "paternal_surname": "Apellido Paterno",
    "maternal_surname": "Apellido Materno",
    "given_names": "Nombres",
    "birth_date": "Fecha Nacimiento",
    "sex": "Sexo",
}
_ISSUED = {"issue_date": "Fecha de emisión", "cui": "CUI"}
PERSON = {**_PERSON, **_ISSUED}
POWER = {"page": "Partida registral", "entry": "Asiento"}
LABELS: dict[str, dict[str, str]] = {
    "natural": {**_PERSON, **_CONTACT, **_ISSUED},
    "juridica": {
        "ruc": "Número de RUC",
        "legal_name": "Razón Social",
        "district": "Distrito",
        **PERSON,
        **POWER,
        **_CONTACT,
    },
}
"""Each form's fields in their order, with their labels."""
KINDS = {"natural": ("DNI", "CE"), "juridica": ("DNI", "CE", "PASAPORTE")}
"""Types of document with which a person has a mailbox, or represents a company."""
_OF_DNI = {"cui", "sex", "issue_date"}
"""What is asked of a DNI alone."""
_OPTIONAL = {"paternal_surname", "maternal_surname"}
"""One of both is there, which the check of names says."""
_DNI = "DNI"
_DAYS = {"birth_date", "issue_date"}
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the summary; `change` is where it is changed, empty where it cannot be."""

    label: str
    value: str
    change: str = ""


def labels_of(draft: RegistrationDraft) -> dict[str, str]:
    """Return the fields that the draft's form asks for, in their order, with their labels."""
    return LABELS[draft.person_type] if draft.authenticated is None else _CONTACT


def kinds_of(person_type: str) -> list[tuple[str, str]]:
    """Return the types of document that a form offers of a person, with their words."""
    return [(kind, DOCUMENT_TYPES[kind]) for kind in KINDS[person_type]]


def form_address(person_type: str) -> str:
    """Return where a type of person fills in its form."""
    return f"/registro/persona-{person_type}"


def take_typed(names: Iterable[str], value: Callable[[str], str]) -> dict[str, str]:
    """Take a form's fields by `value`, which returns one as typed; none is kept at a length that no one types.

    A date is kept as one text, however many fields its page had.
    """
    return {name: _taken(name, value) for name in names}


def _taken(name: str, value: Callable[[str], str]) -> str:
    parts = [value(f"{name}_{part}")[:_LONGEST] for part in DAY_PARTS] if name in _DAYS else []
    text = join_day(*parts) if any(parts) else value(name)
    return text[:_LONGEST]


def read_typed(draft: RegistrationDraft, tools: RegistrationTools) -> Application:
    """Read the application as the API does; it says what is wrong with it by itself."""
    given: dict[str, Any] = {
        name: _as_sent(name, text) if tidy(text) else None for name, text in draft.typed_now().items()
    }
    body = {name: given.pop(name, None) for name in _CONTACT}
    if draft.authenticated is not None:
        return read_authenticated(Fields(body), draft.authenticated, draft.accepted)
    body["accepted"] = [{"text": one.text, "version": one.version} for one in draft.accepted]
    body |= _company(given) if draft.person_type == "juridica" else {"person": _person(given)}
    application = read_application(Fields(body), origin="", now=tools.clock())
    return replace(application, accepted=draft.accepted)


def _company(given: dict[str, Any]) -> dict[str, Any]:
    """Return a company as the API has it: its representative and the power in objects of their own."""
    parts = _representative({name: given.pop(name) for name in (*PERSON, *POWER) if name in given})
    return {"company": {**given, **parts}}


def as_company(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return a representative and the power as typed, as the API has them."""
    return _representative({name: _as_sent(name, text) for name, text in typed.items() if tidy(text)})


def _representative(given: Mapping[str, Any]) -> dict[str, Any]:
    person = {name: value for name, value in given.items() if name in PERSON}
    power = {name: value for name, value in given.items() if name in POWER}
    return {"representative": _person(person), "power": power}


def _person(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a person as the API has it, without what the form asks of a DNI alone where the document is another."""
    kind = given.get("document_type") or _DNI
    return {
        **{name: value for name, value in given.items() if kind == _DNI or name not in _OF_DNI},
        "document_type": kind,
    }


def find_errors(draft: RegistrationDraft, tools: RegistrationTools) -> tuple[FieldError, ...]:
    """Return all that is wrong with the form, in its order; no registry is asked."""
    labels, typed = labels_of(draft), draft.typed_now()
    found: dict[str, FieldError] = {}
    try:
        check_application(read_typed(draft, tools), tools)
    except InvalidInput as error:
        found = {one.field: one for one in told(error, draft) if one.field}
    for name, label in labels.items():
        text = tidy(typed.get(name, ""))
        if name == "document_type" or (name in _OF_DNI and not is_dni(typed)):
            continue
        if name == "cui" and not text and split_dni(typed.get("number", ""))[1]:
            continue  # it stands behind the number
        if not text and (name in found or name not in _OPTIONAL):
            what = "Elige una opción en" if name == "sex" else "Completa"
            found[name] = FieldError(name, f"{what} «{label}».")
        elif text and name in _DAYS and read_day(text) is None:
            found[name] = _unread_day(name, text, label)
    return tuple(found[name] for name in labels if name in found)


def told_by_part(errors: Iterable[FieldError], typed: Mapping[str, str]) -> tuple[FieldError, ...]:
    """Tell of a date that cannot be read which part of it is wrong, in place of what was told of the whole."""
    return tuple(
        _unread_day(one.field, typed[one.field], PERSON[one.field])
        if one.field in _DAYS and tidy(typed[one.field]) and read_day(typed[one.field]) is None
        else one
        for one in errors
    )


def _unread_day(name: str, text: str, label: str) -> FieldError:
    """Lead to the first part that is wrong; the day's field has the id of the whole."""
    part = wrong_parts(text)[0]
    return FieldError(name if part == DAY_PARTS[0] else f"{name}_{part}", f"«{label}»: {day_problem(text)}.")


def is_dni(typed: Mapping[str, str]) -> bool:
    """Tell whether a form is filled with a DNI's data, as it is where no type of document was chosen."""
    return (typed.get("document_type") or _DNI) == _DNI


def told(error: CasillaError, draft: RegistrationDraft) -> tuple[FieldError, ...]:
    """Tell a refusal beside the fields of the draft's form."""
    return errors_of(error, labels_of(draft))


def summary_rows(draft: RegistrationDraft) -> list[Row]:
    """Return what will be sent, each line with the way to change it."""
    form, typed = form_address(draft.person_type), draft.typed_now()
    rows = [Row("Tipo de Persona", PERSON_TYPES[draft.person_type], "/registro/tipo")]
    if draft.authenticated is not None:
        rows.append(Row("Tipo Documento", _DNI))
        rows.append(Row("Número de documento", draft.authenticated.number))
        rows.append(Row("Nombre", draft.authenticated.name))
    left_out = {"email_again"} if is_dni(typed) else {"email_again", *_OF_DNI}
    for name, label in labels_of(draft).items():
        if name not in left_out:
            rows.append(Row(label, _as_shown(name, typed), f"{form}?desde=revisar#{name}"))
    return rows


def _as_sent(name: str, text: str) -> str | None:
    if name in _DAYS:
        day = read_day(text)
        return None if day is None else day.isoformat()
    return text


def _as_shown(name: str, typed: Mapping[str, str]) -> str:
    text = typed.get(name, "")
    if name in _DAYS:
        day = read_day(text)
        return text if day is None else date_in_words(day)
    if name == "sex":
        return SEXES.get(text, "")
    if name == "document_type":
        return DOCUMENT_TYPES.get(text or _DNI, "")
    if name == "ruc":
        return read_document_number(DocumentType.RUC, text)
    if name == "number":
        return read_document_number(DocumentType(typed.get("document_type") or _DNI), text)
    return tidy(text)
