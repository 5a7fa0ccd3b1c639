"""Write a mailbox's whole history, filed and received, as Excel or PDF (FIL-4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from chalicelib.domain.errors import TooLarge
from chalicelib.domain.export.export import Export, ListingFormat
from chalicelib.domain.export.listed_notice import ListedNotice
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.reading.search import Search
from chalicelib.gateways.export.export_files import ObjectWriter
from chalicelib.renderers.filing.listed_filings import HistoryHead, listed_filing
from chalicelib.services.export.export_listing import listed_notices
from chalicelib.services.export.tools import ExportTools, NamedFile
from chalicelib.store.filing.filing_store import FilingStore

_T = TypeVar("_T")
_PAGE = 50


def history(export: Export, sink: ObjectWriter, tools: ExportTools, *, filings: FilingStore) -> NamedFile:
    """Write the history as it is when the file is made, the last first.

    What a suspension hides of a notice is hidden here as in every list.

    Raises:
        TooLarge: `history_too_long`, with what to do.

    """
    zone, now = tools.calendar.zone, tools.clock()
    made_at = now.astimezone(zone)
    mailbox = tools.mailboxes.find(export.mailbox_id)
    head = HistoryHead(export.mailbox_id, mailbox.holder.name if mailbox else "", made_at)
    filed = (listed_filing(filing, zone, now=now) for filing in _all_of(export.mailbox_id, filings))
    received: Iterator[ListedNotice] = listed_notices(export.mailbox_id, Search(()), made_at, tools)
    name = f"historial-{export.mailbox_id}-{made_at:%Y%m%d-%H%M}"
    if export.parameters["format"] == ListingFormat.PDF:
        from chalicelib.renderers.filing import history_pdf  # noqa: PLC0415 - fpdf2

        most, instead = tools.listing_limits.pdf, "pide el historial en Excel"
        few_filed = list(_at_most(most, filed, instead))
        few_received = list(_at_most(most - len(few_filed), received, instead))
        sink.write(history_pdf.render_history_pdf(few_filed, few_received, head, zone=zone))
        return NamedFile(f"{name}.pdf", history_pdf.MEDIA_TYPE)
    from chalicelib.renderers.filing import history_xlsx  # noqa: PLC0415 - openpyxl

    most, instead = tools.listing_limits.excel, "comunícate con nosotros"
    history_xlsx.write_history_xlsx(
        _at_most(most, filed, instead), _at_most(most, received, instead), head, zone=zone, to=sink
    )
    return NamedFile(f"{name}.xlsx", history_xlsx.MEDIA_TYPE)


def _all_of(mailbox_id: str, filings: FilingStore) -> Iterator[Filing]:
    after = None
    while True:
        page = filings.list_of_holder(mailbox_id, after=after, limit=_PAGE)
        yield from page.filings
        if page.next_after is None:
            return
        after = page.next_after


def _at_most(most: int, rows: Iterable[_T], instead: str) -> Iterator[_T]:
    for number, row in enumerate(rows):
        if number >= most:
            raise TooLarge("history_too_long", f"Tu historial es demasiado largo para este archivo: {instead}.")
        yield row
