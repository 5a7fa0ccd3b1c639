"""Files put together for a person: asked for, and found with the session in one round trip."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.domain.export.export import Export, ExportKind, ListingFormat
from chalicelib.domain.reading.search import Search
from chalicelib.domain.session import Session
from chalicelib.handlers.admission import Beside
from chalicelib.services.export.export_listing import listing_parameters
from chalicelib.services.export.request_export import find_export, request_export
from chalicelib.services.export.request_notice_export import request_mailbox_export, request_notice_export
from chalicelib.store.batch_read import ItemKey
from chalicelib.store.export_store import ExportStore
from chalicelib.store.reading.reading_store import FoundNotice

YEARS = range(2000, 2200)
"""Of which a copy can be asked for."""


def _keys(parameters: dict[str, str]) -> Iterable[ItemKey]:
    return [ExportStore.key(parameters["export_id"])]


def _read(parameters: dict[str, str], found: dict[ItemKey, Any]) -> Export | None:
    key = ExportStore.key(parameters["export_id"])
    return ExportStore.from_item(found[key]) if key in found else None


EXPORT = Beside(_keys, _read)
"""A view gets an `Export`, or None."""


def ask_for_listing(search: Search, chosen: ListingFormat, session: Session) -> Export:
    """Ask for a list of notices."""
    parameters = listing_parameters(search, chosen)
    return request_export(ExportKind.LISTING, parameters, session, tools=export_tools(current()))


def ask_for_history(chosen: ListingFormat, session: Session) -> Export:
    """Ask for all that was filed and received."""
    return request_export(ExportKind.HISTORY, {"format": chosen.value}, session, tools=export_tools(current()))


def ask_for_files(kind: ExportKind, found: FoundNotice, session: Session, *, origin: str) -> Export:
    """Ask for the annexes or the evidence of a notice."""
    box = current()
    tools, reading = export_tools(box), reading_tools(box)
    return request_notice_export(kind, found, session, origin=origin, tools=tools, reading=reading)


def ask_for_copy(year: int | None, session: Session, *, origin: str) -> Export:
    """Ask for a copy of the mailbox, of a year in `YEARS` or all of them."""
    box = current()
    tools, reading = export_tools(box), reading_tools(box)
    return request_mailbox_export(session, year, origin=origin, tools=tools, reading=reading)


def own_export(found: Export | None, session: Session) -> Export:
    """Return an export to who asked for it."""
    return find_export(found, session, tools=export_tools(current()))
