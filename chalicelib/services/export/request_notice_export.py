"""Ask for the files of a notice or of a whole mailbox; who asked for what is logged as a download is.

Who asked learns the file's name only after that was logged, and without the name nobody can fetch it.
"""

from __future__ import annotations

from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.export.export import Export, ExportKind
from chalicelib.domain.notice import FileRole
from chalicelib.domain.reading.reading import require_opened
from chalicelib.domain.session import Session
from chalicelib.services.export.request_export import request_export
from chalicelib.services.export.tools import ExportTools
from chalicelib.services.reading.download_file import record_download
from chalicelib.services.reading.open_notice import add_once
from chalicelib.services.reading.tools import ReadingTools, delivered_to
from chalicelib.store.reading.reading_store import FoundNotice


def request_notice_export(  # noqa: PLR0913 - what, whose, from where
    kind: ExportKind, found: FoundNotice, session: Session, *, origin: str, tools: ExportTools, reading: ReadingTools
) -> Export:
    """Ask for the annexes or the evidence of a notice that was opened.

    Raises:
        NotFound: `notice_not_found`, also for another mailbox's; `file_not_found` without annexes.
        Conflict: `notice_not_opened`, `reading_suspended`.

    """
    delivered = delivered_to(session, found)
    require_opened(delivered)
    notice = delivered.notice
    if kind is ExportKind.ANNEXES and all(file.role is not FileRole.ANNEX for file in notice.files):
        raise NotFound("file_not_found", "Esta notificación no tiene anexos.")
    export = request_export(kind, {"notice_id": notice.notice_id}, session, tools=tools)
    record_download(session, notice, kind.value, origin=origin, tools=reading)
    return export


def request_mailbox_export(
    session: Session, year: int | None, *, origin: str, tools: ExportTools, reading: ReadingTools
) -> Export:
    """Ask for a copy of the whole mailbox, or of what was deposited in a year."""
    parameters = {} if year is None else {"year": str(year)}
    export = request_export(ExportKind.MAILBOX, parameters, session, tools=tools)
    event = Event(
        subject=f"mailbox#{session.mailbox_id}",
        type=EventType.MAILBOX_EXPORTED,
        occurred_at=tools.clock(),
        event_id=tools.new_id(),
        actor=f"user:{session.user_id}",
        origin=origin,
        data=parameters,
    )
    add_once(event, reading)
    return export
