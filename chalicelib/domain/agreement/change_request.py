"""That an institution changes its coordinator or legal representative: asked with documents, decided by the platform.

S2, question 4; INS-4. A representative also shows a certificate of powers of at most 30 days, or a resolution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.agreement.agreement import KeptDocument
from chalicelib.domain.agreement.application import Person, read_person
from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput, collect, refusal_of
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.typed import day_problem, plain, read_day

CERTIFICATE_DAYS = 30
"""How old a certificate of powers may be on the local day on which the change is asked for: 30 passes, 31 does not."""


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
class ChangeRequest:
    """`asked_by` is an actor and `asker_document` their document number; `replaces` is a coordinator's staff id.

    `document` is the designation or delegation, `power_document` what shows the powers. `version` counts the changes.
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


def read_change(  # noqa: PLR0913 - what is asked for, by whom, when
    kind: ChangeKind,
    typed: Mapping[str, str],
    asker: StaffMember,
    coordinators: Mapping[str, str],
    *,
    change_id: str,
    today: date,
    now: datetime,
) -> ChangeRequest:
    """Read what was typed. `coordinators` are those who can be replaced, by staff id.

    Raises:
        InvalidInput: all that is wrong, each with its field.

    """
    problems: list[InvalidInput] = []
    person = read_person(typed, "", problems, now=now)
    if not plain(typed.get("mobile", "")):
        problems.append(InvalidInput("field_missing", "", field="mobile"))
    replaces, power, issued_on = "", None, None
    if kind is ChangeKind.COORDINATOR:
        replaces = typed.get("replaces", "")
        if replaces not in coordinators:
            problems.append(InvalidInput("field_choice", "Elige a quién reemplaza.", field="replaces"))
    else:
        power = collect(problems, lambda: _power(typed), Power.RESOLUTION)
        if power is Power.CERTIFICATE:
            issued_on = collect(problems, lambda: read_issue_day(typed.get("power_issued_on", ""), today), None)
    if problems:
        raise refusal_of(problems)
    return ChangeRequest(
        change_id,
        asker.institution_id,
        kind,
        person,
        now,
        asker.actor,
        asker.document_number,
        replaces=replaces,
        power=power,
        power_issued_on=issued_on,
    )


def read_issue_day(typed: str, today: date) -> date:
    """Read when a certificate of powers was issued: not in the future, and at most 30 days ago.

    Raises:
        InvalidInput: `field_missing`, `field_format`, `certificate_from_future`, `certificate_too_old`.

    """
    field = "power_issued_on"
    if not typed:
        raise InvalidInput("field_missing", "", field=field)
    found = read_day(typed)
    if found is None:
        raise InvalidInput("field_format", f"El campo «{field}»: {day_problem(typed)}.", field=field)
    if found > today:
        detail = "La vigencia de poder no puede tener una fecha que todavía no llega."
        raise InvalidInput("certificate_from_future", detail, field=field)
    if (today - found).days > CERTIFICATE_DAYS:
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
    if by.actor == request.asked_by or by.document_number in {request.asker_document, request.person.document_number}:
        raise Forbidden("change_own", "Nadie decide su propio pedido: tiene que hacerlo otro administrador.")


def decided(request: ChangeRequest, state: ChangeState, by: StaffMember, reason: str, now: datetime) -> ChangeRequest:
    """Return it decided.

    Raises:
        Conflict, Forbidden: as `require_decidable`.

    """
    require_decidable(request, by)
    version = request.version + 1
    return replace(request, state=state, decided_by=by.actor, decided_at=now, reason=reason, version=version)


def _power(typed: Mapping[str, str]) -> Power:
    if typed.get("power", "") not in set(Power):
        raise InvalidInput("field_choice", "Elige qué documento acredita el poder.", field="power")
    return Power(typed["power"])
