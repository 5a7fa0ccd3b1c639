"""How a notice and the one that was deposited in its place name each other, wherever a holder sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.notice import NoticeReference
from chalicelib.domain.reading.reading import DeliveredNotice

AS_ISSUED = "Fechas como se emitieron"
"""Said of the dates of a notice whose reading is suspended."""
_REPLACES, _REPLACED = "Reemplaza a", "Reemplazada por"


@dataclass(frozen=True, slots=True)
class ShownReference:
    """The other notice; `address` is empty where it lies in another of the holder's mailboxes."""

    words: str
    number: str
    deposited_at: datetime
    address: str
    is_newer: bool


def references_of(delivered: DeliveredNotice) -> tuple[ShownReference, ...]:
    """Return what replaces the notice, then what it replaces."""
    both = ((_REPLACED, delivered.replaced_by), (_REPLACES, delivered.notice.replaces))
    own = delivered.notice.mailbox_id
    return tuple(_shown(words, other, own) for words, other in both if other is not None)


def notes_on(delivered: DeliveredNotice) -> tuple[tuple[str, str], ...]:
    """Return what lists say beside a notice's dates: words, and the number that they end with, if any."""
    issued = () if delivered.suspension is None else ((AS_ISSUED, ""),)
    return (*issued, *((f"{one.words} la N.º", one.number) for one in references_of(delivered)))


def _shown(words: str, other: NoticeReference, own: str) -> ShownReference:
    address = f"/casilla/{other.notice_id}" if other.mailbox_id == own else ""
    return ShownReference(words, other.notice_id, other.deposited_at, address, is_newer=words == _REPLACED)
