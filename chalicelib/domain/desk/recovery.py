"""A password that officers restore (ACC-4; S0, question 4): one takes the copy of the document, another one checks it.

    open ──▶ approved ──▶ sent
      └────▶ refused ◀┘ where no e-mail is taken

The link goes to the e-mail on record, within 24 hours from when it was asked for. `approved` is between the decision
and an e-mail that was taken: until then it waits on the list, and anybody who may decide can send it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.desk.scan import Scan
from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput
from chalicelib.domain.institution.staff import StaffMember

TERM = timedelta(hours=24)
"""Within which the holder has the link (S0)."""
PRESSING = timedelta(hours=4)
"""With so little left a request stands out on the list, and somebody is woken."""


class RecoveryState(StrEnum):
    """How far it came."""

    OPEN = "open"
    APPROVED = "approved"
    SENT = "sent"
    REFUSED = "refused"


class RecoveryCause(StrEnum):
    """Why it is asked for at the desk: a closed list, since it stands in the log."""

    FORGOTTEN = "forgotten"
    KNOWN_TO_OTHERS = "known_to_others"
    NO_LINK = "no_link"


class RecoveryRefusal(StrEnum):
    """Why the second officer says no: a closed list, since its user is told in words of their own."""

    ILLEGIBLE = "illegible"
    DIFFERS = "differs"
    NOT_ASKED = "not_asked"
    UNREACHABLE = "unreachable"
    """Of one that was approved: the address on record takes no e-mail."""


BY_SECOND_OFFICER = (RecoveryRefusal.ILLEGIBLE, RecoveryRefusal.DIFFERS, RecoveryRefusal.NOT_ASKED)
"""What whoever checks the copy can say."""


CAUSE_WORDS: Mapping[RecoveryCause, str] = {
    RecoveryCause.FORGOTTEN: "Olvidó su contraseña",
    RecoveryCause.KNOWN_TO_OTHERS: "Cree que otra persona la conoce",
    RecoveryCause.NO_LINK: "No puede pedir el enlace por internet",
}
REFUSAL_WORDS: Mapping[RecoveryRefusal, str] = {
    RecoveryRefusal.ILLEGIBLE: "La copia del documento no se puede leer",
    RecoveryRefusal.DIFFERS: "La copia es de otra persona o no coincide",
    RecoveryRefusal.NOT_ASKED: "La persona dice que no lo pidió",
    RecoveryRefusal.UNREACHABLE: "El correo registrado no recibe mensajes",
}


@dataclass(frozen=True, slots=True)
class DeskOfficer:
    """Who did something at the desk, as named then; by the number of their document a person is known again."""

    staff_id: str
    document_number: str
    name: str

    def is_same_person(self, other: DeskOfficer) -> bool:
        """Tell whether both are one person, also under a new enrolment."""
        return self.staff_id == other.staff_id or self.document_number == other.document_number


def officer_of(member: StaffMember) -> DeskOfficer:
    """Name one of the staff in what they do."""
    return DeskOfficer(member.staff_id, member.document_number, member.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """One request. `recovery_id` can be read aloud; `office_id` is None for the institution itself.

    It names whose password it is and nothing else of them. `form` is what the form said, by a keyed hash (absent of
    those of a package before).
    """

    recovery_id: str
    institution_id: str
    office_id: str | None
    mailbox_id: str
    user_id: str
    cause: RecoveryCause
    scan: Scan
    asked_by: DeskOfficer
    asked_at: datetime
    state: RecoveryState = RecoveryState.OPEN
    decided_by: DeskOfficer | None = None
    decided_at: datetime | None = None
    refusal: RecoveryRefusal | None = None
    sent_at: datetime | None = None
    form: str = ""
    version: int = 1

    @property
    def due_at(self) -> datetime:
        """Until when the link has to have been sent."""
        return self.asked_at + TERM

    @property
    def is_waiting(self) -> bool:
        """Tell whether something is left to do."""
        return self.state in {RecoveryState.OPEN, RecoveryState.APPROVED}

    @property
    def ended_at(self) -> datetime | None:
        """When its link was sent, or it was refused."""
        return self.sent_at if self.state is RecoveryState.SENT else self.decided_at

    def is_late(self, now: datetime) -> bool:
        """Tell whether the term is over, or was when it ended: a second after it, and not on it."""
        return (now if self.is_waiting else self.ended_at or now) > self.due_at

    def is_pressing(self, now: datetime) -> bool:
        """Tell whether little is left of the term, or nothing."""
        return self.is_waiting and now >= self.due_at - PRESSING


def approved(recovery: Recovery, by: StaffMember, now: datetime) -> Recovery:
    """Have a second person say that the copy is the user's.

    Raises:
        Conflict: `recovery_decided`.
        Forbidden: `recovery_same_person`, `officer_too_new`.

    """
    officer = _second(recovery, by)
    return replace(recovery, state=RecoveryState.APPROVED, decided_by=officer, decided_at=now)


def refused(recovery: Recovery, by: StaffMember, why: str, now: datetime) -> Recovery:
    """Have a second person say that it is not; or end one that was approved and that no e-mail was taken for.

    Who is too new to approve may refuse: it opens no way in, and else a small desk could end none.

    Raises:
        InvalidInput: `refusal_missing`.
        Conflict: as `approved`.
        Forbidden: `recovery_same_person`.

    """
    if recovery.state is RecoveryState.APPROVED and why == RecoveryRefusal.UNREACHABLE:
        chosen, officer = RecoveryRefusal.UNREACHABLE, officer_of(by)
    else:
        officer = _other(recovery, by)
        found = next((one for one in BY_SECOND_OFFICER if one == why), None)
        if found is None:
            raise InvalidInput("refusal_missing", "Elige por qué se rechaza.", field="refusal")
        chosen = found
    return replace(recovery, state=RecoveryState.REFUSED, decided_by=officer, decided_at=now, refusal=chosen)


def sent(recovery: Recovery, now: datetime) -> Recovery:
    """Note that the e-mail with the link was taken."""
    return replace(recovery, state=RecoveryState.SENT, sent_at=now)


def require_sendable(recovery: Recovery) -> None:
    """Let a link go out only for what was approved and did not go out.

    Raises:
        Conflict: `recovery_decided`, `recovery_undecided`.

    """
    if recovery.state is RecoveryState.OPEN:
        raise Conflict("recovery_undecided", "Primero tiene que aprobarla otra persona de tu entidad.")
    if recovery.state is not RecoveryState.APPROVED:
        raise decided(recovery)


def read_cause(typed: str) -> RecoveryCause:
    """Return why it is asked for.

    Raises:
        InvalidInput: `cause_missing`.

    """
    chosen = next((one for one in RecoveryCause if one == typed), None)
    if chosen is None:
        raise InvalidInput("cause_missing", "Elige por qué lo pide en mesa de partes.", field="cause")
    return chosen


def decided(recovery: Recovery) -> Conflict:
    """Return the refusal for whoever decides second."""
    who = recovery.decided_by.name if recovery.decided_by else "Otra persona"
    what = "la rechazó" if recovery.state is RecoveryState.REFUSED else "la aprobó"
    return Conflict("recovery_decided", f"{who} ya {what}.")


def _second(recovery: Recovery, by: StaffMember) -> DeskOfficer:
    officer = _other(recovery, by)
    if by.is_too_new(recovery.asked_at):
        detail = (
            "Te inscribieron, o tu acceso se renovó, hace menos de un día cuando se registró: la revisa otra persona de"
            " tu entidad. Puedes rechazarla."
        )
        raise Forbidden("officer_too_new", detail)
    return officer


def _other(recovery: Recovery, by: StaffMember) -> DeskOfficer:
    officer = officer_of(by)
    if recovery.state is not RecoveryState.OPEN:
        raise decided(recovery)
    if recovery.asked_by.is_same_person(officer):
        detail = "La registraste tú: tiene que revisarla otra persona de tu entidad."
        raise Forbidden("recovery_same_person", detail)
    return officer
