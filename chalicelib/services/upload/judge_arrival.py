"""Judge a file that was sent apart to be checked only: keep the outcome for an hour, and delete the file at once.

Every step can be repeated, and the first outcome stands. A file that no process survives is given up after some tries.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.upload.file_check import (
    GIVEN_UP_AFTER,
    OUTCOME_LIFETIME,
    CheckPlace,
    FileCheck,
    SentByForm,
    Verdict,
    check_key,
    read_check_key,
)
from chalicelib.domain.upload.upload import ArrivedUpload
from chalicelib.gateways.files import Files
from chalicelib.services.upload.check_upload import scan_refusal
from chalicelib.services.upload.judge_file import judge_file, judge_sent_file
from chalicelib.store.file_check_store import FileCheckStore


def judge_arrival(  # noqa: PLR0913 - what lies where, and what is known of it
    key: str, *, tries: int, files: Files, checks: FileCheckStore, now: datetime, malware_scan: str
) -> FileCheck | None:
    """Return the outcome for the object at `key`, which is deleted; None when nothing lies there.

    `tries` is how often this arrival was handed out. Past `GIVEN_UP_AFTER` the file is not looked at any more.

    Raises:
        NotReady: `scan_pending`; deliver the event again later.
        InvalidInput: `upload_not_granted` when the object did not come by a grant; it is deleted all the same.
        Conflict: `upload_changed` when the object was replaced meanwhile; deliver again.

    """
    try:
        place, arrived = _find(key, files)
    except InvalidInput:
        files.delete_upload(key)
        raise
    if arrived is None:
        return None
    outcome = checks.find(place.owner, place.check_id, now)
    if outcome is None:
        given_up = tries > GIVEN_UP_AFTER
        verdict = None if given_up else _judge(place, arrived, files=files, malware_scan=malware_scan)
        outcome = FileCheck(place.owner, place.check_id, now + OUTCOME_LIFETIME, verdict, place.role)
        if not checks.add(outcome):
            outcome = checks.find(place.owner, place.check_id, now) or outcome
    files.delete_upload(key)
    return outcome


def _find(key: str, files: Files) -> tuple[CheckPlace, ArrivedUpload | SentByForm | None]:
    place = read_check_key(key)
    if place is None:
        raise _not_granted()
    if place.is_visitors:
        return place, files.find_sent_by_form(key)
    arrived = files.find_upload(key)
    if arrived is not None and key != check_key(arrived.institution_id, place.role, place.check_id):
        raise _not_granted()
    return place, arrived


def _judge(place: CheckPlace, arrived: ArrivedUpload | SentByForm, *, files: Files, malware_scan: str) -> Verdict:
    declared = arrived.declared if isinstance(arrived, ArrivedUpload) else None
    infected = scan_refusal(files.scan_status(arrived.key)) if malware_scan == "guardduty" else None
    if infected:
        found = infected.all_problems
        return Verdict(declared.sha256, declared.size, found) if declared else Verdict("", 0, found)
    with tempfile.TemporaryDirectory() as directory:
        content = Path(directory) / "file"
        files.download_upload(arrived, content)
        if declared:
            return judge_file(content, declared, place.role)
        return judge_sent_file(content, place.filename or "", place.role)


def _not_granted() -> InvalidInput:
    return InvalidInput("upload_not_granted", "El archivo no llegó por un permiso de carga. Pida uno.")
