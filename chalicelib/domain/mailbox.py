"""The mailbox: where notices for one holder are deposited, and the people who may read them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAX_USERS = 5


class DocumentType(StrEnum):
    """Identity documents a holder can have; the value is what the API and the pages call it."""

    DNI = "DNI"
    RUC = "RUC"
    CE = "CE"
    PASSPORT = "PASAPORTE"


class MailboxState(StrEnum):
    """Whether the mailbox receives notices."""

    OPEN = "open"
    DISABLED = "disabled"


class UserState(StrEnum):
    """No activado, activo, deshabilitado: only active users are alerted."""

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Holder:
    """The natural person or legal entity that owns the mailbox."""

    document_type: DocumentType
    document_number: str
    name: str


@dataclass(frozen=True, slots=True)
class MailboxUser:
    """One of up to five people with access; `mobile` is E.164 or None."""

    user_id: str
    name: str
    email: str
    mobile: str | None
    state: UserState
    is_principal: bool


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One per holder; `mailbox_id` is `type-number`, e.g. `1-40000002`. `version` counts its changes."""

    mailbox_id: str
    holder: Holder
    state: MailboxState
    users: tuple[MailboxUser, ...]
    version: int

    @property
    def can_receive(self) -> bool:
        """A disabled mailbox receives nothing."""
        return self.state is MailboxState.OPEN

    @property
    def alerted_users(self) -> tuple[MailboxUser, ...]:
        """Every active user gets alerts; pending and disabled ones get none."""
        return tuple(user for user in self.users if user.state is UserState.ACTIVE)
