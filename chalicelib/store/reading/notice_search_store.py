"""A mailbox's notices from the newest on, for searches and lists that look at many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pynamodb.exceptions import PynamoDBException

from chalicelib.domain.reading.reading import DeliveredNotice, Reading
from chalicelib.domain.reading.search import SentRange
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.notice_store import reading_key
from chalicelib.store.reading.reading_store import delivered_from_item
from chalicelib.store.tables import NoticeItem

_FIRST, _LAST = "0", ":"
"""Before and after every position, which begins with a digit."""


class NoticeSearchStore:
    """Reads the index, which may be a moment behind the last deposit."""

    def newest_first(
        self,
        mailbox_id: str,
        within: SentRange,
        *,
        reading: Reading | None = None,
        after: str | None = None,
        page_size: int,
    ) -> Iterator[tuple[str, DeliveredNotice]]:
        """Yield positions and notices, reading page by page as far as the caller takes them.

        `reading` None means pending and read ones; `after` is the position of the last notice already seen.

        Raises:
            Unavailable: `store_unavailable`, also in the middle.

        """
        lowest = _FIRST if within.first is None else f"{within.first:%Y-%m-%dT%H:%M:%SZ}"
        highest = _LAST if within.before is None else f"{within.before:%Y-%m-%dT%H:%M:%SZ}"
        if after is not None:
            highest = min(highest, just_before(after))
        if lowest > highest:
            return
        condition = NoticeItem.deposited_key.between(lowest, highest)
        options: dict[str, Any] = {"page_size": page_size, "scan_index_forward": False}
        if reading is None:
            found = NoticeItem.by_mailbox.query(mailbox_id, condition, **options)
        else:
            found = NoticeItem.by_reading.query(reading_key(mailbox_id, reading), condition, **options)
        try:
            for item in found:
                yield item.deposited_key, delivered_from_item(item)
        except PynamoDBException as error:
            raise store_unavailable() from error


def just_before(position: str) -> str:
    """Return what no position, all being equally long, lies between this and the given one."""
    return position[:-1] + chr(ord(position[-1]) - 1)
