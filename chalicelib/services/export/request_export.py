"""Ask for a file that a worker has to put together, and fetch it when it is ready."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.export.export import Export, ExportKind, ExportState
from chalicelib.domain.limit import Limit
from chalicelib.domain.session import Session
from chalicelib.services.export.tools import ExportTools

LINK_LIVES_S = 300
_LISTS_ARE_BEHIND = timedelta(seconds=10)
"""How long after a suspension a list may still tell what was in it."""
_FILES_PER_USER = Limit("export-user", 60, 60 * 60)
_MAILBOXES_PER_USER = Limit("export-mailbox-user", 10, 24 * 60 * 60)
"""One copies gigabytes."""


def request_export(kind: ExportKind, parameters: Mapping[str, str], session: Session, *, tools: ExportTools) -> Export:
    """Keep the request and hand it to the worker; may whose session it is have it, is the caller's to know.

    Raises:
        TooManyRequests: `limit_reached`, with the time to wait.
        Unavailable: `store_unavailable` or `queue_unavailable`; ask again.

    """
    now = tools.clock()
    limit = _MAILBOXES_PER_USER if kind is ExportKind.MAILBOX else _FILES_PER_USER
    tools.limits().spend(limit.key(session.user_id), limit=limit.limit, window_s=limit.window_s, now=now)
    export = Export(
        export_id=tools.new_id(),
        mailbox_id=session.mailbox_id,
        user_id=session.user_id,
        kind=kind,
        requested_at=now,
        parameters=parameters,
    )
    tools.exports.add(export)
    tools.queue.send(export.export_id)
    return export


def find_export(export: Export | None, session: Session, *, tools: ExportTools) -> Export:
    """Let whoever asked for a file see how far it is.

    Raises:
        NotFound: `export_not_found`, also for somebody else's and for one whose day is over.

    """
    if export is None or export.user_id != session.user_id or export.mailbox_id != session.mailbox_id:
        raise _not_found()
    if tools.clock() >= export.expires_at:
        raise _not_found()
    return export


def export_link(export: Export, *, tools: ExportTools) -> str | None:
    """Return a short-lived link to a file that is ready, else None.

    Raises:
        Conflict: `export_outdated`: since it was asked for, the reading of a notice was suspended that may be in it.

    """
    if export.state is not ExportState.READY or export.prepared is None:
        return None
    suspended_at = tools.suspensions.suspended_at(export.mailbox_id)
    if suspended_at is not None and export.requested_at < suspended_at + _LISTS_ARE_BEHIND:
        detail = (
            "Este archivo ya no se puede descargar: una entidad suspendió la lectura de una notificación de tu casilla."
            " Pídelo otra vez."
        )
        raise Conflict("export_outdated", detail)
    prepared = export.prepared
    return tools.export_files.link(prepared.object_key, prepared.filename, prepared.media_type, expires_s=LINK_LIVES_S)


def _not_found() -> NotFound:
    return NotFound("export_not_found", "Esa descarga no existe o ya venció. Pídela otra vez.")
