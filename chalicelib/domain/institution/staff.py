"""The people of an institution and of the platform: one entry for each person and institution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

PLATFORM = "plataforma"
"""What stands in place of an institution for who administers the platform; no institution can have this id."""


class StaffRole(StrEnum):
    """What somebody is; what that allows stands in `permission.py`."""

    PLATFORM_ADMINISTRATOR = "platform_administrator"
    ACCOUNT_ADMINISTRATOR = "account_administrator"
    COORDINATOR = "coordinator"
    OFFICER = "officer"


PLATFORM_ROLES = (StaffRole.PLATFORM_ADMINISTRATOR, StaffRole.ACCOUNT_ADMINISTRATOR)


class Permission(StrEnum):
    """A service that a coordinator or officer may be given (S2: *matriculado para el uso del servicio*)."""

    DEPOSIT = "deposit"
    SEE_SENT = "see_sent"
    CONSULT = "consult"
    AUDIT = "audit"
    RECOVER = "recover"
    REGISTER = "register"
    ATTEND = "attend"


class StaffState(StrEnum):
    """Only who is active gets in: `invited` is who has not chosen a password and a device yet."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


_KNOWN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody logs in with. `totp` is the seed, encrypted by KMS; `recovery` are keyed hashes of unused codes.

    `last_step` is the last time step whose code was taken: neither it nor an earlier one counts again.
    `pending_totp` is the seed of a device that is being enrolled and does not count yet.
    """

    password_hash: str | None = field(default=None, repr=False)
    totp: str | None = field(default=None, repr=False)
    pending_totp: str | None = field(default=None, repr=False)
    last_step: int = 0
    recovery: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person in one institution, or on the platform (`PLATFORM`).

    `staff_id` is what events name. `document_number` is of the DNI or carné, and with the institution the username.
    `office_id` is the office that the person is limited to, None the whole institution. `sessions_from` is the instant
    before which no session of theirs counts, `renewed_at` since when their way in was last set up anew; absent of those
    of a package before, of which `sessions_from` says it. `version` counts the changes.
    """

    staff_id: str
    institution_id: str
    document_number: str
    name: str
    email: str
    role: StaffRole
    state: StaffState
    position: str = ""
    mobile: str | None = None
    permissions: tuple[Permission, ...] = ()
    office_id: str | None = None
    credentials: Credentials = field(default_factory=Credentials)
    sessions_from: datetime | None = None
    enrolled_at: datetime | None = None
    renewed_at: datetime | None = None
    version: int = 1

    @property
    def username(self) -> str:
        """What the person logs in with: `<document number>@<institution>`."""
        return username_of(self.document_number, self.institution_id)

    @property
    def actor(self) -> str:
        """What events call who did something."""
        return f"staff:{self.staff_id}"

    @property
    def known_since(self) -> datetime | None:
        """Since when it is the same person as far as anybody knows: enrolled, and no access set up anew since then.

        Where two people are needed, who could enrol one or send them a new way in could else be both.
        """
        return max(filter(None, (self.enrolled_at, self.renewed_at or self.sessions_from)), default=None)

    def with_own_password(self, credentials: Credentials, now: datetime) -> StaffMember:
        """Return them with a password that they changed themselves, by the one before and a code of their device.

        Sessions end, and they are known for as long as before.
        """
        known = self.known_since or datetime.min.replace(tzinfo=UTC)
        return replace(self, credentials=credentials, sessions_from=now, renewed_at=known)

    def is_too_new(self, asked_at: datetime) -> bool:
        """Tell whether they were known for less than a day when something was asked for that takes two people."""
        return self.known_since is not None and self.known_since > asked_at - _KNOWN_FOR

    @property
    def is_active(self) -> bool:
        """Whether the person may get in."""
        return self.state is StaffState.ACTIVE


def username_of(document_number: str, institution_id: str) -> str:
    """Return the username of a person in an institution."""
    return f"{document_number}@{institution_id}"


ROLE_WORDS: Mapping[StaffRole, str] = {
    StaffRole.PLATFORM_ADMINISTRATOR: "Administrador de la plataforma",
    StaffRole.ACCOUNT_ADMINISTRATOR: "Administrador de cuentas",
    StaffRole.COORDINATOR: "Coordinador",
    StaffRole.OFFICER: "Operador",
}
PERMISSION_WORDS: Mapping[Permission, str] = {
    Permission.DEPOSIT: "Redactar y depositar notificaciones",
    Permission.SEE_SENT: "Ver las notificaciones enviadas",
    Permission.CONSULT: "Consultar quién tiene casilla",
    Permission.AUDIT: "Ver qué consultó cada operador y cada clave",
    Permission.RECOVER: "Atender restauraciones de clave",
    Permission.REGISTER: "Registrar casillas y sus cambios en mesa de partes",
    Permission.ATTEND: "Atender lo que se presenta en la ventanilla virtual",
}
STATE_WORDS: Mapping[StaffState, str] = {
    StaffState.INVITED: "no activado",
    StaffState.ACTIVE: "activo",
    StaffState.DISABLED: "deshabilitado",
}
