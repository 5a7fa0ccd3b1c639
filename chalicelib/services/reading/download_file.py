"""Hand out a notice's files by short-lived links, each recorded; nothing before the notice was opened but the receipt.

The receipt proves the deposit and holds nothing that the list does not show; it may even have come with the alert.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.reading import require_opened, require_readable
from chalicelib.domain.session import Session
from chalicelib.gateways.files import Files
from chalicelib.services.reading.open_notice import add_once
from chalicelib.services.reading.tools import ReadingTools, delivered_to
from chalicelib.store.reading.reading_store import FoundNotice

LINK_LIVES_S = 300
RECEIPT = "receipt"
_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Download:
    """A link that lives `LINK_LIVES_S` seconds, and what the file is called."""

    url: str
    filename: str
    media_type: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    object_key: str
    filename: str
    media_type: str


def download_file(  # noqa: PLR0913 - which file, for whom, and where it lies
    session: Session, found: FoundNotice, name: str, *, origin: str, tools: ReadingTools, files: Files
) -> Download:
    """Return a link to one file, named as by `Notice.file_names`, or to the `receipt`.

    Raises:
        NotFound: `notice_not_found`, `file_not_found`.
        Conflict: `notice_not_opened`, `reading_suspended`.

    """
    delivered = delivered_to(session, found)
    require_readable(delivered)
    wanted = _find(delivered.notice, name)
    if name != RECEIPT:
        require_opened(delivered)
    record_download(session, delivered.notice, name, origin=origin, tools=tools)
    url = files.document_link(wanted.object_key, wanted.filename, wanted.media_type, expires_s=LINK_LIVES_S)
    return Download(url, wanted.filename, wanted.media_type)


def record_download(session: Session, notice: Notice, what: str, *, origin: str, tools: ReadingTools) -> None:
    """Log that whose session this is fetched a file of a notice."""
    event = Event(
        subject=f"notice#{notice.notice_id}",
        type=EventType.NOTICE_DOWNLOADED,
        occurred_at=tools.clock(),
        event_id=tools.new_event_id(),
        actor=f"user:{session.user_id}",
        origin=origin,
        data={"file": what},
    )
    add_once(event, tools)


def _find(notice: Notice, name: str) -> _Wanted:
    if name == RECEIPT:
        return _Wanted(notice.receipt_key, f"constancia-{notice.notice_id}.pdf", _PDF)
    for known, file in zip(notice.file_names, notice.files, strict=True):
        if known == name:
            return _Wanted(file.object_key, file.filename, file.media_type)
    raise NotFound("file_not_found", "Esa notificación no tiene ese archivo.")
