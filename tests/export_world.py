"""Prepared files as a person asks for them, and the worker that the queue starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from chalicelib.bootstrap.export import export_tools
from chalicelib.domain.export.export import Export
from tests.cloud import Engine
from tests.person_world import People


@dataclass
class Exports:
    """One person who is logged in, and the queue."""

    people: People
    engine: Engine
    token: str

    def ask(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.people.send("POST", "/v1/exports", body, token=self.token)
        assert answer.status_code == 202, answer.json_body
        asked: dict[str, Any] = answer.json_body
        return asked

    def show(self, export_id: str, status: int = 200) -> dict[str, Any]:
        answer = self.people.send("GET", f"/v1/exports/{export_id}", token=self.token)
        assert answer.status_code == status, answer.json_body
        shown: dict[str, Any] = answer.json_body
        shown.pop("correlation_id", None)
        return shown

    def stored(self, export_id: str) -> Export:
        found = export_tools(self.people.world.container).exports.find(export_id)
        assert found is not None
        return found

    def work(self, *, failing: bool = False) -> dict[str, Any]:
        """Have the worker handle the one message that waits."""
        sqs, url = self.engine.client("sqs"), self.people.world.container.config.exports_queue
        [message] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        sent = int(self.people.world.clock.now.timestamp() * 1000)
        record = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(sent)},
        }
        failed = [{"itemIdentifier": message["MessageId"]}] if failing else []
        assert self.invoke(record) == {"batchItemFailures": failed}
        return record

    def invoke(self, record: dict[str, Any]) -> Any:
        return self.people.world.client.lambda_.invoke("prepare_exports", {"Records": [record]}).payload

    def fetch(self, url: str) -> bytes:
        """Read what a link leads to; the engine in this process serves no addresses."""
        parts = urlsplit(url)
        assert "X-Amz-Signature" in parse_qs(parts.query)
        bucket = self.people.world.container.config.exports_bucket
        key = unquote(parts.path).removeprefix("/").removeprefix(f"{bucket}/")
        content: bytes = self.engine.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return content
