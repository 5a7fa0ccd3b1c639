"""What an institution has to work off: its unread deposits whose alerts reached nobody by some channel (ALR-4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.deposit.unreached import Unreached, unreached
from chalicelib.services.page_cursor import cursor_invalid, cursor_of, position_of
from chalicelib.services.sender.authenticate_sender import SenderTools, find_sender, read_beside_nonce
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.store.deposit.unreached_store import MOST_AT_ONCE, Place, PlacePage, UnreachedStore

MOST_LISTED = MOST_AT_ONCE
"""On a page: so many are read by one call."""


@dataclass(frozen=True, slots=True)
class UnreachedQuery:
    """After which cursor a page begins, and up to how many deposits it has."""

    cursor: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class UnreachedPage:
    """Some deposits, the newest failure first, and the cursor of the next page; None at the end."""

    deposits: tuple[Unreached, ...]
    cursor: str | None


def list_unreached(
    read: Callable[[], UnreachedQuery],
    *,
    request: SignedRequest,
    claim: Claim,
    tools: SenderTools,
    store: UnreachedStore,
) -> UnreachedPage:
    """Return a page of the sender's own, also while it is inactive; what was asked for is read after the proof.

    The index is asked beside the taking of the nonce, then all that it names is read at once, as it is now. What was
    opened or reached since is left out, so that a page may be shorter than asked for, or empty, with more behind it.

    Raises:
        InvalidInput: `cursor_invalid`, and what reading the query raises.
        Unavailable: `store_unavailable`.

    """
    sender = find_sender(request, claim, tools=tools)
    wanted = read()
    after, institution_id = _place(wanted.cursor), sender.institution.institution_id
    pages: list[PlacePage] = []
    reads = [lambda: pages.append(store.list_for_sender(institution_id, after=after, limit=wanted.limit))]
    read_beside_nonce(sender, reads, tools=tools)
    return _as_it_is_now(institution_id, pages[0], store)


def list_unreached_of(institution_id: str, *, cursor: str | None, limit: int, store: UnreachedStore) -> UnreachedPage:
    """Return the same to the institution's people.

    Raises:
        InvalidInput: `cursor_invalid`.
        Unavailable: `store_unavailable`.

    """
    page = store.list_for_sender(institution_id, after=_place(cursor), limit=limit)
    return _as_it_is_now(institution_id, page, store)


def _as_it_is_now(institution_id: str, page: PlacePage, store: UnreachedStore) -> UnreachedPage:
    found = store.find([place.notice_id for place in page.places]) if page.places else {}
    listed = (unreached(one.delivered, one.alerts) for one in found.values())
    own = (one for one in listed if one and one.delivered.notice.sender.institution_id == institution_id)
    return UnreachedPage(tuple(own), cursor_of(None if page.next_after is None else _position(page.next_after)))


def _position(place: Place) -> str:
    return f"{place.since:%Y-%m-%dT%H:%M:%SZ}#{place.notice_id}"


def _place(cursor: str | None) -> Place | None:
    position = position_of(cursor)
    if position is None:
        return None
    since, _, notice_id = position.partition("#")
    try:
        return Place(datetime.fromisoformat(since), notice_id)
    except ValueError as error:
        raise cursor_invalid() from error
