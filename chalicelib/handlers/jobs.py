"""Streams, queues, topics and schedules: each hands its records to a use case and reports what failed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools import Logger
from chalice.app import Blueprint, CloudWatchEvent, DynamoDBEvent, SNSEvent, SQSEvent

from chalicelib.bootstrap import Container, current
from chalicelib.domain.alert.alert import AlertBatch
from chalicelib.domain.errors import InvalidInput
from chalicelib.handlers.fault import describe_fault

jobs = Blueprint(__name__)
logger = Logger(service="casilla")

_SWEEP_TIME = timedelta(minutes=4)
"""A sweep starts nothing new after this; its function may run one minute longer."""


@jobs.on_dynamodb_record(stream_arn="events-stream", batch_size=10, name="send_alerts")
def send_alerts(event: DynamoDBEvent) -> dict[str, Any]:
    """Send the alerts of each notice deposited; a failed record comes again, alone."""
    box = current()

    def handle(record: dict[str, Any]) -> None:
        image = record["dynamodb"].get("NewImage", {})
        if image.get("type", {}).get("S") == "notice.deposited":
            _send(image["subject"]["S"].removeprefix("notice#"), box)

    records = event.to_dict()["Records"]
    return _failures(records, lambda record: str(record["dynamodb"]["SequenceNumber"]), handle)


@jobs.on_sqs_message(queue="uploads-arrived", batch_size=1, name="check_uploads")
def check_uploads(event: SQSEvent) -> dict[str, Any]:
    """Check each file that arrived."""
    from chalicelib.services.upload.check_upload import check_upload

    box = current()

    def handle(message: dict[str, Any]) -> None:
        for arrival in json.loads(message["body"]).get("Records", ()):  # S3 also sends a test event without records
            key = unquote_plus(arrival["s3"]["object"]["key"])
            try:
                check_upload(
                    key, files=box.files, uploads=box.uploads, now=box.clock(), malware_scan=box.config.malware_scan
                )
            except InvalidInput as error:  # not sent by a grant: nothing will ever ask for it
                logger.warning("stray upload", code=error.code)

    return _failures(event.to_dict()["Records"], lambda message: str(message["messageId"]), handle)


@jobs.on_sqs_message(queue="exports-requested", batch_size=1, name="prepare_exports")
def prepare_exports(event: SQSEvent) -> dict[str, Any]:
    """Put together each file that somebody asked for."""
    from chalicelib.services.export.prepare_export import prepare_export

    box = current()

    def handle(message: dict[str, Any]) -> None:
        prepare_export(json.loads(message["body"])["export_id"], tools=box.export_tools)

    return _failures(event.to_dict()["Records"], lambda message: str(message["messageId"]), handle)


@jobs.on_sns_message(topic="mail-events", name="record_deliveries")
def record_deliveries(event: SNSEvent) -> None:
    """Record what became of an e-mail."""
    from chalicelib.services.alert.record_delivery import record_delivery

    box = current()
    try:
        record_delivery(json.loads(event.message), batches=box.alert_batches, new_event_id=box.identifiers.new_event_id)
    except (InvalidInput, ValueError) as error:
        logger.error("delivery report not understood", fault=describe_fault(error))


@jobs.schedule("rate(2 minutes)", name="sweep_alerts")
def sweep_alerts(_: CloudWatchEvent) -> dict[str, Any]:
    """Send alerts that the stream missed or that wait for another attempt."""
    from chalicelib.services.alert.sweep_alerts import sweep_alerts as sweep

    box = current()
    report = sweep(
        batches=box.alert_batches,
        send=lambda notice_id: _send(notice_id, box),
        now=box.clock,
        until=box.clock() + _SWEEP_TIME,
    )
    return _reported("sweep_alerts", report)


@jobs.schedule("cron(30 6 * * ? *)", name="expire_uploads")
def expire_uploads(_: CloudWatchEvent) -> dict[str, Any]:
    """Forget uploads that no deposit used; at half past one in the morning, hora de Lima."""
    from chalicelib.services.upload.expire_uploads import expire_uploads as expire

    box = current()
    return _reported("expire_uploads", expire(uploads=box.uploads, files=box.files, now=box.clock()))


@jobs.schedule("cron(0 7 * * ? *)", name="sweep_orphans")
def sweep_orphans(_: CloudWatchEvent) -> dict[str, Any]:
    """Delete what deposits that never committed left behind; at two in the morning, hora de Lima."""
    from chalicelib.services.deposit.sweep_orphans import sweep_orphans as sweep_away

    box = current()
    report = sweep_away(files=box.files, notices=box.notices, now=box.clock, until=box.clock() + _SWEEP_TIME)
    return _reported("sweep_orphans", report)


@jobs.schedule("rate(5 minutes)", name="finish_registrations")
def finish_registrations(_: CloudWatchEvent) -> dict[str, Any]:
    """Ask the registries again about those who registered while one did not answer."""
    from chalicelib.services.registration.finish_registrations import finish_registrations as finish

    box = current()
    if not (box.config.reniec_url and box.config.sunat_url):
        return {}
    return _reported("finish_registrations", finish(tools=box.registration_tools, until=box.clock() + _SWEEP_TIME))


@jobs.schedule("cron(15 7 * * ? *)", name="clean_registrations")
def clean_registrations(_: CloudWatchEvent) -> dict[str, Any]:
    """Delete registrations that were never completed; at a quarter past two in the morning, hora de Lima."""
    from chalicelib.services.registration.clean_registrations import clean_registrations as clean_stale

    box = current()
    return _reported("clean_registrations", clean_stale(registrations=box.registrations, now=box.clock()))


@jobs.schedule("cron(45 7 * * ? *)", name="clean_tokens")
def clean_tokens(_: CloudWatchEvent) -> dict[str, Any]:
    """Delete expired tokens that the time to live left behind; at a quarter to three in the morning, hora de Lima."""
    from chalicelib.services.access.clean_tokens import clean_tokens as clean_up

    box = current()
    return _reported("clean_tokens", clean_up(tokens=box.tokens, now=box.clock()))


def _send(notice_id: str, box: Container) -> AlertBatch | None:
    from chalicelib.services.alert.send_alerts import send_alerts as send

    return send(
        notice_id,
        batches=box.alert_batches,
        channels=box.channels,
        now=box.clock,
        new_event_id=box.identifiers.new_event_id,
    )


def _failures(
    records: list[dict[str, Any]],
    identify: Callable[[dict[str, Any]], str],
    handle: Callable[[dict[str, Any]], None],
) -> dict[str, Any]:
    """Handle every record; name those that failed, so that they alone come again."""
    failed = []
    for record in records:
        try:
            handle(record)
        except Exception as error:  # noqa: BLE001 - whatever it is, only this record comes again
            logger.error("record failed", record=identify(record), fault=describe_fault(error))
            failed.append({"itemIdentifier": identify(record)})
    return {"batchItemFailures": failed}


def _reported(job: str, report: Any) -> dict[str, Any]:
    counts = {name: getattr(report, name) for name in report.__slots__}
    logger.info("job done", job=job, **counts)
    return counts
