"""Files that arrive in the uploads bucket, and their worker as its queue calls it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

from chalicelib.bootstrap.files import files
from tests.deposit_world import World
from tests.faults.strike import ProcessDied


@contextmanager
def _job_done() -> Iterator[list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.msg == "job done":
                found.append(vars(record))

    kept, logger = Kept(), logging.getLogger("casilla")
    level = logger.level
    logger.addHandler(kept)
    logger.setLevel(logging.INFO)
    try:
        yield found
    finally:
        logger.removeHandler(kept)
        logger.setLevel(level)


@dataclass
class Arrivals:
    """Puts objects as a grant has them put, and tells `check_uploads` of them."""

    world: World
    client: Any

    def put(self, granted: dict[str, Any], content: bytes) -> str:
        """Put what was granted, and return its key."""
        key: str = urlsplit(granted["url"]).path.removeprefix("/")
        sent = granted["headers"]
        metadata = {name[11:]: value for name, value in sent.items() if name.startswith("x-amz-meta-")}
        bucket = self.world.container.config.uploads_bucket
        self.client.put_object(
            Bucket=bucket, Key=key, Body=content, ContentType=sent["Content-Type"], Metadata=metadata
        )
        return key

    def tell(self, key: str, *, tries: int = 1) -> dict[str, Any]:
        """Hand the arrival to the worker, and return what its line says."""
        body = json.dumps({"Records": [{"s3": {"object": {"key": quote_plus(key)}}}]})
        sent = int(self.world.clock.now.timestamp() * 1000)
        record = {
            "messageId": "m1",
            "receiptHandle": "r1",
            "body": body,
            "attributes": {"ApproximateReceiveCount": str(tries), "SentTimestamp": str(sent)},
        }
        with _job_done() as reports:
            self.world.client.lambda_.invoke("check_uploads", {"Records": [record]})
        [report] = reports
        return report

    def arrive(self, granted: dict[str, Any], content: bytes) -> dict[str, Any]:
        """Put it and tell of it."""
        return self.tell(self.put(granted, content))

    def die_of(self, key: str, *, tries: int) -> None:
        """Have the process die while it reads the object."""

        def die(**_: Any) -> None:
            raise ProcessDied

        events = files(self.world.container)._client.meta.events  # noqa: SLF001 - the engine's own hooks
        events.register("before-call.s3.GetObject", die)
        try:
            with suppress(ProcessDied):
                self.tell(key, tries=tries)
        finally:
            events.unregister("before-call.s3.GetObject", die)

    def objects(self) -> list[str]:
        """Return every key in the bucket."""
        found = self.client.list_objects_v2(Bucket=self.world.container.config.uploads_bucket)
        return [item["Key"] for item in found.get("Contents", [])]
