"""Check files that arrived, and forget those that no deposit used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib.bootstrap import Container, current
from chalicelib.bootstrap.files import file_check_store, files, upload_messages, upload_store
from chalicelib.bootstrap.storage import hold_store
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, NotReady
from chalicelib.domain.upload.file_check import is_check_key
from chalicelib.domain.upload.upload import UploadState
from chalicelib.handlers.log import log
from chalicelib.handlers.workers.messages import tries_of, work_off
from chalicelib.handlers.workers.reports import NIGHT_TIME, reported
from chalicelib.services.upload import expire_uploads as expiring
from chalicelib.services.upload.check_upload import check_upload
from chalicelib.services.upload.judge_arrival import judge_arrival
from chalicelib.services.work_through import counted

LONGEST_WAIT = timedelta(minutes=15)
"""The template's `maxReceiveCount` goes with it: `tests/infra/test_queues.py`."""

_OUTCOMES = {UploadState.CHECKED: "checked", UploadState.REFUSED: "refused"}
_SCANNED = "GuardDuty Malware Protection Object Scan Result"


@dataclass(frozen=True, slots=True)
class CheckedUploads:
    """What a batch came to: `gone` were checked before, `stray` came by no grant, `waiting` come again.

    Of files that were only to be judged, `judged` got a verdict, `given_up` none; both are deleted.
    """

    checked: int
    refused: int
    judged: int
    given_up: int
    gone: int
    stray: int
    waiting: int
    failed: int
    oldest_waiting_s: int
    is_complete: bool


def check_uploads(event: SQSEvent) -> dict[str, Any]:
    """Check each file that arrived, or whose scan is done."""
    box = current()

    def handle(message: dict[str, Any]) -> Iterator[str]:
        body = json.loads(message["body"])
        if body.get("detail-type") == _SCANNED:
            yield _check_scanned(body["detail"]["s3ObjectDetails"]["objectKey"], tries_of(message), box)
        for arrival in body.get("Records", ()):  # S3 also sends a test event without records
            yield _check(unquote_plus(arrival["s3"]["object"]["key"]), tries_of(message), box)

    done = work_off(event, handle, queue=upload_messages(box), longest_wait=LONGEST_WAIT, now=box.clock)
    is_complete = not done.outcomes["failed"]
    report = counted(CheckedUploads, done.outcomes, oldest_waiting_s=done.oldest_waiting_s, is_complete=is_complete)
    reported("check_uploads", report)
    return done.answer


def _check(key: str, tries: int, box: Container) -> str:
    scan = box.config.malware_scan
    try:
        if is_check_key(key):
            return _judge(key, tries, box)
        outcome = check_upload(key, files=files(box), uploads=upload_store(box), now=box.clock(), malware_scan=scan)
    except InvalidInput as error:  # not sent by a grant: nothing will ever ask for it
        log().warning("stray upload", code=error.code)
        return "stray"
    except NotFound:  # told twice, and looked at and deleted meanwhile
        return "gone"
    except Conflict as error:  # replaced while it was looked at, or not scanned yet
        raise NotReady(error.code, error.detail, retry_after=error.retry_after) from error
    return _OUTCOMES.get(outcome.state, "gone") if outcome is not None else "gone"


def _judge(key: str, tries: int, box: Container) -> str:
    """Judge one that was sent to be checked only, and goes."""
    outcome = judge_arrival(
        key,
        tries=tries,
        files=files(box),
        checks=file_check_store(box),
        now=box.clock(),
        malware_scan=box.config.malware_scan,
    )
    if outcome is None:
        return "gone"
    return "judged" if outcome.verdict else "given_up"


def _check_scanned(key: str, tries: int, box: Container) -> str:
    """Check one whose scan is done; its tag may show a moment later."""
    try:
        return _check(key, tries, box)
    except NotReady as error:
        raise NotReady(error.code, error.detail) from error


def expire_uploads(_: CloudWatchEvent) -> dict[str, Any]:
    """Forget uploads that no deposit used."""
    box = current()
    until = box.clock() + NIGHT_TIME
    report = expiring.expire_uploads(
        uploads=upload_store(box), files=files(box), now=box.clock, until=until, hold=hold_store(box).find()
    )
    return reported("expire_uploads", report)
