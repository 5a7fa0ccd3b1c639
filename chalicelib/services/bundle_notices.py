"""Put together the files of notices: the annexes of one, the evidence of one, the evidence of a whole mailbox."""

from __future__ import annotations

from chalicelib.domain.errors import NotFound
from chalicelib.domain.export import Export
from chalicelib.domain.notice import FileRole, Notice
from chalicelib.gateways.export_files import ObjectWriter
from chalicelib.services.export_tools import ExportTools
from chalicelib.services.prepare_export import NamedFile
from chalicelib.services.zip_bundle import ZipBundle, safe_name

ZIP = "application/zip"


def annexes(export: Export, sink: ObjectWriter, tools: ExportTools) -> NamedFile:
    """Write the annexes of one notice."""
    notice = _notice_of(export, tools)
    bundle = ZipBundle(sink, at=tools.calendar.local(notice.deposited_at))
    add_files(bundle, notice, "", tools, roles=(FileRole.ANNEX,))
    bundle.close()
    return NamedFile(f"anexos-{notice.notice_id}.zip", ZIP)


def add_files(
    bundle: ZipBundle, notice: Notice, folder: str, tools: ExportTools, *, roles: tuple[FileRole, ...]
) -> None:
    """Copy a notice's files into a folder, numbered in the order sent; each must be what was deposited."""
    chosen = [file for file in notice.files if file.role in roles]
    for number, file in enumerate(chosen, start=1):
        bundle.add(
            folder + safe_name(number, file.filename),
            tools.files.stream_document(file.object_key),
            size=file.size,
            sha256=file.sha256,
        )


def _notice_of(export: Export, tools: ExportTools) -> Notice:
    notice = tools.notices.get(export.parameters["notice_id"])
    if notice.mailbox_id != export.mailbox_id:
        raise NotFound("notice_not_found", "No existe esa notificación, o no es de tu casilla.")
    return notice
