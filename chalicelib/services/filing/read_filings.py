"""Filings as their holder sees them: one, and the list."""

from __future__ import annotations

from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.filing.filing import Filing, filing_not_found, is_of_holder
from chalicelib.domain.session import Session
from chalicelib.store.filing.filing_month_store import FilingPage
from chalicelib.store.filing.filing_store import FilingStore

PAGE = 20


def find_filing(filing_id: str, session: Session, *, store: FilingStore) -> Filing:
    """Return a filing of the mailbox whose session this is.

    Raises:
        NotFound: `filing_not_found`, also for another mailbox's.

    """
    try:
        found = store.find(parse_code(filing_id))
    except InvalidInput as error:
        raise filing_not_found() from error
    if found is None or not is_of_holder(found, session):
        raise filing_not_found()
    return found


def list_filings(session: Session, *, store: FilingStore, after: str | None = None, limit: int = PAGE) -> FilingPage:
    """Return some of a mailbox's filings, the newest first."""
    return store.list_of_holder(session.mailbox_id, after=after, limit=limit)
