"""Write the list of the notices that conditions select, as Excel or PDF (BOX-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import urlencode

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.errors import TooLarge
from chalicelib.domain.export.export import Export, ListingFormat
from chalicelib.domain.export.listed_notice import ListedNotice, ListingHead, listed
from chalicelib.domain.reading.reading import DeliveredNotice, Reading
from chalicelib.domain.reading.search import Search
from chalicelib.domain.reading.search_query import read_conditions, to_parameters, typed_query
from chalicelib.gateways.export.export_files import ObjectWriter
from chalicelib.renderers.reading.deadline_words import tell_deadline
from chalicelib.renderers.reading.replacement_words import notes_on
from chalicelib.services.export.tools import ExportTools, NamedFile
from chalicelib.services.reading.search_notices import all_matches

_T = TypeVar("_T")


def listing_parameters(search: Search, chosen: ListingFormat) -> dict[str, str]:
    """Return what an export of kind `listing` is asked for with."""
    reading = {} if search.reading is None else {"reading": search.reading.value}
    return {"format": chosen.value, "query": urlencode(to_parameters(search.conditions)), **reading}


def listing(export: Export, sink: ObjectWriter, tools: ExportTools) -> NamedFile:
    """Write the list as it was when the file is made.

    Raises:
        TooLarge: `listing_too_long`, with what to do.

    """
    zone = tools.calendar.zone
    search = _search_of(export)
    made_at = tools.clock().astimezone(zone)
    mailbox = tools.mailboxes.find(export.mailbox_id)
    head = ListingHead(export.mailbox_id, mailbox.holder.name if mailbox else "", search, made_at)
    rows = listed_notices(export.mailbox_id, search, made_at, tools)
    name = f"notificaciones-{export.mailbox_id}-{made_at:%Y%m%d-%H%M}"
    if export.parameters["format"] == ListingFormat.PDF:
        from chalicelib.renderers.export import listing_pdf  # noqa: PLC0415 - fpdf2

        few = list(_at_most(tools.listing_limits.pdf, rows, "pide la lista en Excel o acorta las fechas"))
        sink.write(listing_pdf.render_listing_pdf(few, head, zone=zone))
        return NamedFile(f"{name}.pdf", listing_pdf.MEDIA_TYPE)
    from chalicelib.renderers.export import listing_xlsx  # noqa: PLC0415 - openpyxl

    bounded = _at_most(tools.listing_limits.excel, rows, "acorta las fechas y pide varias listas")
    listing_xlsx.write_listing_xlsx(bounded, head, zone=zone, to=sink)
    return NamedFile(f"{name}.xlsx", listing_xlsx.MEDIA_TYPE)


def listed_notices(mailbox_id: str, search: Search, made_at: datetime, tools: ExportTools) -> Iterator[ListedNotice]:
    """Yield the rows of a mailbox's notices as they are at an instant of the country's zone, the newest first."""
    calendar = tools.calendar.with_entries(tools.calendar_entries())
    found = all_matches(mailbox_id, search, notices=tools.search, zone=tools.calendar.zone)
    return (_row(delivered, made_at.date(), calendar) for delivered in found)


def _row(delivered: DeliveredNotice, today: date, calendar: BusinessCalendar) -> ListedNotice:
    told = tell_deadline(delivered, today, calendar)
    notes = [f"{words} {number}".rstrip() for words, number in notes_on(delivered)]
    deadline = ". ".join([told.in_one_line, *notes])
    return listed(delivered, calendar.zone, today=today, deadline=deadline)


def _search_of(export: Export) -> Search:
    conditions = read_conditions(typed_query(export.parameters["query"]))
    reading = export.parameters.get("reading")
    return Search(conditions, None if reading is None else Reading(reading))


def _at_most(most: int, rows: Iterable[_T], what_to_do: str) -> Iterator[_T]:
    for number, row in enumerate(rows):
        if number == most:
            raise _too_long(most, what_to_do)
        yield row


def _too_long(most: int, what_to_do: str) -> TooLarge:
    told = f"{most:,}".replace(",", "\N{NO-BREAK SPACE}")
    return TooLarge("listing_too_long", f"La lista tiene más de {told} notificaciones: {what_to_do}.", field="query")
