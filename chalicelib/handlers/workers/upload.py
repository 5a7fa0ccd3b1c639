"""Check files that arrived, and forget those that no deposit used."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote_plus

from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.domain.errors import InvalidInput
from chalicelib.handlers.log import log
from chalicelib.handlers.workers.reports import NIGHT_TIME, failures, message_id, reported
from chalicelib.services.upload import expire_uploads as expiring
from chalicelib.services.upload.check_upload import check_upload


def check_uploads(event: SQSEvent) -> dict[str, Any]:
    """Check each file that arrived."""
    box = current()
    scan = box.config.malware_scan

    def handle(message: dict[str, Any]) -> None:
        for arrival in json.loads(message["body"]).get("Records", ()):  # S3 also sends a test event without records
            key = unquote_plus(arrival["s3"]["object"]["key"])
            try:
                check_upload(key, files=files(box), uploads=upload_store(box), now=box.clock(), malware_scan=scan)
            except InvalidInput as error:  # not sent by a grant: nothing will ever ask for it
                log().warning("stray upload", code=error.code)

    return failures(event.to_dict()["Records"], message_id, handle)


def expire_uploads(_: CloudWatchEvent) -> dict[str, Any]:
    """Forget uploads that no deposit used."""
    box = current()
    until = box.clock() + NIGHT_TIME
    report = expiring.expire_uploads(uploads=upload_store(box), files=files(box), now=box.clock, until=until)
    return reported("expire_uploads", report)
