"""Closing a mailbox at its holder's wish, and opening it again (DAT-1).

Closed, it takes no notice. Whatever was notified before keeps its effects, and its users still get in and read it: that
is their evidence. Nobody is taken out of it, so that opening it again needs nobody's help.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import Conflict
from chalicelib.domain.mailbox import Consent, Mailbox, MailboxState, MailboxUser
from chalicelib.domain.people.consent import ConsentMandatory, MandatoryRule, imposing_norm, revoked_from
from chalicelib.domain.people.mailbox_users import require_principal


class ClosingRefused(Conflict):
    """The mailbox cannot be closed, or opened again, as it is now."""


def require_closable(mailbox: Mailbox, user: MailboxUser, rules: Iterable[MandatoryRule]) -> None:
    """Let the principal user ask to close a mailbox that is open and voluntary.

    Raises:
        PrincipalNeeded: `principal_needed`.
        ConsentMandatory: `mailbox_mandatory`; it cites the norm.
        ClosingRefused: `mailbox_closed`.

    """
    require_principal(user)
    norm = imposing_norm(mailbox.holder, rules)
    if norm is not None:
        detail = f"Esta casilla es obligatoria por {norm}: no se puede cerrar."
        raise ConsentMandatory("mailbox_mandatory", detail)
    if mailbox.state is not MailboxState.OPEN:
        raise ClosingRefused("mailbox_closed", "Tu casilla ya está cerrada.")


def closed(mailbox: Mailbox, now: datetime) -> Mailbox:
    """Close it; no notice is dated at the instant that is told, or after."""
    return replace(mailbox, state=MailboxState.DISABLED, closed_at=revoked_from(now), hand_over=None)


def is_closed(mailbox: Mailbox) -> bool:
    """Tell whether its holder had it closed; one that an operator disabled is not."""
    return mailbox.state is MailboxState.DISABLED and mailbox.closed_at is not None


def reopened(mailbox: Mailbox, consent: Consent) -> Mailbox:
    """Open it again, for notices from now on.

    Raises:
        ClosingRefused: `mailbox_not_closed`.

    """
    if not is_closed(mailbox):
        raise ClosingRefused("mailbox_not_closed", "Tu casilla no está cerrada.")
    return replace(mailbox, state=MailboxState.OPEN, closed_at=None, consent=consent)
