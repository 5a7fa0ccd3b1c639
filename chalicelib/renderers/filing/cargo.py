"""The filing receipt (*cargo*): the PDF that proves what was filed, when, and with whom (TUO, 128.2 and 135.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.renderers.filing.cargo_rows import Cargo
from chalicelib.renderers.printable import check_printable

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def render_cargo(cargo: Cargo, *, verification_url: str, portal: str, zone: ZoneInfo) -> bytes:
    """Make the receipt as PDF/A-3U, with the filing attached as `presentacion.json`.

    The same filing gives the same bytes with the same versions of the code and its libraries. `portal` is the portal's
    address as people type it, `zone` the country's, for dates and hours on the paper. Names of people, which registries
    wrote, have a box in place of what the font lacks, as has what institutions wrote.

    Raises:
        Unprintable: what the person wrote has letters that the font lacks; `field` is `subject` or `files`.
        LookupError: the filing's legal text version was never published.

    """
    check_printable(cargo.filing.subject, field="subject")
    for document in cargo.documents:
        check_printable(document.filename, field="files")
    from chalicelib.renderers.filing.cargo_layout import draw_cargo  # noqa: PLC0415 - fpdf2

    return draw_cargo(cargo, verification_url=verification_url, portal=portal, zone=zone)
