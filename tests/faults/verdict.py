"""What must hold after a journey, whatever went wrong on it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.notice import Notice
from chalicelib.store.codec import from_data
from tests.deposit_world import PDF
from tests.faults.journey import ANNEX, RECIPIENTS, Journey

RECORDING = ("dynamodb.TransactWriteItems alerts,events", "dynamodb.UpdateItem alerts")
"""With its events, or alone where those are not taken; a claim looks like the second, and comes before the messages."""


def violations(journey: Journey) -> list[str]:
    """Return what does not hold, each as `<kind>: <detail>`."""
    return [*_of_answers(journey), *_of_the_deposit(journey), *_of_alerts(journey), *_of_messages(journey)]


def _of_answers(journey: Journey) -> Iterator[str]:
    if journey.refusals:
        yield f"refused: {journey.refusals}"
    if len(journey.answers) < 3:
        yield f"unanswered: only {len(journey.answers)} of 3"
    if len(set(journey.answers)) > 1:
        yield f"answers differ: {set(journey.answers)}"


def _of_the_deposit(journey: Journey) -> Iterator[str]:
    lab = journey.lab
    notices = [_notice(item) for item in lab.items("notices")]
    records = lab.items("deposits")
    for name, found in (("notices", notices), ("records", records)):
        if len(found) != 1:
            yield f"{name}: {len(found)}"
    deposited = [item for item in lab.items("events") if item["type"]["S"] == "notice.deposited"]
    if len(deposited) != len(notices):
        yield f"events: {len(deposited)} deposits for {len(notices)} notices"
    counted = [int(item.get("deposited", {"N": "0"})["N"]) for item in lab.items("mailboxes")]
    if sum(counted) != len(notices):
        yield f"counters: {sum(counted)} deposits counted for {len(notices)} notices"
    known = {notice.notice_id for notice in notices}
    for table, attribute, prefix in (("deposits", "notice_id", ""), ("alerts", "notice_id", ""),
                                     ("events", "subject", "notice#")):  # fmt: skip
        strays = {item[attribute]["S"].removeprefix(prefix) for item in lab.items(table)} - known
        if strays:
            yield f"half state: {table} without a notice"
    for answer in set(journey.answers):
        yield from _of_one_answer(journey, json.loads(answer), {notice.notice_id: notice for notice in notices})
        if bytes(answer) not in [item["answer"]["B"] for item in records]:
            yield "record: does not hold the answer"


def _of_one_answer(journey: Journey, answer: dict[str, Any], notices: dict[str, Notice]) -> Iterator[str]:
    notice = notices.get(answer["notice_id"])
    if notice is None:
        yield "half state: an answer without its notice"
        return
    if f"{notice.deposited_at:%Y-%m-%dT%H:%M:%SZ}" != answer["deposited_at"]:
        yield "dates: the answer's is not the notice's"
    receipt = journey.lab.document(notice.receipt_key)
    if receipt is None or _sha256(receipt) != answer["receipt"]["sha256"] or len(receipt) != answer["receipt"]["size"]:
        yield f"receipt: {'missing' if receipt is None else 'not the one answered'}"
    contents = [journey.lab.document(file.object_key) for file in notice.files]
    if contents != [PDF, ANNEX] or [file.sha256 for file in notice.files] != [_sha256(PDF), _sha256(ANNEX)]:
        yield "files: missing or not those sent"
    for event in journey.lab.items("events"):
        if event["type"]["S"] == "notice.deposited" and answer["receipt"]["sha256"] not in event["data"]["S"]:
            yield "events: another receipt than the one answered"


def _of_alerts(journey: Journey) -> Iterator[str]:
    for item in journey.lab.items("alerts"):
        alerts = json.loads(item["alerts"]["S"])
        if [alert["state"] for alert in alerts] != [AlertState.ACCEPTED.value] * len(RECIPIENTS):
            yield f"alerts: {[alert['state'] for alert in alerts]}"
        if "due_shard" in item or int(item["leased_until"]["N"]):
            yield "alerts: not at rest"
    sent = [json.loads(item["data"]["S"]) for item in journey.lab.items("events") if item["type"]["S"] == "alert.sent"]
    if len({data["alert_id"] for data in sent}) != len(RECIPIENTS):
        yield f"events: {len(sent)} alerts sent"
    if len({data["message_id"] for data in sent}) != len(sent) or len(sent) > journey.lab.messages().total():
        yield "events: more alerts sent than there were"


def _of_messages(journey: Journey) -> Iterator[str]:
    expected = expected_messages(journey)
    for recipient, count in journey.lab.messages().items():
        if count > expected[recipient]:
            yield f"message doubled: {count} to {recipient}"
    for recipient, count in expected.items():
        if journey.lab.messages()[recipient] < count:
            yield f"message missing: {journey.lab.messages()[recipient]} of {count} to {recipient}"


def expected_messages(journey: Journey) -> Counter[str]:
    """Return how many messages each gets: one, and one more where the fault tore sending from recording.

    That is when the message went out, and its own answer was lost, or the worker died before a record took effect. A
    worker that lives writes in the end what it knows.
    """
    wire = journey.lab.wire
    expected = Counter(RECIPIENTS)
    if wire.interrupt is not None:
        return expected + journey.doubled
    for attempt in wire.attempts:
        if not attempt.is_sending or not attempt.took_effect:
            continue
        beside = [other for other in wire.attempts if other.run == attempt.run]
        later = [other for other in beside if other.started > attempt.started]
        is_recorded = any(other.call in RECORDING and other.took_effect for other in later)
        is_dead = any(other.fault is not None and other.fault.kills for other in beside)
        if attempt.was_struck or (is_dead and not is_recorded):
            expected[attempt.recipient] += 1
    return expected


def _notice(item: dict[str, Any]) -> Notice:
    return from_data(Notice, json.loads(item["data"]["S"]))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
