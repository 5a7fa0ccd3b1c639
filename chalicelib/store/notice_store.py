"""Deposited notices by id; how they are found by mailbox, and by sender and month, is in their index keys."""

from __future__ import annotations

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.alert.reminder_day import PlannedReminder
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.reading import Reading
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.shards import shard_of_code
from chalicelib.store.tables import NoticeItem


def sender_shard(institution_id: str, month: str, shard: str) -> str:
    """Return the partition of a shard of one sender's notices of one month (`YYYY-MM`, UTC)."""
    return f"{institution_id}#{month}#{shard}"


def reading_key(mailbox_id: str, reading: Reading) -> str:
    """Return the partition of one mailbox's notices that nobody opened, or that somebody did."""
    return f"{mailbox_id}#{reading}"


def pending_key(mailbox_id: str) -> str:
    """Return the partition of one mailbox's notices that nobody opened."""
    return reading_key(mailbox_id, Reading.PENDING)


class NoticeStore:
    """A notice is written once, in its deposit's transaction."""

    def add_in(
        self,
        transaction: TransactWrite,
        notice: Notice,
        receipt_sha256: str | None = None,
        reminder: PlannedReminder | None = None,
    ) -> None:
        """Put a notice that must not exist yet; without its receipt's hash that cannot be verified until indexed."""
        item = NoticeItem(
            notice.notice_id,
            mailbox_id=notice.mailbox_id,
            sender_shard=sender_shard(
                notice.sender.institution_id, f"{notice.deposited_at:%Y-%m}", shard_of_code(notice.notice_id)
            ),
            deposited_key=f"{notice.deposited_at:%Y-%m-%dT%H:%M:%SZ}#{notice.notice_id}",
            data=to_data(notice),
            reading=reading_key(notice.mailbox_id, Reading.PENDING),
            verification_code=notice.verification_code if receipt_sha256 else None,
            receipt_sha256=receipt_sha256,
        )
        if reminder is not None:
            item.remind_shard = shard_of_code(notice.notice_id)
            item.remind_at = int(reminder.at.timestamp())
            item.reminder = to_data(reminder.expiry)
        transaction.save(item, condition=NoticeItem.notice_id.does_not_exist())

    @staticmethod
    def replace_in(transaction: TransactWrite, notice: Notice) -> None:
        """Tell the notice that another one replaces of it, which nobody did yet; nobody is reminded of it any more."""
        if notice.replaces is None:
            return
        is_first = NoticeItem.notice_id.exists() & NoticeItem.replaced_by.does_not_exist()
        actions: list[Action] = [
            NoticeItem.replaced_by.set(to_data(notice.reference)),
            NoticeItem.remind_shard.remove(),
            NoticeItem.remind_at.remove(),
        ]
        transaction.update(NoticeItem(notice.replaces.notice_id), actions=actions, condition=is_first)

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
            raise notices_unavailable() from error

    def exists(self, notice_id: str) -> bool:
        """Tell, by a strongly consistent read, whether the notice was committed, whatever is in it."""
        try:
            NoticeItem.get(notice_id, consistent_read=True, attributes_to_get=["notice_id"])
        except NoticeItem.DoesNotExist:
            return False
        except PynamoDBException as error:
            raise notices_unavailable() from error
        return True


def notices_unavailable() -> Unavailable:
    """Return the refusal for a database that does not answer."""
    return Unavailable("store_unavailable", "El servicio no responde. Intente de nuevo en un momento.")
