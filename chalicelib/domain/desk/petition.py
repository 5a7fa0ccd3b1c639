"""A change of a mailbox that its people ask for on paper at the desk: one officer takes it, another one does it.

    open ──▶ approved ──▶ done
      └────▶ refused

`approved` is between the decision and the change itself, which anybody who may decide can then complete. What takes a
mailbox from somebody is not decided before its people have known of it for a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.desk.recovery import DeskOfficer, officer_of
from chalicelib.domain.desk.scan import Scan
from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.mailbox import Freeze, Mailbox, Power
from chalicelib.domain.people.mailbox_users import TypedUser


class PetitionState(StrEnum):
    """How far it came."""

    OPEN = "open"
    APPROVED = "approved"
    DONE = "done"
    REFUSED = "refused"


class PetitionKind(StrEnum):
    """What is asked for."""

    PRINCIPAL = "principal"
    DISABLE = "disable"
    ENABLE = "enable"
    CLOSE = "close"
    THAW_UNDONE = "thaw_undone"
    """Open a frozen mailbox, and undo what was contested."""
    THAW_KEPT = "thaw_kept"


class PetitionCause(StrEnum):
    """Why: a closed list, since it stands in the log."""

    REQUEST = "request"
    DEATH = "death"
    LEFT = "left"
    DISSOLUTION = "dissolution"
    NOT_THEIRS = "not_theirs"
    MISTAKEN = "mistaken"


class PetitionRefusal(StrEnum):
    """Why the second officer says no."""

    ILLEGIBLE = "illegible"
    DIFFERS = "differs"
    NOT_ENTITLED = "not_entitled"


KIND_WORDS: Mapping[PetitionKind, str] = {
    PetitionKind.PRINCIPAL: "Nuevo representante de una empresa",
    PetitionKind.DISABLE: "Deshabilitar a un usuario",
    PetitionKind.ENABLE: "Habilitar a un usuario",
    PetitionKind.CLOSE: "Cerrar la casilla",
    PetitionKind.THAW_UNDONE: "Descongelar y deshacer los cambios impugnados",
    PetitionKind.THAW_KEPT: "Descongelar y mantener los cambios impugnados",
}
THAWS = (PetitionKind.THAW_UNDONE, PetitionKind.THAW_KEPT)
WAITING = (PetitionKind.PRINCIPAL, PetitionKind.CLOSE, PetitionKind.THAW_KEPT)
"""What its people cannot mend by themselves once it is made."""
KNOWN_BEFORE = timedelta(days=1)
"""How long they have to have known of that before it is decided."""
CAUSES: Mapping[PetitionKind, tuple[PetitionCause, ...]] = {
    PetitionKind.PRINCIPAL: (PetitionCause.LEFT, PetitionCause.DEATH),
    PetitionKind.DISABLE: (PetitionCause.REQUEST, PetitionCause.DEATH),
    PetitionKind.ENABLE: (PetitionCause.REQUEST,),
    PetitionKind.CLOSE: (PetitionCause.REQUEST, PetitionCause.DEATH, PetitionCause.DISSOLUTION),
    PetitionKind.THAW_UNDONE: (PetitionCause.NOT_THEIRS,),
    PetitionKind.THAW_KEPT: (PetitionCause.MISTAKEN,),
}
CAUSE_WORDS: Mapping[PetitionCause, str] = {
    PetitionCause.REQUEST: "Lo pide el usuario principal",
    PetitionCause.DEATH: "Falleció",
    PetitionCause.LEFT: "El anterior ya no representa a la empresa",
    PetitionCause.DISSOLUTION: "La empresa se disolvió",
    PetitionCause.NOT_THEIRS: "El titular muestra que no hizo los cambios",
    PetitionCause.MISTAKEN: "El titular muestra que los cambios son de sus usuarios",
}
REFUSAL_WORDS: Mapping[PetitionRefusal, str] = {
    PetitionRefusal.ILLEGIBLE: "El documento no se puede leer",
    PetitionRefusal.DIFFERS: "El documento no dice lo mismo",
    PetitionRefusal.NOT_ENTITLED: "Quien lo pide no puede pedirlo",
}


@dataclass(frozen=True, slots=True)
class ContestedThen:
    """A change that was contested when a thaw was asked for, and where its former address and mobile are told."""

    change_id: str
    email: str
    mobile: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Petition:
    """One. `user_id` is whose access it is about, of a new principal the former one's; empty where that is nobody's.

    `form` is what the form said, by a keyed hash (absent of those of a package before).
    `person` and `power` are of who is to be the principal user, `contested` is what a thaw was asked for. `told_at` is
    when all its people had been told that it was asked for.
    """

    petition_id: str
    institution_id: str
    office_id: str | None
    kind: PetitionKind
    cause: PetitionCause
    mailbox_id: str
    scan: Scan
    asked_by: DeskOfficer
    asked_at: datetime
    user_id: str = ""
    person: TypedUser | None = None
    power: Power | None = None
    contested: tuple[ContestedThen, ...] = ()
    form: str = ""
    told_at: datetime | None = None
    state: PetitionState = PetitionState.OPEN
    decided_by: DeskOfficer | None = None
    decided_at: datetime | None = None
    refusal: PetitionRefusal | None = None
    version: int = 1

    @property
    def is_waiting(self) -> bool:
        """Tell whether something is left to do."""
        return self.state in {PetitionState.OPEN, PetitionState.APPROVED}

    @property
    def decidable_from(self) -> datetime | None:
        """From when on it may be approved; None while its people were not told."""
        wait = KNOWN_BEFORE if self.kind in WAITING else timedelta()
        return None if self.told_at is None else self.told_at + wait


def approved(petition: Petition, by: StaffMember, now: datetime) -> Petition:
    """Have a second person say that the document entitles; one that was approved is as it is, to be completed.

    Raises:
        Conflict: `petition_decided`, `petition_too_early`.
        Forbidden: `petition_same_person`, `officer_too_new`, `petition_own`.

    """
    if petition.state is PetitionState.APPROVED:
        _require_other(petition, by)
        _require_known(petition, by)
        return petition
    officer = _second(petition, by)
    _require_known(petition, by)
    if petition.decidable_from is None or now < petition.decidable_from:
        detail = "Todavía no se puede aprobar: los usuarios de la casilla tienen un día para decir que no lo pidieron."
        raise Conflict("petition_too_early", detail)
    return replace(petition, state=PetitionState.APPROVED, decided_by=officer, decided_at=now)


def refused(petition: Petition, by: StaffMember, why: str, now: datetime) -> Petition:
    """Have a second person say that it does not, also one who is too new to approve: nothing changes by it.

    Raises:
        InvalidInput: `refusal_missing`.
        Conflict: as `approved`.
        Forbidden: `petition_same_person`.

    """
    officer = _second(petition, by)
    chosen = next((one for one in PetitionRefusal if one == why), None)
    if chosen is None:
        raise InvalidInput("refusal_missing", "Elige por qué se rechaza.", field="refusal")
    return replace(petition, state=PetitionState.REFUSED, decided_by=officer, decided_at=now, refusal=chosen)


def reopened(petition: Petition) -> Petition:
    """Have it wait again: the change cannot be made as the mailbox is now."""
    return replace(petition, state=PetitionState.OPEN, decided_by=None, decided_at=None)


def done(petition: Petition) -> Petition:
    """Note that the change was made."""
    return replace(petition, state=PetitionState.DONE)


def read_kind(typed: str) -> PetitionKind:
    """Return what is asked for.

    Raises:
        InvalidInput: `change_unknown`.

    """
    chosen = next((one for one in PetitionKind if one == typed), None)
    if chosen is None:
        raise InvalidInput("change_unknown", "Elige qué cambia en la casilla.")
    return chosen


def read_cause(kind: PetitionKind, typed: str) -> PetitionCause:
    """Return why.

    Raises:
        InvalidInput: `cause_missing`.

    """
    chosen = next((one for one in CAUSES[kind] if one == typed), None)
    if chosen is None:
        raise InvalidInput("cause_missing", "Elige por qué se pide.", field="cause")
    return chosen


def contested_then(freeze: Freeze | None) -> tuple[ContestedThen, ...]:
    """Return what is contested of a mailbox, as a thaw that is asked for keeps it."""
    changes = () if freeze is None else freeze.contested
    return tuple(ContestedThen(one.change_id, one.former_email, one.former_mobile) for one in changes)


def require_strangers(mailbox: Mailbox | None, person: TypedUser | None, by: StaffMember) -> None:
    """Let nobody ask for, or decide about, a mailbox that is theirs or is to be.

    Raises:
        Forbidden: `petition_own`.

    """
    users = () if mailbox is None else mailbox.users
    numbers = {user.document_number for user in users} | ({person.document_number} if person else set())
    if by.document_number in numbers:
        raise Forbidden("petition_own", "Es tu propia casilla, o lo sería: tiene que verlo otra persona de tu entidad.")


def decided(petition: Petition) -> Conflict:
    """Return the refusal for whoever decides second."""
    who = petition.decided_by.name if petition.decided_by else "Otra persona"
    return Conflict("petition_decided", f"{who} ya decidió este pedido.")


def _second(petition: Petition, by: StaffMember) -> DeskOfficer:
    if petition.state is not PetitionState.OPEN:
        raise decided(petition)
    return _require_other(petition, by)


def _require_known(petition: Petition, by: StaffMember) -> None:
    if by.is_too_new(petition.asked_at):
        detail = (
            "Te inscribieron, o tu acceso se renovó, hace menos de un día cuando se registró: lo revisa otra persona de"
            " tu entidad. Puedes rechazarlo."
        )
        raise Forbidden("officer_too_new", detail)


def _require_other(petition: Petition, by: StaffMember) -> DeskOfficer:
    officer = officer_of(by)
    if petition.asked_by.is_same_person(officer):
        detail = "Lo registraste tú: tiene que revisarlo otra persona de tu entidad."
        raise Forbidden("petition_same_person", detail)
    return officer
