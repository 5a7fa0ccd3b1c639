"""The notice that a deposit replaces: found with the deposit's own read, told in the deposit's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalicelib.domain.deposit.deposit import DepositCommand
from chalicelib.domain.deposit.replacement import require_replaceable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.identity_document import mailboxes_of_holder
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.notice import Notice, NoticeReference
from chalicelib.store.request_store import Found


def find_replaced(
    command: DepositCommand, institution_id: str, found: Found, prefixes: Mapping[DocumentType, str]
) -> NoticeReference | None:
    """Return it; that the institution deposited it says in which mailbox it lies. None where nothing is replaced.

    Raises:
        InvalidInput, Conflict: what `require_replaceable` refuses.

    """
    if command.replaces is None:
        return None
    names = mailboxes_of_holder(command.mailbox_id, prefixes)
    return require_replaceable(found.replaced, institution_id=institution_id, mailbox_ids=names)


def replaced_event(notice: Notice, deposited: Event, new_event_id: Callable[[], str]) -> Event | None:
    """Return what the replaced notice's log says, by whom and from where the new one was deposited; None as above."""
    if notice.replaces is None:
        return None
    return Event(
        subject=f"notice#{notice.replaces.notice_id}",
        type=EventType.NOTICE_REPLACED,
        occurred_at=notice.deposited_at,
        event_id=new_event_id(),
        actor=deposited.actor,
        origin=deposited.origin,
        data={"replaced_by": notice.notice_id},
    )
