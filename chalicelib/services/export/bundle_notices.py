"""Put together the files of notices: the annexes of one, the evidence of one, the evidence of a whole mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from chalicelib.domain.errors import TooLarge
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.export.bundled_name import bundled_name
from chalicelib.domain.export.export import Export
from chalicelib.domain.notice import FileRole, Notice
from chalicelib.domain.reading.reading import DeliveredNotice, notice_not_found, require_opened
from chalicelib.domain.reading.timeline import MOST_READ, Extent, NoticeLog, timeline
from chalicelib.gateways.export.export_files import ObjectWriter
from chalicelib.renderers.export.bundle_texts import (
    deposit_text,
    events_pieces,
    mailbox_readme,
    notice_readme,
    standing_text,
    suspension_text,
)
from chalicelib.services.export.tools import ExportTools, NamedFile
from chalicelib.services.export.zip_bundle import ZipBundle
from chalicelib.store.reading.reading_store import FoundNotice

README = "LEEME.txt"
MOST_BYTES = 8_000_000_000
"""What the worker copies within its time."""
_ZIP = "application/zip"
_PAGE = 50


def annexes(export: Export, sink: ObjectWriter, tools: ExportTools) -> NamedFile:
    """Write the annexes of one notice."""
    notice = _opened(export, tools)[0].notice
    bundle = ZipBundle(sink, at=tools.calendar.local(tools.clock()))
    _add_files(bundle, notice, "", FileRole.ANNEX, tools)
    bundle.close()
    return NamedFile(f"anexos-{notice.notice_id}.zip", _ZIP)


def evidence(export: Export, sink: ObjectWriter, tools: ExportTools) -> NamedFile:
    """Write everything about one notice, each file checked against the hash it was deposited with."""
    delivered, found = _opened(export, tools)
    made_at = tools.calendar.local(tools.clock())
    bundle = ZipBundle(sink, at=made_at)
    bundle.add_text(README, notice_readme(delivered.notice, made_at))
    _add_evidence(bundle, "", delivered, found, tools)
    bundle.close()
    return NamedFile(f"notificacion-{delivered.notice.notice_id}.zip", _ZIP)


def mailbox(export: Export, sink: ObjectWriter, tools: ExportTools) -> NamedFile:
    """Write the evidence of every notice, newest first; of those that nobody opened, without their documents.

    Of those whose reading is suspended, only that it is, and what happened.

    Raises:
        TooLarge: `mailbox_too_large`, with what to do.

    """
    given = export.parameters.get("year")
    year = int(given) if given else None
    made_at = tools.calendar.local(tools.clock())
    bundle = ZipBundle(sink, at=made_at)
    bundle.add_text(README, mailbox_readme(export.mailbox_id, made_at, year))
    for delivered in _delivered(export.mailbox_id, year, tools):
        notice = delivered.notice
        if sink.size + sum(file.size for file in notice.files) > MOST_BYTES:
            raise TooLarge("mailbox_too_large", "La copia es demasiado grande para un solo archivo: pídela por años.")
        day = tools.calendar.local(notice.deposited_at).date()
        found = tools.readings.find(notice.notice_id)
        _add_evidence(bundle, f"{day} {notice.notice_id}/", found.delivered or delivered, found, tools)
    bundle.close()
    return NamedFile(f"casilla-{export.mailbox_id}-{given or made_at.date()}.zip", _ZIP)


def _opened(export: Export, tools: ExportTools) -> tuple[DeliveredNotice, FoundNotice]:
    found = tools.readings.find(export.parameters["notice_id"])
    if found.delivered is None or found.delivered.notice.mailbox_id != export.mailbox_id:
        raise notice_not_found()
    require_opened(found.delivered)
    return found.delivered, found


def _delivered(mailbox_id: str, year: int | None, tools: ExportTools) -> Iterator[DeliveredNotice]:
    """Go through a mailbox, or a local year of it, from the newest notice on."""
    after = None if year is None else f"{date(year + 1, 1, 2)}"
    while True:
        page = tools.readings.list_for_mailbox(mailbox_id, None, after=after, limit=_PAGE)
        for delivered in page.notices:
            deposited_in = tools.calendar.local(delivered.notice.deposited_at).year
            if year is not None and deposited_in < year:
                return
            if year is None or deposited_in == year:
                yield delivered
        if page.next_after is None:
            return
        after = page.next_after


def _add_evidence(
    bundle: ZipBundle, folder: str, delivered: DeliveredNotice, found: FoundNotice, tools: ExportTools
) -> None:
    notice = delivered.notice
    subject = f"notice#{notice.notice_id}"
    is_suspended = delivered.suspension is not None
    log = NoticeLog.of_newest(tools.events.newest_for_subject(subject, limit=MOST_READ + 1))
    is_whole = log.extent is Extent.WHOLE
    first = log.events if is_whole else tools.events.list_for_subject(subject, limit=1)
    today = tools.calendar.local(tools.clock()).date()
    if is_suspended:
        bundle.add_text(f"{folder}LECTURA-SUSPENDIDA.txt", suspension_text(delivered, tools.calendar.zone))
    else:
        receipt = tools.files.stream_document(notice.receipt_key)
        bundle.add(f"{folder}constancia.pdf", receipt, sha256=_receipt_sha256(first))
        bundle.add_text(f"{folder}deposito.json", deposit_text(notice))
    if delivered.opening is not None and not is_suspended:
        _add_files(bundle, notice, f"{folder}documento/", FileRole.MAIN, tools)
        _add_files(bundle, notice, f"{folder}anexos/", FileRole.ANNEX, tools)
    bundle.add_text(f"{folder}estado.json", standing_text(delivered, timeline(delivered, found.alerts, log), today))
    events = log.events if is_whole else tools.events.each_of_subject(subject)
    bundle.add(f"{folder}eventos.json", events_pieces(events))


def _add_files(bundle: ZipBundle, notice: Notice, folder: str, role: FileRole, tools: ExportTools) -> None:
    """Copy a notice's files of one role, numbered in the order sent; each must be what was deposited."""
    chosen = [file for file in notice.files if file.role is role]
    for number, file in enumerate(chosen, start=1):
        bundle.add(
            folder + bundled_name(number, file.filename),
            tools.files.stream_document(file.object_key),
            size=file.size,
            sha256=file.sha256,
        )


def _receipt_sha256(events: tuple[Event, ...]) -> str | None:
    return next((event.data["receipt_sha256"] for event in events if event.type is EventType.NOTICE_DEPOSITED), None)
