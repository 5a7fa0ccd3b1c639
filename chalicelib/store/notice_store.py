"""Deposited notices: by id, by mailbox, and by sender and month."""

from __future__ import annotations

from dataclasses import dataclass

from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.reading import Reading
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import NoticeItem


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Some notices, oldest first, and the position after which the next page starts; None at the end."""

    notices: tuple[Notice, ...]
    next_after: str | None


def sender_month(institution_id: str, month: str) -> str:
    """Return the partition of one sender's notices of one month (`YYYY-MM`, UTC)."""
    return f"{institution_id}#{month}"


def reading_key(mailbox_id: str, reading: Reading) -> str:
    """Return the partition of one mailbox's notices that nobody opened, or that somebody did."""
    return f"{mailbox_id}#{reading}"


class NoticeStore:
    """A notice is written once, in its deposit's transaction."""

    def add_in(self, transaction: TransactWrite, notice: Notice) -> None:
        """Put a notice that must not exist yet."""
        item = NoticeItem(
            notice.notice_id,
            mailbox_id=notice.mailbox_id,
            sender_month=sender_month(notice.sender.institution_id, f"{notice.deposited_at:%Y-%m}"),
            deposited_key=f"{notice.deposited_at:%Y-%m-%dT%H:%M:%SZ}#{notice.notice_id}",
            data=to_data(notice),
            reading=reading_key(notice.mailbox_id, Reading.PENDING),
        )
        transaction.save(item, condition=NoticeItem.notice_id.does_not_exist())

    def get(self, notice_id: str) -> Notice:
        """Return a notice.

        Raises:
            NotFound: `notice_not_found`.

        """
        try:
            return from_data(Notice, NoticeItem.get(notice_id, consistent_read=True).data)
        except NoticeItem.DoesNotExist:
            raise NotFound("notice_not_found", "No existe ese depósito, o no es de su entidad.") from None
        except PynamoDBException as error:
            raise Unavailable(
                "store_unavailable", "El servicio no responde. Intente de nuevo en un momento."
            ) from error

    def exists(self, notice_id: str) -> bool:
        """Tell, by a strongly consistent read, whether the notice was committed."""
        try:
            self.get(notice_id)
        except NotFound:
            return False
        return True

    def list_for_sender(self, institution_id: str, month: str, *, after: str | None, limit: int) -> NoticePage:
        """Return up to `limit` notices that one institution deposited in a month, oldest first."""
        partition = sender_month(institution_id, month)
        try:
            found = NoticeItem.by_sender_month.query(
                partition,
                NoticeItem.deposited_key > after if after else None,
                limit=limit,
                page_size=limit,
            )
            items = list(found)
        except PynamoDBException as error:
            raise Unavailable(
                "store_unavailable", "El servicio no responde. Intente de nuevo en un momento."
            ) from error
        next_after = items[-1].deposited_key if found.last_evaluated_key is not None and items else None
        return NoticePage(tuple(from_data(Notice, item.data) for item in items), next_after)
