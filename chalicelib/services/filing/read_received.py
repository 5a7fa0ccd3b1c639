"""A filing as its institution sees it: until when things can be done about it, its files."""

from __future__ import annotations

from chalicelib.domain.errors import NotFound
from chalicelib.domain.filing.received import Received, clocks_of
from chalicelib.gateways.files import Files
from chalicelib.services.filing.attend_filing import AttendTools, By, find_to_attend

LINK_LIVES_S = 300
RECEIPT, CORRECTED = "cargo", "cargo-correccion"
"""The receipt, and that of the correction."""


def read_received(filing_id: str, by: By, *, tools: AttendTools) -> Received:
    """Return a filing that the act reaches, with its clocks.

    Raises:
        NotFound: `filing_not_found`, also for another institution's or office's.

    """
    filing = find_to_attend(filing_id, by, tools=tools)
    now = tools.clock()
    calendar = tools.calendar.with_entries(tools.calendars.find()).with_regional((), filing.region)
    return Received(filing, filing.state_at(now), clocks_of(filing, now, calendar))


def received_file_link(filing_id: str, name: str, by: By, *, tools: AttendTools, files: Files) -> str:
    """Return a short-lived link to a document by its number, from 1, or to a receipt by its name.

    Raises:
        NotFound: `filing_not_found`; `file_not_found`.

    """
    filing = find_to_attend(filing_id, by, tools=tools)
    if name == RECEIPT:
        wanted = filing.receipt_key, f"cargo-{filing.number}.pdf", "application/pdf"
    elif name == CORRECTED and filing.correction is not None:
        wanted = filing.correction.receipt_key, f"cargo-{filing.number}-subsanacion.pdf", "application/pdf"
    else:
        by_number = {str(number): one for number, one in enumerate(filing.all_documents, start=1)}
        if name not in by_number:
            raise NotFound("file_not_found", "Esa presentación no tiene ese documento.")
        wanted = by_number[name].object_key, by_number[name].filename, by_number[name].media_type
    return files.document_link(*wanted, expires_s=LINK_LIVES_S)
