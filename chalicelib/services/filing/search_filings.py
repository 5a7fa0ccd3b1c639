"""A mailbox's filings that match a search, the newest first: a bounded number looked at, and from where to go on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_search import FilingSearch, is_match
from chalicelib.domain.session import Session
from chalicelib.store.filing.filing_store import FilingStore

PAGE = 20
MOST_READ = 300
"""Filings looked at for one page."""
_ROUND = 100
_POSITION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z#[0-9A-Z-]{14}")


@dataclass(frozen=True, slots=True)
class FoundFilings:
    """What was found; `after` is from where to go on, None at the end."""

    filings: tuple[Filing, ...]
    after: str | None


def search_filings(  # noqa: PLR0913 - whose, what, from where, how many
    session: Session, search: FilingSearch, *, after: str, now: datetime, store: FilingStore, page: int = PAGE
) -> FoundFilings:
    """Look through a mailbox's filings from a position on; empty: from the newest.

    Raises:
        InvalidInput: `position_invalid`.

    """
    if after and not _POSITION.fullmatch(after):
        raise InvalidInput("position_invalid", "Esta dirección no es de una búsqueda. Vuelve a buscar.")
    found: list[Filing] = []
    position: str | None = after or None
    looked_at = 0
    most = _ROUND if search.is_narrowed else page
    while looked_at < MOST_READ:
        listed = store.list_of_holder(session.mailbox_id, after=position, limit=most)
        for place, filing in enumerate(listed.filings):
            if not is_match(filing, search, now):
                continue
            found.append(filing)
            if len(found) == page:
                is_last = place == len(listed.filings) - 1 and listed.next_after is None
                return FoundFilings(tuple(found), None if is_last else position_of(filing))
        looked_at += len(listed.filings)
        position = listed.next_after
        if position is None:
            break
    return FoundFilings(tuple(found), position)


def position_of(filing: Filing) -> str:
    """Return the position after which the next older filing comes."""
    return f"{filing.filed_at:%Y-%m-%dT%H:%M:%SZ}#{filing.filing_id}"
