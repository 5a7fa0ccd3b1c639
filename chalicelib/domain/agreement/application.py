"""The application of an institution that is not on the platform yet: by its highest authority, or whom that delegated.

It comes from an e-mail that was verified before, with the signed document, and waits for an administrator (INS-2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from chalicelib.domain.agreement.agreement import KeptDocument, Modality
from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput, collect, refusal_of
from chalicelib.domain.identity_document import check_document_number, read_document_number
from chalicelib.domain.institution.staff import StaffMember, StaffRole
from chalicelib.domain.institution.staff_changes import TypedStaff, read_staff
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.typed import tidy

LONGEST = {"institution_name": 120, "address": 200, "phone": 60, "authority_name": 120, "authority_position": 120}
_DNI_LENGTH = 8
_ORDER = {
    name: place
    for place, name in enumerate(
        (
            *("institution_name", "ruc", "address", "phone", "authority_kind", "authority_name"),
            *("authority_document", "authority_position", "modality"),
        )
    )
}
"""In which order the form asks, and so tells what is wrong."""


class ApplicationState(StrEnum):
    """What became of it."""

    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as named in an application or request; nothing of it was compared with a registry."""

    name: str
    document_number: str
    position: str
    email: str = ""
    mobile: str | None = None

    def as_typed(self) -> TypedStaff:
        """Return them as whoever enrols them would type."""
        return TypedStaff(self.document_number, self.name, self.email, self.position, self.mobile or "")


@dataclass(frozen=True, slots=True)
class Application:
    """`email` is the verified address it came from; `is_delegate` says that `authority` acts for the highest one.

    `decided_by` is an actor; `reason` is why it was refused. `version` counts the changes.
    """

    application_id: str
    applied_at: datetime
    email: str
    institution_name: str
    ruc: str
    address: str
    phone: str
    authority: Person
    is_delegate: bool
    modality: Modality
    coordinator: Person
    document: KeptDocument | None = None
    state: ApplicationState = ApplicationState.APPLIED
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
    institution_id: str = ""
    version: int = 1


def read_application(typed: Mapping[str, str], *, application_id: str, email: str, now: datetime) -> Application:
    """Read what was typed, by the names of the form's fields.

    Raises:
        InvalidInput: all that is wrong, each with its field.

    """
    problems: list[InvalidInput] = []
    text = {name: collect(problems, partial(_text, typed, name), "") for name in LONGEST}
    ruc = collect(problems, lambda: _number(DocumentType.RUC, typed, "ruc"), "")
    document_number = collect(problems, lambda: _person_number(typed, "authority_document"), "")
    who = collect(problems, lambda: _one_of(typed, "authority_kind", ("authority", "delegate")), "authority")
    modality = collect(problems, lambda: _one_of(typed, "modality", tuple(Modality)), Modality.PLATFORM.value)
    coordinator = read_person(typed, "coordinator_", problems, now=now)
    if problems:
        raise refusal_of(sorted(problems, key=lambda one: _ORDER.get(one.field or "", len(_ORDER))))
    return Application(
        application_id=application_id,
        applied_at=now,
        email=email,
        institution_name=text["institution_name"],
        ruc=ruc,
        address=text["address"],
        phone=text["phone"],
        authority=Person(text["authority_name"], document_number, text["authority_position"]),
        is_delegate=who == "delegate",
        modality=Modality(modality),
        coordinator=coordinator,
    )


def read_person(typed: Mapping[str, str], prefix: str, problems: list[InvalidInput], *, now: datetime) -> Person:
    """Read somebody who may become staff, by fields that begin with `prefix`; what is wrong goes to `problems`."""
    number, name, email, position, mobile = (
        typed.get(f"{prefix}{one}", "") for one in ("document_number", "name", "email", "position", "mobile")
    )
    needed = {"document_number": number, "name": name, "email": email, "position": position}
    missing = {one for one, value in needed.items() if not tidy(value)}
    given = TypedStaff(number, name, email, position, mobile)
    try:
        read = read_staff(given, StaffRole.COORDINATOR, "-", staff_id="-", now=now)
    except InvalidInput as refusal:
        for one in refusal.problems or (refusal,):
            code, detail = ("field_missing", "") if one.field in missing else (one.code, one.detail)
            problems.append(InvalidInput(code, detail, field=f"{prefix}{one.field}"))
        return Person("", "", "")
    return Person(read.name, read.document_number, read.position, read.email, read.mobile)


def require_other(application: Application, by: StaffMember) -> None:
    """Let nobody decide on what they applied for, or on what names them.

    Raises:
        Forbidden: `application_own`.

    """
    numbers = {application.authority.document_number, application.coordinator.document_number}
    emails = {application.email.casefold(), application.coordinator.email.casefold()}
    if by.document_number in numbers or by.email.casefold() in emails:
        raise Forbidden("application_own", "Nadie decide su propia solicitud: tiene que hacerlo otro administrador.")


def approved(application: Application, institution_id: str, by: str, now: datetime) -> Application:
    """Return it approved.

    Raises:
        Conflict: `application_decided`.

    """
    _require_open(application)
    return replace(
        application,
        state=ApplicationState.APPROVED,
        institution_id=institution_id,
        decided_by=by,
        decided_at=now,
        version=application.version + 1,
    )


def refused(application: Application, reason: str, by: str, now: datetime) -> Application:
    """Return it refused.

    Raises:
        Conflict: `application_decided`.

    """
    _require_open(application)
    state = ApplicationState.REFUSED
    version = application.version + 1
    return replace(application, state=state, reason=reason, decided_by=by, decided_at=now, version=version)


def _require_open(application: Application) -> None:
    if application.state is not ApplicationState.APPLIED:
        words = "aprobada" if application.state is ApplicationState.APPROVED else "rechazada"
        raise Conflict("application_decided", f"Esta solicitud ya fue {words}: no se hizo nada.")


def _text(typed: Mapping[str, str], name: str) -> str:
    text = _given(typed, name)
    if len(text) > LONGEST[name]:
        raise InvalidInput("field_length", f"El campo «{name}» lleva hasta {LONGEST[name]} letras.", field=name)
    return text


def _given(typed: Mapping[str, str], name: str) -> str:
    text = tidy(typed.get(name, ""))
    if not text:
        raise InvalidInput("field_missing", "", field=name)
    return text


def _one_of(typed: Mapping[str, str], name: str, options: tuple[str, ...]) -> str:
    if typed.get(name, "") not in options:
        raise InvalidInput("field_choice", "Elige una opción.", field=name)
    return typed[name]


def _person_number(typed: Mapping[str, str], name: str) -> str:
    _given(typed, name)
    is_dni = len("".join(filter(str.isdigit, typed.get(name, "")))) == _DNI_LENGTH
    return _number(DocumentType.DNI if is_dni else DocumentType.CE, typed, name)


def _number(kind: DocumentType, typed: Mapping[str, str], name: str) -> str:
    number = read_document_number(kind, _given(typed, name))
    check_document_number(kind, number, field=name)
    return number
