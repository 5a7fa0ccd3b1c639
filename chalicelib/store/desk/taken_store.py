"""What a desk took and nobody proved, or nobody reviewed, by the registrations' index `awaited`: what ends first ahead.

A registration is in it by its own state, so nothing has to be put in or taken out, and what is read is judged again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pynamodb.connection import Connection

from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.registration.registration import Registration, RegistrationState
from chalicelib.domain.registration.taken import TOLD_FOR, is_awaited, is_unproved
from chalicelib.store.batch_read import ItemKey, read_together, store_unavailable
from chalicelib.store.registration_store import from_item, in_review_of, is_of_holder, is_of_office, second_of
from chalicelib.store.tables import RegistrationItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_INDEX = "awaited"
_AT_ONCE = 100
_LOOKED_THROUGH = 10
"""How many times as many as are shown are looked through for those of one office."""
_MOST_OF_HOLDER = 2_000
_MOST_ENDED_AT_ONCE = 10
_LAST = "~"


class TakenStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def list_awaited(
        self, institution_id: str, *, office_id: str | None, now: datetime, limit: int
    ) -> tuple[tuple[Registration, ...], bool]:
        """Return those whose e-mail can still be proved, the one that ends first ahead, and whether these are all.

        `office_id` leaves those of one office. A query and a read of each hundred.
        """
        condition, values = "awaited >= :from", {":from": {"S": second_of(now)}}
        return self._listed(
            institution_id, condition, values, office_id, lambda one: is_awaited(one, now), limit=limit, is_forward=True
        )

    def list_in_review(
        self, institution_id: str, *, office_id: str | None, limit: int
    ) -> tuple[tuple[Registration, ...], bool]:
        """Return those that wait for a review, the one promised first ahead, and whether these are all; as many calls.

        What came on line is in none of these lists: however much of it waits hides nothing.
        """
        desk, first = in_review_of(institution_id), {":from": {"S": "0"}}

        def is_wanted(one: Registration) -> bool:
            return one.state is RegistrationState.AWAITING_REVIEW

        return self._listed(desk, "awaited >= :from", first, office_id, is_wanted, limit=limit, is_forward=True)

    def list_lapsed(
        self, institution_id: str, *, office_id: str | None, now: datetime, limit: int
    ) -> tuple[tuple[Registration, ...], bool]:
        """Return those that ended unproved in the last days, the last one ahead; as many calls."""
        since = {":from": {"S": second_of(now - TOLD_FOR)}, ":to": {"S": second_of(now) + _LAST}}

        def is_lapsed(one: Registration) -> bool:
            return is_unproved(one) and not one.is_open_at(now)

        condition = "awaited BETWEEN :from AND :to"
        return self._listed(institution_id, condition, since, office_id, is_lapsed, limit=limit, is_forward=False)

    def find_of_holder(
        self, institution_id: str, document: tuple[DocumentType, str], *, now: datetime
    ) -> tuple[Registration, ...]:
        """Return those of one holder that nobody proved, also of the last days, of all offices; a query, a read if any.

        Two thousand are looked through, those that end last ahead, and ten returned.
        """
        values = {":from": {"S": second_of(now - TOLD_FOR)}}
        names = self._names(institution_id, "awaited >= :from", values, limit=_MOST_OF_HOLDER, is_forward=False)
        keys = [key for name, key in names if is_of_holder(name, document)][:_MOST_ENDED_AT_ONCE]
        return tuple(one for one in self._read(keys) if is_unproved(one))

    def _listed(  # noqa: PLR0913 - a part of the index, and what is left of it
        self,
        desk: str,
        condition: str,
        values: dict[str, Any],
        office_id: str | None,
        is_wanted: Callable[[Registration], bool],
        *,
        limit: int,
        is_forward: bool,
    ) -> tuple[tuple[Registration, ...], bool]:
        most = (limit + 1) * (1 if office_id is None else _LOOKED_THROUGH)
        names = self._names(desk, condition, values, limit=most, is_forward=is_forward)
        keys = [key for name, key in names if is_of_office(name, office_id)]
        found = tuple(one for one in self._read(keys[:limit]) if is_wanted(one))
        return found, len(keys) <= limit and len(names) < most

    def _names(
        self, desk: str, condition: str, values: dict[str, Any], *, limit: int, is_forward: bool
    ) -> list[tuple[str, str]]:
        query = {
            "TableName": RegistrationItem.Meta.table_name,
            "IndexName": _INDEX,
            "KeyConditionExpression": f"awaited_by = :desk AND {condition}",
            "ExpressionAttributeValues": {":desk": {"S": desk}, **values},
            "ProjectionExpression": "awaited, registration_key",
            "ScanIndexForward": is_forward,
            "Limit": limit,
        }
        try:
            items = self._connection.dispatch("Query", query)["Items"]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return [(item["awaited"]["S"], item["registration_key"]["S"]) for item in items]

    def _read(self, keys: list[str]) -> list[Registration]:
        wanted: list[ItemKey] = [(RegistrationItem, key, None) for key in keys]
        read: dict[ItemKey, Any] = {}
        for part in (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE)):
            read |= read_together(self._connection, part)
        return [from_item(read[key]) for key in wanted if key in read]
