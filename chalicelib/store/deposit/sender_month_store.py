"""What a sender deposited in a month: each shard is read by itself, and a page is put together from all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pynamodb.connection import Connection

from chalicelib.domain.deposit.local_month import MonthPart
from chalicelib.domain.deposit.sent_entry import Listed, SentEntry
from chalicelib.domain.notice import Notice
from chalicelib.store.codec import from_data
from chalicelib.store.notice_store import notices_unavailable, sender_shard
from chalicelib.store.reading.notice_search_store import just_before
from chalicelib.store.tables import NoticeItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS


@dataclass(frozen=True, slots=True)
class MonthShard:
    """Positions and stored notices that one shard holds after a position, in the order asked for.

    `read_up_to` is the position up to which all of it was read; None when it was read to its end.
    """

    entries: tuple[tuple[str, str], ...]
    read_up_to: str | None


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Some notices, oldest first, and the position after which the next page starts; None at the end."""

    notices: tuple[Notice, ...]
    next_after: str | None


class SenderMonthStore:
    """Reads the index, which may be a moment behind. `connection` is the one that `tables.bind` returns."""

    def __init__(self, connection: Connection) -> None:
        """Work through this connection."""
        self._connection = connection

    def read_shard(
        self, institution_id: str, part: MonthPart, shard: str, *, after: str | None, limit: int
    ) -> MonthShard:
        """Read up to `limit` notices of one shard of a part of a month, or fewer where they are very large.

        It is one Query.

        Raises:
            Unavailable: `store_unavailable`.

        """
        within = (_lowest(part, after), _beginning(part.before))
        return self._read(sender_shard(institution_id, part.utc_month, shard), within, limit, is_newest_first=False)

    def read_newest(
        self, institution_id: str, part: MonthPart, shard: str, *, before: str | None, limit: int
    ) -> MonthShard:
        """Read the same from the newest on, or from what lies before a position; nothing where it begins later.

        Raises:
            Unavailable: `store_unavailable`.

        """
        lowest, highest = _beginning(part.first), _beginning(part.before)
        within = (lowest, highest if before is None else min(highest, just_before(before)))
        if within[0] > within[1]:
            return MonthShard((), None)
        return self._read(sender_shard(institution_id, part.utc_month, shard), within, limit, is_newest_first=True)

    def _read(self, partition: str, within: tuple[str, str], limit: int, *, is_newest_first: bool) -> MonthShard:
        asked = {
            "TableName": NoticeItem.Meta.table_name,
            "IndexName": "by_sender_shard",
            "KeyConditionExpression": "sender_shard = :shard AND deposited_key BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":shard": {"S": partition},
                ":first": {"S": within[0]},
                ":last": {"S": within[1]},
            },
            "ProjectionExpression": "deposited_key, #data",
            "ExpressionAttributeNames": {"#data": "data"},
            "ScanIndexForward": not is_newest_first,
            "Limit": limit,
        }
        try:
            answer = self._connection.dispatch("Query", asked)
        except VENDOR_ERRORS as error:
            raise notices_unavailable() from error
        last = answer.get("LastEvaluatedKey")
        return MonthShard(
            tuple((item["deposited_key"]["S"], item["data"]["S"]) for item in answer["Items"]),
            last and last["deposited_key"]["S"],
        )


def reaches(part: MonthPart, after: str | None) -> bool:
    """Tell whether a part can hold positions after this one."""
    return after is None or after < _beginning(part.before)


def is_read_out(shards: Iterable[MonthShard], limit: int) -> bool:
    """Tell whether a page takes all that the shards hold, so that what comes after them belongs to it too."""
    read = tuple(shards)
    return all(shard.read_up_to is None for shard in read) and sum(len(shard.entries) for shard in read) <= limit


def page_of(shards: Iterable[MonthShard], limit: int) -> NoticePage:
    """Return the first `limit` notices of all shards of a month, or of its parts, each read with that limit or more.

    What lies beyond the position up to which every shard was read is left to the next page: a notice before it may be
    among those not read yet.
    """
    read = tuple(shards)
    known_up_to = min((shard.read_up_to for shard in read if shard.read_up_to is not None), default=None)
    entries = sorted(entry for shard in read for entry in shard.entries)
    known = [entry for entry in entries if known_up_to is None or entry[0] <= known_up_to]
    shown = known[:limit]
    next_after = shown[-1][0] if len(known) > limit else known_up_to
    return NoticePage(tuple(notice_of(data) for _, data in shown), next_after)


def position_in_month(notice: Listed) -> str:
    """Return where a notice stands among its sender's of a month."""
    return f"{_beginning(notice.deposited_at)}#{notice.notice_id}"


def notice_of(data: str) -> Notice:
    """Read a notice as a shard holds it."""
    return from_data(Notice, json.loads(data))


def entry_of(data: str) -> SentEntry:
    """Read of it what a list needs."""
    return from_data(SentEntry, json.loads(data))


def _lowest(part: MonthPart, after: str | None) -> str:
    """Return what no position to be read lies before; no position begins with another one."""
    beginning = _beginning(part.first)
    return beginning if after is None else max(beginning, f"{after}0")


def _beginning(instant: datetime) -> str:
    """Return what lies before all positions of this second, and after those of the one before."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
