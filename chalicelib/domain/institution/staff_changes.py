"""Rules of who becomes, stays and ceases to be staff: each returns the person as they are to be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.contact import read_email, read_mobile
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, collect, refusal_of
from chalicelib.domain.identity_document import check_document_number, read_document_number
from chalicelib.domain.institution.staff import (
    PLATFORM,
    PLATFORM_ROLES,
    Credentials,
    Permission,
    StaffMember,
    StaffRole,
    StaffState,
)
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.typed import plain, tidy

MOST_STAFF = 500
"""Of one institution: all of them are listed on one page."""
_LONGEST = 120
_SHORTEST_REASON, _LONGEST_REASON = 5, 200
_DNI_LENGTH = 8
_MARK_LENGTH = 16


class Reset(StrEnum):
    """What somebody lost. What they still have is asked for with the new one."""

    DEVICE = "device"
    PASSWORD = "password"  # noqa: S105 - the name of what is lost


@dataclass(frozen=True, slots=True)
class TypedStaff:
    """A person as typed, by whoever enrols them."""

    document_number: str
    name: str
    email: str
    position: str
    mobile: str = ""
    permissions: tuple[str, ...] = ()
    office_id: str = ""


def read_staff(typed: TypedStaff, role: StaffRole, institution_id: str, *, staff_id: str, now: datetime) -> StaffMember:
    """Read a new person, who is invited.

    Raises:
        InvalidInput: all that is wrong, each with its field.

    """
    problems: list[InvalidInput] = []
    number = collect(problems, lambda: _read_document(typed.document_number), "")
    member = StaffMember(staff_id, institution_id, number, "", "", role, StaffState.INVITED, enrolled_at=now)
    return _with_details(member, typed, problems)


def changed(member: StaffMember, typed: TypedStaff) -> StaffMember:
    """Return a person with other details, permissions or office. The document never changes: it is the username.

    Raises:
        InvalidInput: all that is wrong, each with its field.

    """
    return _with_details(_next(member), typed, [])


def _with_details(member: StaffMember, typed: TypedStaff, problems: list[InvalidInput]) -> StaffMember:
    name = collect(problems, lambda: _read_line(typed.name, "name"), "")
    position = collect(problems, lambda: _read_line(typed.position, "position"), "")
    email = collect(problems, lambda: read_email(plain(typed.email), field="email"), "")
    mobile = collect(problems, lambda: _read_mobile(typed.mobile), None)
    permissions = collect(problems, lambda: _read_permissions(typed.permissions, member), tuple[Permission, ...]())
    if problems:
        raise refusal_of(problems)
    return replace(
        member,
        name=name,
        position=position,
        email=email,
        mobile=mobile,
        permissions=permissions,
        office_id=typed.office_id or None,
    )


def promoted(officer: StaffMember, typed: TypedStaff, sealed_seed: str, now: datetime) -> StaffMember:
    """Return an officer as a coordinator, with the same name, permissions, office, password and device.

    Who was disabled is back, since who represents the institution says so; who has not set up the access is invited
    again.

    Raises:
        InvalidInput: all that is wrong, each with its field.

    """
    kept = replace(
        typed,
        name=officer.name,
        permissions=tuple(one.value for one in officer.permissions),
        office_id=officer.office_id or "",
    )
    after = replace(changed(officer, kept), role=StaffRole.COORDINATOR)
    own = after.credentials
    if own.password_hash is not None and own.totp is not None:
        return replace(after, state=StaffState.ACTIVE)
    credentials = replace(own, pending_totp=None if own.totp else sealed_seed)
    return replace(after, state=StaffState.INVITED, credentials=credentials, sessions_from=now, renewed_at=now)


def require_own_email(member: StaffMember, everybody: Iterable[StaffMember]) -> None:
    """Let no two people of a list share an e-mail: whoever reads it could be both, also where two are needed.

    Raises:
        Conflict: `email_taken`.

    """
    others = (one for one in everybody if one.document_number != member.document_number)
    if any(one.email.casefold() == member.email.casefold() for one in others):
        detail = "Ese correo ya es de otra persona de la lista. Cada una necesita el suyo."
        raise Conflict("email_taken", detail, field="email")


def mark_of(member: StaffMember) -> str:
    """Return what tells whether somebody's data are as a form showed them; a login changes nothing of it."""
    parts = (member.name, member.position, member.email, member.mobile, member.permissions, member.office_id)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_MARK_LENGTH]


def require_as_shown(member: StaffMember, mark: str) -> None:
    """Let nobody overwrite what another one changed while their form was open.

    Raises:
        Conflict: `staff_changed`.

    """
    if mark != mark_of(member):
        detail = (
            "Otra persona cambió estos datos mientras los tenías abiertos. Lo que escribiste sigue aquí y no se guardó:"
            " compáralo con la lista, y vuelve a guardar si todavía corresponde."
        )
        raise Conflict("staff_changed", detail)


def disabled(member: StaffMember, now: datetime) -> StaffMember:
    """Take somebody's access away, and end all their sessions.

    Raises:
        Conflict: `staff_disabled`.

    """
    if member.state is StaffState.DISABLED:
        raise Conflict("staff_disabled", "Ya estaba deshabilitado.")
    return replace(_next(member), state=StaffState.DISABLED, sessions_from=now, renewed_at=now)


def enabled(member: StaffMember) -> StaffMember:
    """Give it back; who never set it up has to do that still.

    Raises:
        Conflict: `staff_not_disabled`.

    """
    if member.state is not StaffState.DISABLED:
        raise Conflict("staff_not_disabled", "No está deshabilitado.")
    is_set_up = member.credentials.password_hash is not None and member.credentials.totp is not None
    return replace(_next(member), state=StaffState.ACTIVE if is_set_up else StaffState.INVITED)


def invited_again(member: StaffMember, sealed_seed: str, now: datetime) -> StaffMember:
    """Return who is to be sent another link, under which a device is enrolled anew unless there is one.

    Links are bound to `sessions_from`, so that those of before end with it.

    Raises:
        Conflict: `staff_not_invited`.

    """
    if member.state is not StaffState.INVITED:
        raise Conflict("staff_not_invited", "Ya activó su acceso, o está deshabilitado.")
    pending = None if member.credentials.totp else sealed_seed
    credentials = replace(member.credentials, pending_totp=pending)
    return replace(_next(member), credentials=credentials, sessions_from=now, renewed_at=now)


def reset(member: StaffMember, what: Reset, sealed_seed: str, now: datetime) -> StaffMember:
    """Take away what was lost, and all sessions; the other stays, and is asked for with the new one.

    Raises:
        Conflict: `staff_not_active`.

    """
    if not member.is_active:
        raise Conflict("staff_not_active", "Solo se restablece el acceso de quien está activo.")
    kept = member.credentials
    if what is Reset.DEVICE:
        credentials = replace(kept, totp=None, pending_totp=sealed_seed, recovery=())
    else:
        credentials = replace(kept, password_hash=None, pending_totp=None)
    return replace(_next(member), state=StaffState.INVITED, credentials=credentials, sessions_from=now, renewed_at=now)


def set_up(member: StaffMember, credentials: Credentials) -> StaffMember:
    """Return who chose a password and enrolled a device."""
    return replace(_next(member), state=StaffState.ACTIVE, credentials=replace(credentials, pending_totp=None))


def used(member: StaffMember, credentials: Credentials) -> StaffMember:
    """Return who showed a code, which counts no more."""
    return replace(_next(member), credentials=credentials)


def require_others(member: StaffMember, everybody: Iterable[StaffMember]) -> tuple[StaffMember, ...]:
    """Return those who can do what the last of them may not give up: one, who has to be there when it is written.

    Raises:
        Conflict: `staff_last`.

    """
    if member.role not in {StaffRole.COORDINATOR, StaffRole.PLATFORM_ADMINISTRATOR} or not member.is_active:
        return ()
    others = [one for one in everybody if one.staff_id != member.staff_id and one.role is member.role and one.is_active]
    if not others:
        detail = (
            "Es el último administrador activo de la plataforma. Inscribe antes a otro; tiene que activar su acceso."
            if member.institution_id == PLATFORM
            else "Es el último coordinador activo de la entidad. Un administrador de la plataforma inscribe antes a"
            " otro, que tiene que activar su acceso."
        )
        raise Conflict("staff_last", detail)
    return (others[0],)


def find_member(everybody: Iterable[StaffMember], staff_id: str, roles: Iterable[StaffRole]) -> StaffMember:
    """Return one of those whom somebody may manage.

    Raises:
        NotFound: `staff_unknown`; who is somebody else's to manage is as one who is not there.

    """
    allowed = set(roles)
    for one in everybody:
        if one.staff_id == staff_id and one.role in allowed:
            return one
    raise NotFound("staff_unknown", "Aquí no hay ese usuario. Vuelve a la lista.")


def read_reason(typed: str) -> str:
    """Read why something is done; it stays in the log.

    Raises:
        InvalidInput: `reason_length_invalid`.

    """
    reason = tidy(typed)
    if not _SHORTEST_REASON <= len(reason) <= _LONGEST_REASON:
        detail = f"Escribe el motivo, de {_SHORTEST_REASON} a {_LONGEST_REASON} letras."
        raise InvalidInput("reason_length_invalid", detail, field="reason")
    return reason


def _next(member: StaffMember) -> StaffMember:
    return replace(member, version=member.version + 1)


def _read_document(typed: str) -> str:
    kind = DocumentType.DNI if len("".join(filter(str.isdigit, typed))) == _DNI_LENGTH else DocumentType.CE
    number = read_document_number(kind, typed)
    check_document_number(kind, number, field="document_number")
    return number


def _read_line(typed: str, field: str) -> str:
    text = tidy(typed)
    if not text or len(text) > _LONGEST:
        raise InvalidInput(f"{field}_invalid", f"Escribe de 1 a {_LONGEST} letras.", field=field)
    return text


def _read_mobile(typed: str) -> str | None:
    return read_mobile(typed, field="mobile") if plain(typed) else None


def _read_permissions(typed: tuple[str, ...], member: StaffMember) -> tuple[Permission, ...]:
    if member.role in PLATFORM_ROLES:
        return ()
    known = {one.value for one in Permission}
    if not set(typed) <= known:
        raise InvalidInput("permission_unknown", "Elige los permisos de la lista.", field="permissions")
    chosen = tuple(one for one in Permission if one.value in typed)
    if not chosen and member.role is StaffRole.OFFICER:
        raise InvalidInput("permission_missing", "Marca al menos un permiso.", field="permissions")
    return chosen
