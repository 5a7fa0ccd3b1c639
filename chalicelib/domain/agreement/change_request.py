"""That an institution changes its coordinator or legal representative: asked with documents, decided by the platform.

S2, question 4; INS-4. A representative also shows a certificate of powers of at most 30 days, or a resolution. Who asks
is a coordinator, or whoever comes by document where the former one does not: a platform administrator records that, and
the institution is told of it before another one decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.agreement.agreement import KeptDocument
from chalicelib.domain.agreement.application import Person, read_person
from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput, collect, refusal_of
from chalicelib.domain.institution.staff import PLATFORM, StaffMember, StaffRole
from chalicelib.domain.typed import day_problem, plain, read_day, tidy

CERTIFICATE_DAYS = 30
"""How old a certificate of powers may be on the local day on which the change is asked for: 30 passes, 31 does not."""
DOCUMENT_DAYS = 30
"""How many local days after it came a document may be recorded."""
LONGEST_NUMBER = 60
"""Letters of a document's number."""


class ChangeKind(StrEnum):
    """Who changes."""

    COORDINATOR = "coordinator"
    REPRESENTATIVE = "representative"


class Power(StrEnum):
    """What shows a representative's powers."""

    CERTIFICATE = "certificate"
    RESOLUTION = "resolution"


class ChangeState(StrEnum):
    """What became of it."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Letter:
    """The document by which a change was asked for: its number, and the local day on which it came."""

    number: str
    came_on: date


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody of the institution to tell of a request that came by document, in a state of it.

    `told_at` is when the e-mail was taken, None while it was not.
    """

    state: ChangeState
    name: str
    email: str
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """`asked_by` is an actor and `asker_document` their document number; `replaces` is a coordinator's staff id.

    `document` is the designation or delegation, `power_document` what shows the powers. Of one that came by `letter` a
    platform administrator is who asked, and `tellings` are whom of the institution to tell. `replaces` is empty where
    no coordinator was left. `version` counts the changes.
    """

    change_id: str
    institution_id: str
    kind: ChangeKind
    person: Person
    asked_at: datetime
    asked_by: str
    asker_document: str
    replaces: str = ""
    power: Power | None = None
    power_issued_on: date | None = None
    document: KeptDocument | None = None
    power_document: KeptDocument | None = None
    state: ChangeState = ChangeState.ASKED
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
    version: int = 1
    letter: Letter | None = None
    tellings: tuple[Telling, ...] = ()

    def is_same(self, other: ChangeRequest) -> bool:
        """Tell whether both ask for the same person in the same place; of a document two people type two things."""
        if (self.institution_id, self.kind) != (other.institution_id, other.kind):
            return False
        if self.letter is None and other.letter is None:
            return self.person == other.person
        return self.person.document_number == other.person.document_number

    def told(self) -> tuple[Telling, ...]:
        """Return whom of the institution to tell of the state that it is in."""
        return tuple(one for one in self.tellings if one.state is self.state)


def read_change(  # noqa: PLR0913 - what is asked for, by whom, when
    kind: ChangeKind,
    typed: Mapping[str, str],
    asker: StaffMember,
    everybody: Iterable[StaffMember],
    *,
    institution_id: str,
    change_id: str,
    today: date,
    now: datetime,
) -> ChangeRequest:
    """Read what was typed; `everybody` are the institution's people.

    What somebody of the platform types came by document: powers are as old as they were on the day on which that came.

    Raises:
        InvalidInput: all that is wrong, each with its field.

    """
    problems: list[InvalidInput] = []
    replaces, power, issued_on, letter = "", None, None, None
    if asker.institution_id == PLATFORM:
        letter = collect(problems, lambda: read_letter(typed, today), None)
    person = read_person(typed, "", problems, now=now)
    if not plain(typed.get("mobile", "")):
        problems.append(InvalidInput("field_missing", "", field="mobile"))
    if kind is ChangeKind.COORDINATOR:
        coordinators = [one for one in everybody if one.role is StaffRole.COORDINATOR]
        is_vacant = not coordinators and asker.institution_id == PLATFORM
        replaces = "" if is_vacant else typed.get("replaces", "")
        if not is_vacant and replaces not in {one.staff_id for one in coordinators}:
            problems.append(InvalidInput("field_choice", "Elige a quién reemplaza.", field="replaces"))
        collect(problems, lambda: require_not_there(person, coordinators), None)
    else:
        power = collect(problems, lambda: _power(typed), Power.RESOLUTION)
        if power is Power.CERTIFICATE:
            shown_on = today if letter is None else letter.came_on
            issued_on = collect(
                problems, lambda: read_issue_day(typed.get("power_issued_on", ""), shown_on, today), None
            )
    if problems:
        raise refusal_of(problems)
    return ChangeRequest(
        change_id,
        institution_id,
        kind,
        person,
        now,
        asker.actor,
        asker.document_number,
        replaces=replaces,
        power=power,
        power_issued_on=issued_on,
        letter=letter,
    )


def require_not_there(person: Person, coordinators: Iterable[StaffMember]) -> None:
    """Let nobody come who is a coordinator already, also one who was disabled or has not set up the access.

    Raises:
        InvalidInput: `coordinator_already`.

    """
    if any(one.document_number == person.document_number for one in coordinators):
        detail = (
            "Esa persona ya es coordinador de la entidad: no hace falta el cambio. La administración de la plataforma"
            " corrige sus datos, la habilita o quita a quien deja el cargo en la lista de coordinadores."
        )
        raise InvalidInput("coordinator_already", detail, field="document_number")


def read_letter(typed: Mapping[str, str], today: date) -> Letter:
    """Read the number of the document, and the day on which it came: not in the future, and at most 30 days ago.

    Raises:
        InvalidInput: `field_missing`, `field_length`, `field_format`, `document_from_future`, `document_too_old`.

    """
    problems: list[InvalidInput] = []
    number = collect(problems, lambda: _letter_number(typed.get("letter_number", "")), "")
    came_on = collect(problems, lambda: _day_of(typed.get("came_on", ""), "came_on"), today)
    if came_on > today:
        detail = "El documento no pudo llegar un día que todavía no llega."
        problems.append(InvalidInput("document_from_future", detail, field="came_on"))
    if (today - came_on).days > DOCUMENT_DAYS:
        detail = f"Llegó hace más de {DOCUMENT_DAYS} días: pide a la entidad un documento nuevo."
        problems.append(InvalidInput("document_too_old", detail, field="came_on"))
    if problems:
        raise refusal_of(problems)
    return Letter(number, came_on)


def read_issue_day(typed: str, shown_on: date, today: date) -> date:
    """Read when a certificate of powers was issued: at most 30 days before the local day on which it is shown.

    Raises:
        InvalidInput: `field_missing`, `field_format`, `certificate_from_future`, `certificate_too_old`.

    """
    field = "power_issued_on"
    found = _day_of(typed, field)
    if found > shown_on:
        detail = (
            "La vigencia de poder no puede tener una fecha que todavía no llega."
            if found > today
            else "La vigencia de poder no puede ser de después del día en que llegó el documento."
        )
        raise InvalidInput("certificate_from_future", detail, field=field)
    if (shown_on - found).days > CERTIFICATE_DAYS:
        detail = (
            f"La vigencia de poder puede tener hasta {CERTIFICATE_DAYS} días. Pide una nueva en registros públicos."
        )
        raise InvalidInput("certificate_too_old", detail, field=field)
    return found


def require_decidable(request: ChangeRequest, by: StaffMember) -> None:
    """Let nobody decide what they asked for, or what is about themselves.

    Raises:
        Conflict: `change_decided`.
        Forbidden: `change_own`.

    """
    if request.state is not ChangeState.ASKED:
        words = "aprobado" if request.state is ChangeState.APPROVED else "rechazado"
        raise Conflict("change_decided", f"Este pedido ya fue {words}: no se hizo nada.")
    is_asker = by.actor == request.asked_by or by.document_number == request.asker_document
    if is_asker or _is_person(by, request.person):
        raise Forbidden("change_own", "Nadie decide su propio pedido: tiene que hacerlo otro administrador.")


def decided(request: ChangeRequest, state: ChangeState, by: StaffMember, reason: str, now: datetime) -> ChangeRequest:
    """Return it decided.

    Raises:
        Conflict, Forbidden: as `require_decidable`.

    """
    require_decidable(request, by)
    version = request.version + 1
    return replace(request, state=state, decided_by=by.actor, decided_at=now, reason=reason, version=version)


def require_outsider(by: StaffMember, everybody: Iterable[StaffMember], person: Person | None = None) -> None:
    """Let nobody of the platform record or decide a change of an institution that they work for, or are to work for.

    Raises:
        Forbidden: `change_own`.

    """
    if by.institution_id == PLATFORM and any(one.document_number == by.document_number for one in everybody):
        raise Forbidden("change_own", "Eres usuario de esta entidad: tiene que hacerlo otro administrador.")
    if by.institution_id == PLATFORM and person is not None and _is_person(by, person):
        raise Forbidden("change_own", "Eres la persona propuesta: tiene que registrarlo otro administrador.")


def _is_person(by: StaffMember, person: Person) -> bool:
    return by.document_number == person.document_number or by.email.casefold() == person.email.casefold()


def _letter_number(typed: str) -> str:
    number = tidy(typed)
    if not number:
        raise InvalidInput("field_missing", "", field="letter_number")
    if len(number) > LONGEST_NUMBER:
        raise InvalidInput("field_length", f"Escribe hasta {LONGEST_NUMBER} letras.", field="letter_number")
    return number


def _day_of(typed: str, field: str) -> date:
    if not typed:
        raise InvalidInput("field_missing", "", field=field)
    found = read_day(typed)
    if found is None:
        raise InvalidInput("field_format", f"El campo «{field}»: {day_problem(typed)}.", field=field)
    return found


def _power(typed: Mapping[str, str]) -> Power:
    if typed.get("power", "") not in set(Power):
        raise InvalidInput("field_choice", "Elige qué documento acredita el poder.", field="power")
    return Power(typed["power"])
