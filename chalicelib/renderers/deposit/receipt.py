"""The receipt (constancia de notificación electrónica): the PDF that proves a deposit (REC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.domain.notice import Notice
from chalicelib.renderers.deposit.receipt_texts import current_legal_text_version
from chalicelib.renderers.notice_json import notice_as_json
from chalicelib.renderers.printable import check_printable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["check_printable", "current_legal_text_version", "render_receipt"]


_HOLDER = "recipient.name"
"""As a registry wrote it: the sender can do nothing about it, and the holder is notified all the same."""


def render_receipt(notice: Notice, *, verification_url: str, zone: ZoneInfo) -> bytes:
    """Make the receipt as PDF/A-3U, with the deposit attached as `deposito.json`.

    The same notice gives the same bytes with the same versions of the code and its libraries. `zone` is the
    country's, for dates and hours on the paper. The
    holder's name, which nobody who deposits wrote, has a box in place of what the font lacks.

    Raises:
        Unprintable: a text has letters the font lacks; `field` is its path in `notice_as_json`.
        LookupError: the notice's legal text version was never published.

    """
    for field, text in _texts({**notice_as_json(notice), "verification_url": verification_url}):
        if field != _HOLDER:
            check_printable(text, field=field)
    from chalicelib.renderers.deposit.receipt_layout import draw_receipt  # noqa: PLC0415 - fpdf2

    return draw_receipt(notice, verification_url=verification_url, zone=zone)


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _texts(part, f"{path}.{index}")
