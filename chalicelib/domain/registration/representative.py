"""A company whose mailbox was opened before its representative was asked for: the person is named later (REG-11, S0).

The person named becomes the principal user that there is. Nobody's access changes, and nothing issued does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain.access.account import Account
from chalicelib.domain.errors import Forbidden, InvalidInput
from chalicelib.domain.mailbox import Mailbox, MailboxUser, Power, UserState
from chalicelib.domain.registration.identity import PersonClaim
from chalicelib.domain.session import session_ended


@dataclass(frozen=True, slots=True)
class NamedRepresentative:
    """What was typed of the person and the power; `problems` are those found while reading."""

    person: PersonClaim
    power: Power
    problems: tuple[InvalidInput, ...] = ()


def naming_principal(mailbox: Mailbox | None, user_id: str) -> tuple[Mailbox, MailboxUser]:
    """Return a mailbox and its principal user, who alone names the representative.

    Raises:
        SessionEnded: `session_ended`: whoever it was has no access any more.
        Forbidden: `principal_needed`.

    """
    user = mailbox.user(user_id) if mailbox else None
    if mailbox is None or user is None or user.state is not UserState.ACTIVE:
        raise session_ended()
    if not user.is_principal:
        detail = "Solo el usuario principal de la casilla puede decir quién representa a la empresa."
        raise Forbidden("principal_needed", detail)
    return mailbox, user


def with_representative_named(mailbox: Mailbox, user: MailboxUser, given: NamedRepresentative, name: str) -> Mailbox:
    """Make the principal user the person named.

    Raises:
        InvalidInput: `document_taken`: the person is another user of the mailbox.

    """
    if any(one.document_number == given.person.number for one in mailbox.users if one.user_id != user.user_id):
        detail = "Esa persona ya es otro usuario de tu casilla. Escribe los datos de quien usa este acceso."
        raise InvalidInput("document_taken", detail, field="representative.number")
    named = replace(user, name=name, document_type=given.person.document_type, document_number=given.person.number)
    users = tuple(named if one.user_id == user.user_id else one for one in mailbox.users)
    return replace(mailbox, users=users, power=given.power)


def account_named(account: Account, name: str, document_number: str) -> Account:
    """Have the account be called as the person is, for *visto por*, and be found by the person's number."""
    return replace(account, name=name, document_number=document_number)
