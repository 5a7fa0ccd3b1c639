"""Check a file that arrived by presigned URL or form, and keep the copy that was checked.

Deposits use the copy in the documents bucket; what happens later to the staging object changes nothing. Every step
can be repeated: the copy's key follows from the arrival, and the first outcome stored stands.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from chalicelib.domain.errors import InvalidInput, NotReady
from chalicelib.domain.notice import FileFacts, FileRole
from chalicelib.domain.upload.file_check import SentByForm
from chalicelib.domain.upload.upload import (
    UPLOAD_LIFETIME,
    ArrivedUpload,
    Refusal,
    Upload,
    UploadState,
    checked_key,
    problems_of,
    read_form_key,
    staging_key,
)
from chalicelib.gateways.files import Files
from chalicelib.services.upload.inspect_file import inspect_file
from chalicelib.services.upload.judge_file import declared_by, judge_file
from chalicelib.store.upload_store import UploadStore

_CLEAN = "NO_THREATS_FOUND"


def check_upload(key: str, *, files: Files, uploads: UploadStore, now: datetime, malware_scan: str) -> Upload | None:
    """Return the outcome for the object at `key`; None when nothing lies there, since it was checked before.

    `malware_scan` is `guardduty` or `off`, as in the configuration.

    Raises:
        NotReady: `scan_pending` while the malware scan has not said anything; deliver the event again later.
        InvalidInput: `upload_not_granted` when the object did not come by a grant.
        Conflict: `upload_changed` when the object was replaced meanwhile; deliver again.

    """
    arrived = files.find_sent_by_form(key) if read_form_key(key) else files.find_upload(key)
    if arrived is None:
        return None
    upload_id = _upload_id(arrived)
    outcome = uploads.find(upload_id)
    if outcome is None:
        outcome = _check(arrived, upload_id, files=files, now=now, malware_scan=malware_scan)
        if not uploads.add(outcome):
            outcome = uploads.find(upload_id)
    files.delete_upload(key)
    return outcome


def _upload_id(arrived: ArrivedUpload | SentByForm) -> str:
    if isinstance(arrived, SentByForm):
        return arrived.key.split("/")[2]
    upload_id = arrived.key.rpartition("/")[2]
    if not upload_id or arrived.key != staging_key(arrived.institution_id, upload_id):
        raise InvalidInput("upload_not_granted", "El archivo no llegó por un permiso de carga. Pida uno.")
    return upload_id


def _check(
    found: ArrivedUpload | SentByForm, upload_id: str, *, files: Files, now: datetime, malware_scan: str
) -> Upload:
    """Look at the object, and copy it to where deposits find it if nothing is wrong."""
    infected = scan_refusal(files.scan_status(found.key)) if malware_scan == "guardduty" else None
    arrived, seen = (_named(found), infected) if infected else _inspect(found, files)
    refusal, facts = (seen, None) if isinstance(seen, Refusal) else (None, seen)
    outcome = Upload(
        upload_id=upload_id,
        institution_id=arrived.institution_id,
        declared=arrived.declared,
        state=UploadState.REFUSED if refusal else UploadState.CHECKED,
        object_key="" if refusal else checked_key(arrived),
        checked_at=now,
        refusal=refusal,
        expires_at=None if refusal else now + UPLOAD_LIFETIME,
        facts=facts,
    )
    if outcome.state is UploadState.CHECKED:
        files.promote_upload(arrived, outcome.object_key)
    return outcome


def scan_refusal(status: str | None) -> Refusal | None:
    """Let only a finished scan without findings pass: a scan that failed proves nothing."""
    if status is None:
        detail = "El archivo se está analizando. Consulte de nuevo en un minuto."
        raise NotReady("scan_pending", detail, retry_after=60)
    if status == _CLEAN:
        return None
    return Refusal("file_infected", "El análisis halló un programa dañino, o no pudo leer el archivo. Envíe otro.")


def _inspect(found: ArrivedUpload | SentByForm, files: Files) -> tuple[ArrivedUpload, FileFacts | Refusal]:
    with tempfile.TemporaryDirectory() as directory:
        content = Path(directory) / "upload"
        files.download_upload(found, content)
        arrived = _named(found, content)
        if isinstance(found, SentByForm):
            verdict = judge_file(content, arrived.declared, FileRole.ANNEX)
            first = next(iter(verdict.problems), None)
            return arrived, Refusal(first.code, first.detail, verdict.problems) if first else verdict.facts
        try:
            return arrived, inspect_file(content, arrived.declared, role=FileRole.ANNEX)
        except InvalidInput as refusal:
            return arrived, Refusal(refusal.code, refusal.detail, problems_of(refusal))


def _named(found: ArrivedUpload | SentByForm, content: Path | None = None) -> ArrivedUpload:
    """Return what arrived with what is said of it: a form's file says itself what it is, once it is here."""
    if isinstance(found, ArrivedUpload):
        return found
    institution_id, _, filename = read_form_key(found.key) or ("", "", "")
    declared = declared_by(content or b"", filename)
    return ArrivedUpload(found.key, institution_id, declared, found.etag, found.arrived_at)
