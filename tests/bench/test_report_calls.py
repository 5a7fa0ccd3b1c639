"""What a delivery report and the follow-up of a failed alert cost (architecture.md, round trips)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.test import Client

from app import app
from bench.ledger import Ledger, ledger
from bench.world import BenchWorld, bench_world, handle
from chalicelib.bootstrap.alert import sending_tools
from chalicelib.services.alert.send_alerts import send_alerts


@pytest.fixture(scope="module")
def world() -> Iterator[BenchWorld]:
    with bench_world() as opened:
        opened.send_alerts(handle(opened.deposit_event(opened.with_users(1)))["notice_id"])  # makes every client
        yield opened


def alerted(world: BenchWorld, users: int) -> str:
    """Deposit to a mailbox of so many users, and send the alerts."""
    world.signer.clock.advance(minutes=1)
    notice_id: str = handle(world.deposit_event(world.with_users(users)))["notice_id"]
    world.send_alerts(notice_id)
    return notice_id


def report(world: BenchWorld, notice_id: str, kind: str) -> Ledger:
    """Record a report of the first user's e-mail."""
    at = world.signer.clock.now.isoformat()
    details = {"timestamp": at, "bounceType": "Permanent", "bounceSubType": "General"}
    mail: dict[str, Any] = {"messageId": "m1", "timestamp": at, "tags": {"notice_id": [notice_id], "user_id": ["u1"]}}
    message = json.dumps({"eventType": kind, "mail": mail, kind.lower(): details})
    with Client(app) as client, ledger() as book:
        told = client.lambda_.invoke(
            "record_deliveries", {"Records": [{"Sns": {"Message": message, "Subject": None, "MessageAttributes": {}}}]}
        ).payload
    assert told["recorded"] == 1
    return book


def test_a_report_takes_three_calls_and_one_more_where_it_says_something_new_of_the_address(world: BenchWorld) -> None:
    first, second = alerted(world, 1), alerted(world, 1)

    books = [report(world, first, "Delivery"), report(world, second, "Delivery"), report(world, first, "Bounce")]

    assert [(book.hops, book.calls) for book in books] == [(4, 4), (3, 3), (4, 4)]


def test_a_failure_is_followed_up_by_one_read_more(world: BenchWorld) -> None:
    notice_id = alerted(world, 2)
    report(world, notice_id, "Delivery")
    bounced = alerted(world, 1)
    report(world, bounced, "Bounce")

    with ledger() as book:
        counts = send_alerts(bounced, sending_tools(world.container))

    assert not counts  # the claim finds nothing to send
    claims = ["UpdateItem", "GetItem", "UpdateItem"]
    assert book.operations == [*claims, "BatchGetItem", "TransactWriteItems"]
