"""What an institution's system reads of the filings it got, and does about them, also while it is inactive.

Nothing is refused at the counter (TUO, 135.1): who is inactive goes on receiving, and may attend to what it received.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from chalicelib.domain.deposit.local_month import parts_of
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.received import Received
from chalicelib.gateways.files import Files
from chalicelib.services.deposit.read_deposits import MonthQuery
from chalicelib.services.filing.attend_filing import AttendTools, By, BySystem
from chalicelib.services.filing.read_received import read_received, received_file_link
from chalicelib.services.page_cursor import cursor_of, position_of
from chalicelib.services.sender.authenticate_sender import (
    AuthenticatedSender,
    SenderTools,
    find_sender,
    read_beside_nonce,
    take_nonce,
)
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.store.filing.filing_month_store import FilingMonthStore, position_in_month

_T = TypeVar("_T")
SETTLED_AFTER = timedelta(minutes=1)
"""What is listed of a month. A filing has the instant at which it was sent, and is committed some seconds later."""


@dataclass(frozen=True, slots=True)
class SystemTools:
    """Who sends, and what filings need."""

    senders: SenderTools
    attend: AttendTools
    months: FilingMonthStore
    files: Files


@dataclass(frozen=True, slots=True)
class ListedFilings:
    """Some filings, oldest first, and the cursor of the next page; None at the end."""

    filings: tuple[Filing, ...]
    cursor: str | None


def list_filings_of(
    read: Callable[[], MonthQuery], *, request: SignedRequest, claim: Claim, tools: SystemTools
) -> ListedFilings:
    """Return a page of what the sender's institution got in one of the country's months.

    The query is read after the proof. Nothing is added later before a cursor that was given: the last minute is not
    listed yet. The index is kept by months of UTC, of which a local month reaches into two.

    Raises:
        InvalidInput: `month_invalid` or `cursor_invalid`, and what reading the query raises.
        NotAuthenticated: as `find_sender`; `nonce_reused`.
        Unavailable: `store_unavailable`.

    """
    sender = find_sender(request, claim, tools=tools.senders)
    wanted = read()
    institution_id, until = sender.institution.institution_id, tools.attend.clock() - SETTLED_AFTER
    parts = [part for part in parts_of(wanted.month, tools.attend.calendar.zone) if part.first <= until]
    after = position_of(wanted.cursor)
    found: list[Filing] = []
    more: list[bool] = []

    def read_month() -> None:
        for part in parts:
            most = wanted.limit + 1 - len(found)
            page = tools.months.list_part(institution_id, part, until=until, after=after, limit=most)
            found.extend(page.filings)
            if page.next_after is not None or len(found) > wanted.limit:
                more.append(True)
                break

    read_beside_nonce(sender, [read_month], tools=tools.senders)
    shown = tuple(found[: wanted.limit])
    return ListedFilings(shown, cursor_of(position_in_month(shown[-1])) if more and shown else None)


def read_filing_of(filing_id: str, *, request: SignedRequest, claim: Claim, tools: SystemTools) -> Received:
    """Return one filing that the sender's institution got, with its clocks.

    Raises:
        NotFound: `filing_not_found`, also for another institution's.
        NotAuthenticated: as `find_sender`; `nonce_reused`.
        Unavailable: `store_unavailable`.

    """
    return _read(partial(_received, filing_id, tools=tools), request, claim, tools)


def file_link_of(filing_id: str, name: str, *, request: SignedRequest, claim: Claim, tools: SystemTools) -> str:
    """Return a short-lived link to a document or a receipt, named as `received_file_link` names them.

    Raises:
        NotFound: `filing_not_found`; `file_not_found`.
        NotAuthenticated: as `find_sender`; `nonce_reused`.
        Unavailable: `store_unavailable`.

    """
    link = partial(received_file_link, filing_id, name, tools=tools.attend, files=tools.files)
    return _read(link, request, claim, tools)


def do_by_system(
    read: Callable[[], Callable[[By], Filing]], *, request: SignedRequest, claim: Claim, tools: SystemTools
) -> Received:
    """Do something about a filing, and return it as it stands then; what is asked is read after the proof.

    Each deed sent again is the same deed, so that a lost answer is asked for again, with another nonce or the same.

    Raises:
        NotAuthenticated: as `find_sender`; `nonce_reused`.
        CasillaError: what the deed raises.

    """
    sender = find_sender(request, claim, tools=tools.senders)
    deed = read()
    take_nonce(sender, tools=tools.senders)
    by = _by(sender)
    made = deed(by)
    return _received(made.filing_id, by, tools=tools)


def _received(filing_id: str, by: By, *, tools: SystemTools) -> Received:
    return read_received(filing_id, by, tools=tools.attend)


def _read(read: Callable[[By], _T], request: SignedRequest, claim: Claim, tools: SystemTools) -> _T:
    """Read as the sender while its nonce is taken."""
    sender = find_sender(request, claim, tools=tools.senders)
    by, found = _by(sender), list[_T]()
    read_beside_nonce(sender, [lambda: found.append(read(by))], tools=tools.senders)
    return found[0]


def _by(sender: AuthenticatedSender) -> BySystem:
    return BySystem(sender.institution.institution_id, sender.actor, sender.origin)
