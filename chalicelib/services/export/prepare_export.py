"""Put together a file that somebody asked for: the worker behind the queue of exports.

The queue may deliver a request twice, also at once: each try writes an object of its own, and the first one to end is
the one that counts. What fails for a moment is tried again in seconds, so that the person is told only when it goes on
failing, or at once when it failed for another reason; the queue tries again all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from chalicelib.domain.errors import TooLarge, Unavailable
from chalicelib.domain.export.export import Export, ExportKind, ExportProblem, ExportState, PreparedFile
from chalicelib.domain.reading.suspension import ReadingSuspended
from chalicelib.gateways.export.export_files import ObjectWriter
from chalicelib.services.export import bundle_notices, export_listing
from chalicelib.services.export.tools import ExportTools, NamedFile

Preparer = Callable[[Export, ObjectWriter, ExportTools], NamedFile]
"""Writes the whole file, and says how it is called."""

PREPARERS: Mapping[ExportKind, Preparer] = {
    ExportKind.ANNEXES: bundle_notices.annexes,
    ExportKind.EVIDENCE: bundle_notices.evidence,
    ExportKind.MAILBOX: bundle_notices.mailbox,
    ExportKind.LISTING: export_listing.listing,
}


_QUIET_TRIES = 4
"""Tries that may fail for a moment before the person is told: some 35 seconds."""


class Preparation(StrEnum):
    """What became of a request: `gone` was ready, had expired or never was; `refused` is too large to be made."""

    PREPARED = "prepared"
    REFUSED = "refused"
    GONE = "gone"


def prepare_export(
    export_id: str, *, tools: ExportTools, tries: int = 1, preparers: Mapping[ExportKind, Preparer] = PREPARERS
) -> Preparation:
    """Prepare one file, `tries` being how often it was tried, this time included.

    `preparers` are those of this wing, or with them those of a wing that uses it.

    One that is too large to be made, or whose reading is suspended, is told with its reason, and not tried again.

    Raises:
        CasillaError: it could not be prepared; the person is told so, and the message comes again.

    """
    export = tools.exports.find(export_id)
    if export is None or export.state is ExportState.READY or tools.clock() >= export.expires_at:
        return Preparation.GONE
    key = f"{export.requested_at:%Y/%m/%d}/{export_id}/{tools.new_id()}"
    try:
        with tools.export_files.writing(key) as sink:
            named = preparers[export.kind](export, sink, tools)
    except (TooLarge, ReadingSuspended) as refused:
        tools.exports.fail(export_id, ExportProblem(refused.code, refused.detail))
        return Preparation.REFUSED
    except BaseException as error:
        if tries > _QUIET_TRIES or not isinstance(error, Unavailable):
            tools.exports.fail(export_id)
        raise
    is_first = tools.exports.finish(export_id, PreparedFile(key, named.filename, named.media_type, sink.size))
    return Preparation.PREPARED if is_first else Preparation.GONE
