"""Who had access to a mailbox and left it: what the log's ids of users stand for, for as long as the log is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.mailbox import DocumentType, Mailbox, MailboxUser


@dataclass(frozen=True, slots=True)
class FormerUser:
    """A user as they were when they left. It lets nobody in."""

    user_id: str
    mailbox_id: str
    username: str
    name: str
    document_type: DocumentType | None
    document_number: str
    email: str
    was_principal: bool
    left_at: datetime


def former_user(mailbox: Mailbox, user: MailboxUser, at: datetime) -> FormerUser:
    """Return what stays of a user who leaves."""
    return FormerUser(
        user_id=user.user_id,
        mailbox_id=mailbox.mailbox_id,
        username=mailbox.username_of(user),
        name=user.name,
        document_type=user.document_type,
        document_number=user.document_number,
        email=user.email,
        was_principal=user.is_principal,
        left_at=at,
    )
