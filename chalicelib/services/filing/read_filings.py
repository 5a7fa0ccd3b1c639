"""Filings as their holder sees them: one, and the list."""

from __future__ import annotations

from chalicelib.domain.alert.filing_news import Occasion, batch_id
from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.filing.filing import Filing, filing_not_found, is_of_holder
from chalicelib.domain.session import Session
from chalicelib.services.work_through import log_failed
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
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


def find_untold(filing: Filing, *, batches: AlertBatchStore) -> tuple[Occasion, ...]:
    """Return what its holder was to be told of an observation, and nobody could be; no call where there is none.

    A filing whose alerts cannot be read is shown all the same.
    """
    if filing.observation is None:
        return ()
    keys = {batch_id(filing.filing_id, occasion): occasion for occasion in (Occasion.OBSERVED, Occasion.LAPSED)}
    try:
        found = batches.find_all(keys)
    except Exception as error:  # noqa: BLE001 - whatever it is, the filing is shown
        log_failed("find_untold", filing.filing_id, error)
        return ()
    return tuple(occasion for key, occasion in keys.items() if key in found and found[key].has_reached_nobody)


def list_filings(session: Session, *, store: FilingStore, after: str | None = None, limit: int = PAGE) -> FilingPage:
    """Return some of a mailbox's filings, the newest first."""
    return store.list_of_holder(session.mailbox_id, after=after, limit=limit)
