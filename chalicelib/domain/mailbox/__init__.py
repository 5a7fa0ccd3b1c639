"""The mailbox: where notices for one holder are deposited, and the people who may read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.errors import Conflict, Forbidden
from chalicelib.domain.mailbox.address_health import AddressHealth

MAX_USERS = 5
_RUC_OF_PERSON = re.compile(r"10[0-9]{9}")
_RUC_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_CLOCKS_DIFFER = timedelta(minutes=1)


class DocumentType(StrEnum):
    """Identity documents a holder can have; the value is what the API and the pages call it."""

    DNI = "DNI"
    RUC = "RUC"
    CE = "CE"
    PASSPORT = "PASAPORTE"


class Channel(StrEnum):
    """How a person is alerted."""

    EMAIL = "email"
    SMS = "sms"


class MailboxState(StrEnum):
    """Whether the mailbox receives notices."""

    OPEN = "open"
    DISABLED = "disabled"
    FROZEN = "frozen"
    """Somebody said *No fui yo*: nobody gets in and nothing is deposited until an operator decides."""


class ChangeKind(StrEnum):
    """What of a way in can be changed, and so contested."""

    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105 - the name of what is changed
    MOBILE = "mobile"
    PRINCIPAL = "principal"
    """Who decides in it: the mailbox was handed over."""
    CLOSING = "closing"
    """Whether it takes notices: somebody asked to close it."""
    REOPENING = "reopening"
    REMOVAL = "removal"
    """Who is in it: the principal user took somebody out."""
    DISABLING = "disabling"
    """Who gets in: the principal user took somebody's access away."""


class UserState(StrEnum):
    """No activado, activo, deshabilitado: only active users are alerted."""

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"


class MailboxFrozen(Forbidden):
    """The mailbox is frozen: nobody gets in, whatever they show."""


class MailboxChanged(Conflict):
    """Somebody else changed the mailbox or its users since they were read."""

    retryable = True


@dataclass(frozen=True, slots=True)
class AcceptedText:
    """A text that the person agreed to: in which version, when and from which address (REG-1, REG-10)."""

    text: str
    version: str
    accepted_at: datetime
    origin: str


@dataclass(frozen=True, slots=True)
class Holder:
    """The natural person or legal entity that owns the mailbox."""

    document_type: DocumentType
    document_number: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """Where a representative's power is registered: page (*partida*) and entry (*asiento*) of the public registry.

    The law asks for both (Ley 31736, 4). No service is known that tells them, so they are declared and never compared.
    """

    page: str
    entry: str


@dataclass(frozen=True, slots=True)
class WaitingEmail:
    """A new address that proved itself, while the one on record may still contest it; it receives nothing yet."""

    email: str
    effective_at: datetime
    change_id: str


@dataclass(frozen=True, slots=True)
class MailboxUser:
    """One of up to five people with access; `mobile` is E.164 or None.

    The document is the person's own; the principal user of a company that registered on line before its representative
    was asked for has none on record. Alerts and
    recovery go to `email`, whatever is `waiting` to take its place.
    """

    user_id: str
    name: str
    email: str
    mobile: str | None
    state: UserState
    is_principal: bool
    document_type: DocumentType | None = None
    document_number: str = ""
    waiting: WaitingEmail | None = None


@dataclass(frozen=True, slots=True)
class AccessChange:
    """A change of a user's way in that was told to what was on record before, which is kept here.

    `change_id` names it and opens nothing. Of a removal or a disabling `removed` is the user as before,
    and `by` who did it.
    """

    change_id: str
    kind: ChangeKind
    user_id: str
    changed_at: datetime
    former_email: str
    former_mobile: str | None = None
    removed: MailboxUser | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Freeze:
    """Why a mailbox is frozen: the changes that were contested, in the order this was told.

    `former_state` is what it goes back to. `is_marked` once every opening since the first change carries its mark.
    """

    frozen_at: datetime
    contested: tuple[AccessChange, ...]
    former_state: MailboxState = MailboxState.OPEN
    is_marked: bool = False

    @property
    def since(self) -> datetime:
        """The earliest contested change: what was opened from then on is marked *impugnada*."""
        return min(change.changed_at for change in self.contested)

    @property
    def until(self) -> datetime:
        """The end of what is marked: a moment later, since nothing is opened once it froze and clocks differ."""
        return self.frozen_at + _CLOCKS_DIFFER


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether notices are wanted here: from when on, who said so last, from where, under which version of the terms."""

    is_given: bool
    at: datetime
    version: str
    origin: str
    user_id: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """An offer of the principal user to the user `to`: to be the principal in their place, until an instant."""

    to: str
    offered_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One per holder; `mailbox_id` is `type-number`, e.g. `1-40000002`. `version` counts its changes.

    `accepted` are the texts that whoever opened it on line agreed to. `settled` names the contested changes that an
    operator decided about, newest last.
    """

    mailbox_id: str
    holder: Holder
    state: MailboxState
    users: tuple[MailboxUser, ...]
    version: int
    accepted: tuple[AcceptedText, ...] = ()
    power: Power | None = None
    """Of a company's representative; None for a person, and where it was never asked for."""
    freeze: Freeze | None = None
    settled: tuple[str, ...] = ()
    hand_over: HandOver | None = None
    consent: Consent | None = None
    closed_at: datetime | None = None
    """Since when it is closed at its holder's wish; None where it is not."""
    health: tuple[AddressHealth, ...] = ()
    """What is known of its users' addresses. It stands beside the rest, and changes without a new version."""

    @property
    def has_consent(self) -> bool:
        """Given by opening the mailbox, until it is revoked."""
        return self.consent is None or self.consent.is_given

    @property
    def can_receive(self) -> bool:
        """A disabled or frozen mailbox receives nothing, nor does one whose holder revoked the consent."""
        return self.state is MailboxState.OPEN and self.has_consent

    @property
    def alerted_users(self) -> tuple[MailboxUser, ...]:
        """Every active user gets alerts; pending and disabled ones get none."""
        return tuple(user for user in self.users if user.state is UserState.ACTIVE)

    def user(self, user_id: str) -> MailboxUser | None:
        """Return one of its users."""
        return next((user for user in self.users if user.user_id == user_id), None)

    @property
    def principal(self) -> MailboxUser:
        """Return the one user who decides who has access."""
        return next(user for user in self.users if user.is_principal)

    def user_with_email(self, email: str) -> MailboxUser | None:
        """Return the user whose address this is; no two users of a mailbox share one."""
        return next((user for user in self.users if user.email.casefold() == email.casefold()), None)

    def username_of(self, user: MailboxUser) -> str:
        """Return what a user logs in as: the mailbox's name, and for a secondary one `.` and the own number."""
        return self.mailbox_id if user.is_principal else f"{self.mailbox_id}.{user.document_number}"


def dni_in_ruc(ruc: str) -> str | None:
    """Return the DNI of the person whose RUC this is: `10`, the DNI, a check digit; None for every other RUC."""
    if _RUC_OF_PERSON.fullmatch(ruc) is None or ruc != ruc_with_dni(ruc[2:-1]):
        return None
    return ruc[2:-1]


def ruc_with_dni(dni: str) -> str:
    """Return a person's RUC; reckoned here, since every deposit to a DNI asks for it and the library is heavy."""
    digits = f"10{dni}"
    weighed = sum(weight * int(digit) for weight, digit in zip(_RUC_WEIGHTS, digits, strict=True))
    return f"{digits}{(11 - weighed % 11) % 10}"


def lacks_person(mailbox: Mailbox) -> bool:
    """Tell whether a company's principal user is nobody in particular, as where it registered before that was asked.

    A person who registered with the own RUC needs nobody.
    """
    principal = next((user for user in mailbox.users if user.is_principal), None)
    holder = mailbox.holder
    is_company = holder.document_type is DocumentType.RUC and dni_in_ruc(holder.document_number) is None
    return is_company and principal is not None and principal.document_type is None


def is_principal(mailbox: Mailbox, user_id: str) -> bool:
    """Tell whether a user is the principal one."""
    user = mailbox.user(user_id)
    return user is not None and user.is_principal


def require_thawed(mailbox: Mailbox | None) -> None:
    """Let nobody into a frozen mailbox; every way in, and every act within, asks here.

    Raises:
        MailboxFrozen: `mailbox_frozen`.

    """
    if mailbox is not None and mailbox.state is MailboxState.FROZEN:
        raise MailboxFrozen(
            "mailbox_frozen",
            "Esta casilla está congelada, porque alguien avisó de un cambio que no hizo. Nadie puede ingresar hasta que"
            " se revise. Pide ayuda: el teléfono y el correo están al final de la página.",
        )


def mailbox_changed() -> MailboxChanged:
    """Return the refusal for two changes at once."""
    detail = "La casilla cambió mientras tanto. Vuelve a abrir la página e inténtalo otra vez."
    return MailboxChanged("mailbox_changed", detail)
