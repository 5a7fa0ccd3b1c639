"""Looks at people's data, as the log has them: those of one looker, and those at one holder's mailbox.

The first stand in the index `by_looker`, eight shards of each, so that no sender's systems meet in one key; it is a
moment behind. The second stand together in the log itself, among the little else that happens to a mailbox.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pynamodb.connection import Connection

from chalicelib.domain.event import MAILBOX_LOOKS, REGISTRATION_LOOKS, Event, EventType
from chalicelib.store.batch_read import each_of_pages, store_unavailable
from chalicelib.store.shards import SHARDS
from chalicelib.store.tables import EventItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_PAGE = 1000
"""Looks of one shard that are held at once: some 400 kB."""
_LOOKED_AT = 200
"""Entries of a mailbox's log that one call reads."""
_MOST_CALLS = 5
"""A thousand entries for one page: the rest is on the next."""

Shard = list[dict[str, Any]]
"""Looks of one shard, as they go over the wire."""


@dataclass(frozen=True, slots=True)
class LookPage:
    """Some looks, and the position after which the next page begins; None at the end."""

    looks: tuple[Event, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class Newest:
    """Looks at a mailbox by one name, the newest first, and how far down its log was read; None where it was whole."""

    items: list[dict[str, Any]]
    reached: str | None


class LookLog:
    """Reads alone. `connection` is the one that `tables.bind` returns. Raises `Unavailable` without an answer."""

    def __init__(self, connection: Connection) -> None:
        """Read through this connection."""
        self._connection = connection

    def each_of_looker(self, looker: str, since: datetime, before: datetime) -> Iterator[Event]:
        """Yield every look of an actor in a span, `before` itself left out, oldest first; a page of each shard is held.

        The last moments may be missing.
        """
        span = _position(since), _position(before)
        shards = [self._each(f"{looker}#{shard}", *span, limit=_PAGE) for shard in SHARDS]
        yield from map(_event, heapq.merge(*shards, key=position_in))

    def reads_of_looker(  # noqa: PLR0913 - whose, of when, and which page
        self, looker: str, since: datetime, before: datetime, *, after: str | None, limit: int, into: list[Shard]
    ) -> list[Callable[[], None]]:
        """Return the calls, one of each shard, that read up to `limit` of them each behind a position, oldest first."""
        first = _position(since) if after is None else f"{after}\0"

        def read(shard: str) -> None:
            asked = _of_looker(f"{looker}#{shard}", first, _position(before), limit + 1)
            into.append(self._asked(asked)["Items"])

        return [partial(read, shard) for shard in SHARDS]

    @staticmethod
    def page_of(shards: Iterable[Shard], *, limit: int) -> LookPage:
        """Return up to `limit` of what those calls read, oldest first."""
        found = sorted((item for shard in shards for item in shard), key=position_in)
        more = position_in(found[limit - 1]) if len(found) > limit else None
        return LookPage(tuple(map(_event, found[:limit])), more)

    def read_mailbox(self, mailbox_id: str, *, after: str | None, limit: int) -> Newest:
        """Return the newest looks at a mailbox that its own log tells its users of, by one of its names.

        A page has one more than `limit` at least, unless there are no more or a thousand entries were looked at.
        """
        return self._newest(f"mailbox#{mailbox_id}", MAILBOX_LOOKS, after, limit)

    def read_registration(self, key: str, *, after: str | None, limit: int) -> Newest:
        """Return the newest looks at a registration, as `read_mailbox` does; its applicant's own are among them."""
        return self._newest(f"registration#{key}", REGISTRATION_LOOKS, after, limit)

    def opened_by(self, mailbox_id: str) -> str | None:
        """Return the key of the registration that opened a mailbox; None where its first thousand entries tell none."""
        asked = {**_at(f"mailbox#{mailbox_id}", (EventType.MAILBOX_OPENED,), None), "ScanIndexForward": True}
        for _ in range(_MOST_CALLS):
            answer = self._asked(asked)
            for item in answer["Items"]:
                return str(_event(item).data["registration"])
            if "LastEvaluatedKey" not in answer:
                return None
            asked = {**asked, "ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return None

    def _newest(self, subject: str, kinds: Sequence[EventType], after: str | None, limit: int) -> Newest:
        asked = _at(subject, kinds, after)
        found: list[dict[str, Any]] = []
        reached = None
        for _ in range(_MOST_CALLS):
            answer = self._asked(asked)
            found += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return Newest(found, None)
            if len(found) > limit:
                return Newest(found, position_in(found[-1]))
            reached = position_in(answer["LastEvaluatedKey"])
            asked = {**asked, "ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return Newest(found, reached)

    @staticmethod
    def page_at(names: Sequence[Newest], *, limit: int) -> LookPage:
        """Return up to `limit` of what was read by a mailbox's names, the newest first.

        Of a log with more else in it than is looked at for one answer, fewer come, and the next page goes on.
        """
        floor = max((one.reached for one in names if one.reached is not None), default=None)
        found = [item for one in names for item in one.items if floor is None or position_in(item) >= floor]
        found.sort(key=position_in, reverse=True)
        shown = found[:limit]
        more = position_in(shown[-1]) if len(found) > limit else floor
        return LookPage(tuple(map(_event, shown)), more)

    def _each(self, looker: str, since: str, before: str, *, limit: int) -> Iterator[dict[str, Any]]:
        return each_of_pages(self._connection, "Query", _of_looker(looker, since, before, limit))

    def _asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self._connection.dispatch("Query", asked)
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return answer


def position_in(item: dict[str, Any]) -> str:
    """Return where an entry stands in the log."""
    return str(item["position"]["S"])


def _of_looker(looker: str, since: str, before: str, limit: int) -> dict[str, Any]:
    """Ask for a span; positions have more behind their instants, so that `before` lies behind none of its own."""
    return {
        "TableName": EventItem.Meta.table_name,
        "IndexName": "by_looker",
        "KeyConditionExpression": "looker = :looker AND #position BETWEEN :since AND :before",
        "ExpressionAttributeNames": {"#position": "position"},
        "ExpressionAttributeValues": {":looker": {"S": looker}, ":since": {"S": since}, ":before": {"S": before}},
        "Limit": limit,
    }


def _at(subject: str, kinds: Sequence[EventType], after: str | None) -> dict[str, Any]:
    values = {f":kind{number}": {"S": kind.value} for number, kind in enumerate(kinds)}
    condition, names = "subject = :subject", {"#type": "type"}
    before = {}
    if after is not None:
        condition += " AND #position < :after"
        names["#position"] = "position"
        before[":after"] = {"S": after}
    return {
        "TableName": EventItem.Meta.table_name,
        "KeyConditionExpression": condition,
        "FilterExpression": f"#type IN ({', '.join(values)})",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {":subject": {"S": subject}, **values, **before},
        "ScanIndexForward": False,
        "ConsistentRead": True,
        "Limit": _LOOKED_AT,
    }


def _position(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _event(item: dict[str, Any]) -> Event:
    instant, _, event_id = position_in(item).partition("#")
    return Event(
        subject=item["subject"]["S"],
        type=EventType(item["type"]["S"]),
        occurred_at=datetime.fromisoformat(instant),
        event_id=event_id,
        actor=item["actor"]["S"],
        origin=item["origin"].get("S", ""),
        data=json.loads(item["data"]["S"]),
    )
