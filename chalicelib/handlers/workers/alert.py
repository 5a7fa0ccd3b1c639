"""Send alerts, sweep up those that wait, record what became of e-mails."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalice.app import CloudWatchEvent, DynamoDBEvent, SNSEvent

from chalicelib.bootstrap import Container, current
from chalicelib.bootstrap.alert import digest_tools, report_tools, sending_tools, watching_tools
from chalicelib.domain.alert.alert import ReportKind
from chalicelib.domain.alert.delivery_report import parse_report
from chalicelib.domain.alert.filing_news import Occasion, batch_id
from chalicelib.domain.errors import NotReady
from chalicelib.handlers.fault import describe_fault
from chalicelib.handlers.log import log
from chalicelib.handlers.workers.reports import NIGHT_TIME, SWEEP_TIME, failures, reported, reported_deliveries
from chalicelib.services.alert import send_alerts as sending
from chalicelib.services.alert import send_digests as digesting
from chalicelib.services.alert import sweep_alerts as sweeping
from chalicelib.services.alert import watch_addresses as watching
from chalicelib.services.alert.record_delivery import record_delivery
from chalicelib.services.alert.renew import MAY_LIVE_AFTER, RENEWED, renew
from chalicelib.services.work_through import counted

FIRST_TRY = timedelta(seconds=20)
"""How long to write what could not be written before, ahead of what is new; the rest of the time for it comes after."""
OF_FILINGS = {
    "filing.filed": Occasion.FILED,
    "filing.observed": Occasion.OBSERVED,
    "filing.corrected": Occasion.CORRECTED,
}
"""Which events of a filing are told as they come, and as what; the stream's filter in the template names them too."""


@dataclass(frozen=True, slots=True)
class SentAlerts:
    """What became of alerts, as `send_alerts` counts them; `failed` counts notices that come again.

    `missed` counts the reminders, of those `cancelled`, that could not be sent in time. `renewed` counts the notices
    that are alerted anew, since an address of their mailbox may live again: the next sweep sends that.
    """

    sent: int
    address_refused: int
    waiting: int
    unknown: int
    gave_up: int
    cancelled: int
    missed: int
    renewed: int
    unwritten: int
    failed: int
    is_complete: bool


def send_alerts(event: DynamoDBEvent) -> dict[str, Any]:
    """Send the alerts of each notice deposited, and alert anew where an address may live again.

    A failed record comes again, alone. So does one whose outcome could not be written: then this process may still be
    there to write it.
    """
    box = current()
    tools, until = sending_tools(box), box.clock() + SWEEP_TIME
    outcomes: Counter[str] = Counter()

    def handle(record: dict[str, Any]) -> None:
        notice_id, mailbox_id = _notice(record), _mailbox(record)
        if notice_id is None and mailbox_id is None:
            return
        if box.clock() >= until:
            raise NotReady("out_of_time", "Se enviará en un momento.")
        if notice_id is None:
            outcomes[RENEWED] += renew(str(mailbox_id), tools)[RENEWED]
            return
        outcomes.update(sending.send_alerts(notice_id, tools, attached=_attached(record)))

    write_rest(tools, box, box.clock() + FIRST_TRY)
    records = event.to_dict()["Records"]
    answer = failures(records, _position, handle)
    write_rest(tools, box, until)
    outcomes["failed"] += len(answer["batchItemFailures"])
    outcomes["unwritten"] = len(tools.unwritten)
    still = [_position(record) for record in records if _notice(record) in tools.unwritten.notices]
    answer["batchItemFailures"] += [{"itemIdentifier": position} for position in still]
    is_complete = not (outcomes["failed"] or outcomes["unwritten"])
    reported("send_alerts", counted(SentAlerts, outcomes, is_complete=is_complete))
    return answer


def _notice(record: dict[str, Any]) -> str | None:
    """Return whose alerts a record calls for: of the notice deposited, or of a filing; None for what else there is."""
    image = record["dynamodb"].get("NewImage", {})
    occasion = OF_FILINGS.get(image.get("type", {}).get("S"))
    if occasion is not None:
        return batch_id(str(image.get("subject", {}).get("S", "")).removeprefix("filing#"), occasion)
    if image.get("type", {}).get("S") != "notice.deposited":
        return None
    return str(image.get("subject", {}).get("S", "")).removeprefix("notice#")


def _mailbox(record: dict[str, Any]) -> str | None:
    """Return the mailbox of which a record says that an address may live again; None for what else there is."""
    image = record["dynamodb"].get("NewImage", {})
    if image.get("type", {}).get("S") not in MAY_LIVE_AFTER:
        return None
    return str(image["subject"]["S"]).removeprefix("mailbox#")


def _attached(record: dict[str, Any]) -> str | None:
    """Return the object key of what goes with the alerts, if the log says so: it saves a hop, and the batch decides."""
    attached = _data(record).get("attached")
    return attached if isinstance(attached, str) else None


def _data(record: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(record["dynamodb"].get("NewImage", {}).get("data", {}).get("S", "{}"))
    return data


def _position(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def write_rest(tools: sending.SendingTools, box: Container, until: datetime) -> None:
    """Write what was sent and could not be written down before."""
    tools.unwritten.write_until(until, batches=tools.batches, now=box.clock, sleep=box.pause)


def sweep_alerts(_: CloudWatchEvent) -> dict[str, Any]:
    """Send alerts that the stream missed or that wait for another attempt."""
    box = current()
    tools, until = sending_tools(box), box.clock() + SWEEP_TIME
    write_rest(tools, box, box.clock() + FIRST_TRY)
    report = sweeping.sweep_alerts(
        batches=tools.batches,
        send=lambda notice_id: sending.send_alerts(notice_id, tools),
        now=box.clock,
        until=until,
    )
    write_rest(tools, box, until)
    return reported("sweep_alerts", report)


def watch_addresses(_: CloudWatchEvent) -> dict[str, Any]:
    """Alert anew where a channel lives again, for half of the time at most, and ask addresses that were silent."""
    box = current()
    now = box.clock()
    report = watching.watch_addresses(watching_tools(box), list_until=now + NIGHT_TIME / 2, until=now + NIGHT_TIME)
    return reported("watch_addresses", report)


def send_digests(_: CloudWatchEvent) -> dict[str, Any]:
    """Send each institution that wants it the digest of its alerts that failed."""
    box = current()
    report = digesting.send_digests(digest_tools(box), until=box.clock() + SWEEP_TIME)
    return reported("send_digests", report)


def record_deliveries(event: SNSEvent) -> dict[str, Any]:
    """Record what became of e-mails; the others' reports are recorded though one cannot be.

    Raises:
        DeliveriesUnrecorded: one was not understood or not recorded; the same event must come again, or be looked at.

    """
    box = current()
    outcomes: Counter[str] = Counter()
    for record in event.to_dict()["Records"]:
        outcome = "unreadable"
        try:
            message = json.loads(record["Sns"]["Message"])
            report = parse_report(message)
            if report is None:
                outcomes["ignored"] += 1
                continue
            outcome = "failed"
            is_new = record_delivery(message, report_tools(box))
            outcome = "recorded" if is_new else "known"
            outcomes["bounced"] += is_new and report.report.kind is ReportKind.BOUNCED
        except Exception as error:  # noqa: BLE001 - whatever it is, the other reports are recorded
            log().error("delivery report not recorded", code=outcome, fault=describe_fault(error))
        outcomes[outcome] += 1
    return reported_deliveries(outcomes)
