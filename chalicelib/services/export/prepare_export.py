"""Put together a file that somebody asked for: the worker behind the queue of exports.

The queue may deliver a request twice, also at once: each try writes an object of its own, and the first one to end is
the one that counts. A try that fails is told to the person at once; the queue tries again all the same.
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.domain.errors import TooLarge
from chalicelib.domain.export.export import Export, ExportKind, ExportProblem, ExportState, PreparedFile
from chalicelib.gateways.export.export_files import ObjectWriter
from chalicelib.services.export import bundle_notices, export_listing
from chalicelib.services.export.tools import ExportTools, NamedFile

Preparer = Callable[[Export, ObjectWriter, ExportTools], NamedFile]
"""Writes the whole file, and says how it is called."""

_PREPARERS: dict[ExportKind, Preparer] = {
    ExportKind.ANNEXES: bundle_notices.annexes,
    ExportKind.EVIDENCE: bundle_notices.evidence,
    ExportKind.MAILBOX: bundle_notices.mailbox,
    ExportKind.LISTING: export_listing.listing,
}


def prepare_export(export_id: str, *, tools: ExportTools) -> None:
    """Prepare one file; one that is ready, has expired or never was asked for is left alone.

    One that is too large to be made is told with its reason, and not tried again.

    Raises:
        CasillaError: it could not be prepared; the person is told so, and the message comes again.

    """
    export = tools.exports.find(export_id)
    if export is None or export.state is ExportState.READY or tools.clock() >= export.expires_at:
        return
    key = f"{export.requested_at:%Y/%m/%d}/{export_id}/{tools.new_id()}"
    try:
        with tools.export_files.writing(key) as sink:
            named = _PREPARERS[export.kind](export, sink, tools)
    except TooLarge as refused:
        tools.exports.fail(export_id, ExportProblem(refused.code, refused.detail))
        return
    except BaseException:
        tools.exports.fail(export_id)
        raise
    tools.exports.finish(export_id, PreparedFile(key, named.filename, named.media_type, sink.size))
