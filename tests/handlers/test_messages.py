"""What becomes of a queue's message that cannot be handled, as Lambda's event source would see it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sqs.models import sqs_backends

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.domain.upload.upload import UploadState, staging_key
from tests.cloud import Engine
from tests.deposit_world import World
from tests.upload_world import TEXT, a_declared, satisfy_moto

S3_EVENT = "s3:ObjectCreated:Put"


@dataclass
class Queue:
    """The uploads' queue with its worker. `container` scans, or does not."""

    engine: Engine
    world: World
    container: Container

    @property
    def url(self) -> str:
        return self.container.config.uploads_queue

    def arrive(self, upload_id: str = "u1") -> str:
        """Put a file as a grant would have it, and return its key; moto tells no queue of it."""
        declared, key = a_declared(), staging_key("entidad-demo", upload_id)
        now = self.world.clock.now
        grant = files(self.container).upload_grant(key, "entidad-demo", declared, now=now, expires_at=now)
        metadata = {name.removeprefix("x-amz-meta-"): value for name, value in grant.headers.items() if "meta" in name}
        self.engine.client("s3").put_object(
            Bucket=self.container.config.uploads_bucket, Key=key, Body=TEXT, ContentType="text/plain", Metadata=metadata
        )
        for message in self.engine.client("sqs").receive_message(QueueUrl=self.url).get("Messages", []):
            self.engine.client("sqs").delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return key

    def tag(self, key: str, status: str) -> None:
        tags = {"TagSet": [{"Key": "GuardDutyMalwareScanStatus", "Value": status}]}
        self.engine.client("s3").put_object_tagging(Bucket=self.container.config.uploads_bucket, Key=key, Tagging=tags)

    def handle(
        self, body: dict[str, Any], *, tries: int = 1, age: timedelta = timedelta(seconds=1)
    ) -> tuple[bool, float]:
        """Hand one message over; tell whether it was handled, and after how many seconds it comes again if not."""
        sqs = self.engine.client("sqs")
        sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(body))
        [message] = sqs.receive_message(QueueUrl=self.url)["Messages"]
        sent = (self.world.clock.now - age).timestamp()
        record = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": {"ApproximateReceiveCount": str(tries), "SentTimestamp": str(int(sent * 1000))},
            "eventSource": "aws:sqs",
        }
        answer = self.world.client.lambda_.invoke("check_uploads", {"Records": [record]}).payload
        messages = sqs_backends[ACCOUNT]["us-east-1"].queues[self.url.rpartition("/")[2]]._messages  # noqa: SLF001
        [visible_at] = [waiting.visible_at for waiting in messages if waiting.id == message["MessageId"]]
        sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return answer == {"batchItemFailures": []}, visible_at / 1000 - time.time()  # noqa: TID251 - moto's clock


@pytest.fixture
def queue(world: World, moto_engine: Engine) -> Queue:
    return Queue(moto_engine, world, world.container)


@pytest.fixture
def scanning(world: World, moto_engine: Engine) -> Iterator[Queue]:
    config = replace(world.container.config, malware_scan="guardduty")
    container = Container(config, clock=world.clock, pause=lambda _: None)
    files(container)._client.meta.events.register("before-call.s3.CopyObject", satisfy_moto)  # noqa: SLF001 - as above
    with using(container):
        yield Queue(moto_engine, world, container)


def arrival(key: str) -> dict[str, Any]:
    return {"Records": [{"eventSource": "aws:s3", "eventName": S3_EVENT, "s3": {"object": {"key": key}}}]}


def scan_result(key: str, bucket: str = "b") -> dict[str, Any]:
    """As GuardDuty's documentation shows it."""
    return {
        "version": "0",
        "id": "72c7d362-737a-6dce-fc78-9e27a0171419",
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "source": "aws.guardduty",
        "account": "111122223333",
        "time": "2026-03-09T20:15:30Z",
        "region": "us-east-1",
        "resources": ["arn:aws:guardduty:us-east-1:111122223333:malware-protection-plan/b4c7f464ab3a4EXAMPLE"],
        "detail": {
            "schemaVersion": "1.0",
            "scanStatus": "COMPLETED",
            "resourceType": "S3_OBJECT",
            "s3ObjectDetails": {
                "bucketName": bucket,
                "objectKey": key,
                "eTag": "ASIAI44QH8DHBEXAMPLE",
                "versionId": "d41d8cd98f00b204e9800998eEXAMPLE",
                "s3Throttled": False,
            },
            "scanResultDetails": {"scanResultStatus": "NO_THREATS_FOUND", "threats": None},
        },
    }


@pytest.mark.parametrize(("tries", "wait"), [(1, 5), (2, 10), (5, 80), (9, 900), (60, 900)])
def test_what_does_not_answer_for_a_moment_is_asked_again_in_seconds(queue: Queue, tries: int, wait: int) -> None:
    key = queue.arrive()

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://s3.example")

    events = files(queue.container)._client.meta.events  # noqa: SLF001 - the engine's own hooks
    events.register("before-call.s3.HeadObject", fail)
    try:
        is_handled, comes_again = queue.handle(arrival(key), tries=tries)
    finally:
        events.unregister("before-call.s3.HeadObject", fail)

    assert not is_handled
    assert wait - 5 < comes_again <= wait + 1


def test_what_fails_for_good_is_left_to_the_queue(queue: Queue) -> None:
    is_handled, comes_again = queue.handle({"Records": [{"s3": {}}]})

    assert not is_handled
    assert 700 < comes_again <= 720


@pytest.mark.parametrize("body", [{"Records": [{"s3": {}}]}, "arrival"])
def test_a_message_that_is_not_handled_tells_how_long_it_has_waited(
    scanning: Queue, caplog: pytest.LogCaptureFixture, body: Any
) -> None:
    key = scanning.arrive()
    scanning.handle(arrival(key) if body == "arrival" else body, age=timedelta(minutes=20), tries=5)
    scanning.handle(arrival("nobody's"), age=timedelta(hours=1))

    done = [vars(line) for line in caplog.records if line.message == "job done"]
    assert [line["oldest_waiting_s"] for line in done] == [1200, 0]


def test_an_arrival_waits_for_its_scan_without_error(scanning: Queue, caplog: pytest.LogCaptureFixture) -> None:
    is_handled, comes_again = scanning.handle(arrival(scanning.arrive()))

    assert not is_handled
    assert 55 < comes_again <= 61
    assert {line.levelname for line in caplog.records} == {"INFO"}
    [done] = [vars(line) for line in caplog.records if line.message == "job done"]
    assert (done["waiting"], done["failed"]) == (1, 0)


@pytest.mark.parametrize(
    ("status", "state"), [("NO_THREATS_FOUND", UploadState.CHECKED), ("THREATS_FOUND", UploadState.REFUSED)]
)
def test_the_scans_result_starts_the_check(scanning: Queue, status: str, state: UploadState) -> None:
    key = scanning.arrive()
    scanning.tag(key, status)

    is_handled, _ = scanning.handle(scan_result(key))

    assert is_handled
    found = upload_store(scanning.container).find("u1")
    assert found is not None
    assert found.state is state
    assert scanning.handle(arrival(key))[0]


def test_a_result_whose_tag_does_not_show_yet_comes_again_in_seconds(scanning: Queue) -> None:
    is_handled, comes_again = scanning.handle(scan_result(scanning.arrive()))

    assert not is_handled
    assert 0 < comes_again <= 6


def test_a_result_of_a_file_that_came_by_no_grant_is_done_with(scanning: Queue) -> None:
    key = "malware-protection-resource-validation-object"
    scanning.engine.client("s3").put_object(Bucket=scanning.container.config.uploads_bucket, Key=key, Body=b"x")

    assert scanning.handle(scan_result(key))[0]
