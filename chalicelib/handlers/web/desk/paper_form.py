"""What an officer reads from a form on paper: the fields of a registration on line, and up to four users more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.identity_document import read_document_number
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.registration.in_person import MOST_OTHERS, TypedOther
from chalicelib.domain.typed import tidy
from chalicelib.handlers.fields import FieldError, errors_of
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import DOCUMENT_TYPES
from chalicelib.handlers.web.registration.draft import RegistrationDraft
from chalicelib.handlers.web.registration.fields import LABELS, find_errors, read_typed, summary_rows, take_typed
from chalicelib.services.registration.register_in_person import PaperForm, accepted_on_paper, check_paper_form
from chalicelib.services.registration.tools import RegistrationTools

KINDS = ("DNI", "CE", "PASAPORTE")
PLACES = tuple(f"user{number}" for number in range(2, 2 + MOST_OTHERS))
_PARTS = {
    "document_type": "Tipo de documento",
    "number": "Número de documento",
    "name": "Nombres y apellidos",
    "email": "Correo",
    "mobile": "Celular",
}
OTHER_LABELS = {
    f"{place}_{part}": f"{label} del usuario {place[-1]}" for place in PLACES for part, label in _PARTS.items()
}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ReadForm:
    """What was typed, as the pages show it again, and as the service takes it."""

    draft: RegistrationDraft
    others: Mapping[str, str]
    form: PaperForm | None
    errors: tuple[FieldError, ...]

    @property
    def typed(self) -> Mapping[str, str]:
        """Every field of the form, as typed."""
        return {**self.draft.typed_now(), **self.others}

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Return what will be sent, for a last look."""
        rows = [(row.label, row.value) for row in summary_rows(self.draft)]
        for place in PLACES:
            if _is_given(self.others, place):
                kind = DOCUMENT_TYPES.get(self.others[f"{place}_document_type"], "")
                parts = (self.others[f"{place}_{part}"] for part in ("name", "number", "email", "mobile"))
                name, number, email, mobile = (tidy(part) for part in parts)
                rows.append((f"Usuario {place[-1]}", f"{name}, {kind} {number}, {email}, {mobile}"))
        return rows


def person_type_of(request: PageRequest) -> str:
    """Return for whom the form is: a company where it says so, else a person."""
    return "juridica" if "juridica" in {request.value("person_type"), request.asked("tipo")} else "natural"


def read_paper_form(request: PageRequest, tools: RegistrationTools) -> ReadForm:
    """Read what was typed, and find all that is wrong with it; no call."""
    person_type = person_type_of(request)
    typed = take_typed(LABELS[person_type], request.value)
    draft = RegistrationDraft(
        registration_id="",
        accepted=accepted_on_paper(tools, request.origin),
        person_type=person_type,
        typed={person_type: typed},
    )
    others = {name: request.value(name)[:_LONGEST] for name in OTHER_LABELS}
    errors = find_errors(draft, tools)
    read = tuple(_other(others, place) for place in PLACES if _is_given(others, place))
    form = PaperForm(application=read_typed(draft, tools), others=read)
    labels = {**LABELS[person_type], **OTHER_LABELS}
    try:
        check_paper_form(form, tools=tools)
    except InvalidInput as refusal:
        told = {one.field for one in errors}
        found = errors_of(refusal, labels)
        errors = (*errors, *(one for one in found if one.field in OTHER_LABELS and one.field not in told))
        if not errors:
            errors = tuple(found)
    return ReadForm(draft, others, None if errors else form, errors)


def _other(others: Mapping[str, str], place: str) -> TypedOther:
    kind, typed = others[f"{place}_document_type"], others[f"{place}_number"]
    number = read_document_number(DocumentType(kind), typed) if kind in KINDS else typed
    return TypedOther(
        at=place,
        document_type=kind,
        document_number=number,
        name=tidy(others[f"{place}_name"]),
        email=tidy(others[f"{place}_email"]),
        mobile=others[f"{place}_mobile"],
    )


def _is_given(others: Mapping[str, str], place: str) -> bool:
    return any(tidy(others[f"{place}_{part}"]) for part in ("number", "name", "email", "mobile"))
