"""What a million deposits, readings and alerts cost at AWS's list prices, beside the least calls that they need.

What is billed is counted at the stub: each call with its read and write units, the bytes of e-mails and answers. The
least calls are what the result needs by the budget of calls (`call_ledger.py`), each at what it took here on average.
So the ratio is over 1 by calls that the result does not need. A function's time is an estimate and stands by itself.
"""

from __future__ import annotations

import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from chalice.test import Client

from app import app
from bench.call_ledger import upload_event
from bench.figures import Figure
from bench.people import People, people_of
from bench.stub import Billed
from bench.world import SMALL, BenchWorld, answer_of, handle, stream_event
from chalicelib.bootstrap.alert import channels

PRICES = Path(__file__).with_name("prices.toml")
REGIONS = ("us-east-1", "sa-east-1")
MILLION = 1_000_000
MOST = 1.2
_GB = 1e9
ROUNDS = 5
_ATTACHED = 10_000
"""Bytes: an e-mail over this carries the receipt."""
_DYNAMODB = frozenset(
    {"BatchGetItem", "GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}
)
_BY_THE_PIECE = {"PutObject": "s3_put", "GetObject": "s3_get", "HeadObject": "s3_get", "Publish": "sms"}
_ALERT = {"UpdateItem": 1, "TransactWriteItems": 1}
"""The attempt before the messages, and their outcome after them."""
API, WORKER = 1.0, 0.5
"""Gigabytes of the functions, as `.chalice/config.json` gives them."""

Bill = Mapping[str, float]
"""How many of each priced unit."""


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that is billed: `prepare` makes it ready, and what that returns does it and tells the answer's bytes.

    `least` are the calls that its result needs. `follows` is billed after it, without the service's doing.
    """

    name: str
    prepare: Callable[[], Callable[[], int]]
    least: Mapping[str, int]
    gigabytes: float = API
    is_request: bool = True
    follows: Bill = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one piece of work took, what it would have taken at least, and how long it was at work here, in seconds.

    `indexed` are those of its write units that entries of indexes took.
    """

    bill: Bill
    least: Bill
    seconds: float
    indexed: float = 0


@cache
def prices() -> dict[str, dict[str, Any]]:
    """Return the table of prices."""
    return tomllib.loads(PRICES.read_text("utf-8"))


def usd_of(bill: Bill, region: str, table: Mapping[str, Mapping[str, Any]]) -> float:
    """Return what a bill comes to in US dollars.

    Raises:
        KeyError: a unit has no price there.

    """
    return float(sum(count * table[unit][region] / table[unit]["per"] for unit, count in bill.items()))


def bill_of(call: Billed) -> Bill:
    """Return what one call is billed as.

    Raises:
        ValueError: nobody said what such a call costs.

    """
    if call.operation in _DYNAMODB:
        return {"read_unit": call.read, "write_unit": call.write}
    if call.operation == "SendEmail":
        raw = call.sent * 3 / 4  # it is sent as base64 inside JSON
        return {"mail": 1, "mail_gb": raw / _GB if raw > _ATTACHED else 0}
    if call.operation not in _BY_THE_PIECE:
        raise ValueError(call.operation)
    return {_BY_THE_PIECE[call.operation]: 1}


def total(bills: Sequence[Bill]) -> Bill:
    """Return the sum of bills."""
    summed: Counter[str] = Counter()
    for bill in bills:
        summed.update(bill)
    return dict(summed)


def least_of(calls: Sequence[Billed], least: Mapping[str, int]) -> Bill:
    """Return what so many calls of each operation are billed as, each at what one took on average.

    Raises:
        ValueError: fewer were made than the least: it is not the least.

    """
    bills: list[Bill] = []
    for operation, count in least.items():
        made = [bill_of(call) for call in calls if call.operation == operation]
        if len(made) < count:
            raise ValueError(f"{operation}: {len(made)} of {count}")
        bills += [{unit: number * count / len(made) for unit, number in total(made).items()}]
    return total(bills)


def cost_of(work: Work, world: BenchWorld) -> Cost:
    """Do it once."""
    run = work.prepare()
    world.stub.billed()
    world.stub.partitions()
    started = time.perf_counter()
    told = run()
    seconds = time.perf_counter() - started
    calls = world.stub.billed()
    indexed = sum(part.write for part in world.stub.partitions() if "." in part.of)
    fixed: Bill = {"function_request": 1, "out_gb": told / _GB, **({"api_request": 1} if work.is_request else {})}
    beside = total([fixed, work.follows])
    bill = total([beside, *(bill_of(call) for call in calls)])
    return Cost(bill, total([beside, least_of(calls, work.least)]), seconds, indexed)


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield what a million of each costs, its ratio over the least calls, and the estimate of the functions' time."""
    table = prices()
    for work in works(world):
        costs = [cost_of(work, world) for _ in range(ROUNDS)]
        seconds = sorted(cost.seconds for cost in costs)[ROUNDS // 2]
        yield from figures_of(work.name, costs[-1], table)
        spent = {"function_gb_s": seconds * work.gigabytes * MILLION}
        note = "estimate, by this machine's seconds"
        yield Figure(f"a million: {work.name}, functions' time", usd_of(spent, REGIONS[0], table), "USD", note=note)


def figures_of(name: str, cost: Cost, table: Mapping[str, Mapping[str, Any]]) -> Iterator[Figure]:
    """Yield what a million cost in each region, also without SMS, and the ratio over the least calls, without them."""
    for region in REGIONS:
        usd = usd_of(cost.bill, region, table) * MILLION
        yield Figure(f"a million: {name}, {region}", usd, "USD", note=_note(cost.bill, table))
    bill, least = (without_sms(one) for one in (cost.bill, cost.least))
    if bill != cost.bill:
        yield Figure(f"a million: {name}, without the SMS", usd_of(bill, REGIONS[0], table) * MILLION, "USD")
    if cost.bill.get("write_unit"):
        note = f"{cost.indexed:g} of them by entries of indexes"
        yield Figure(f"{name}: write units", cost.bill["write_unit"], "units", note=note)
    ratio = usd_of(bill, REGIONS[0], table) / usd_of(least, REGIONS[0], table)
    yield Figure(f"{name} ÷ its least calls: cost", ratio, "x", MOST)


def without_sms(bill: Bill) -> Bill:
    """Return a bill without what an SMS costs: beside it whatever else is too much would not be seen."""
    return {unit: count for unit, count in bill.items() if unit != "sms"}


def works(world: BenchWorld) -> Iterator[Work]:
    """Yield what is billed, warmed up so that nothing is loaded inside."""
    people = people_of(world)
    world.send_alerts(world.deposit())
    token, notice_id = people.token(), world.deposit()
    deposit = {"BatchGetItem": 1, "PutItem": 1, "PutObject": 1, "TransactWriteItems": 1}
    yield Work("deposit, file uploaded", lambda: _asked(world.deposit_event(world.uploaded_body()), 201), deposit)
    grant = upload_event(world)
    sent: Bill = {"s3_put": 1}
    yield Work("grant of an upload, and its PUT", lambda: _asked(grant, 201), {"BatchGetItem": 1}, follows=sent)
    yield Work(
        "counting of a deposit",
        lambda: _counted(world),
        {"BatchGetItem": 1, "TransactWriteItems": 1},
        WORKER,
        is_request=False,
    )
    inline = {**deposit, "PutObject": 2}
    yield Work("deposit, file inline", lambda: _asked(world.deposit_event(world.inline_body()), 201), inline)
    yield from _readings(world, people, token, notice_id)
    yield from _alerts(world)


def _readings(world: BenchWorld, people: People, token: str, notice_id: str) -> Iterator[Work]:
    world.stub.fill("notices_table", 2 * 50, {"notice_id": notice_id})
    page = people.page_event("/casilla", token)
    handle_page = _asked(page, 200)
    handle_page()  # asks for announced outages, as each process does once a minute
    yield Work("reading, a list of 50", lambda: _asked(page, 200), {"BatchGetItem": 2, "Query": 1})

    def opening() -> Callable[[], int]:
        return _asked(people.opening(token, world.deposit()), 201)

    yield Work("reading, first opening", opening, {"BatchGetItem": 1, "Query": 1, "TransactWriteItems": 1})
    handle(people.opening(token, notice_id))
    address = f"/casilla/{notice_id}/documentos/original"
    file = people.page_event(
        address, token, resource="/casilla/{notice_id}/documentos/{name}", notice_id=notice_id, name="original"
    )
    fetched: Bill = {"s3_get": 1, "out_gb": SMALL / _GB}
    least = {"BatchGetItem": 1, "PutItem": 1}
    yield Work("reading, download of 200 KB", lambda: _asked(file, 303), least, follows=fetched)


def _alerts(world: BenchWorld) -> Iterator[Work]:
    channels(world.container)
    for users, name in ((1, "alert by e-mail and SMS"), (5, "alert by five e-mails and an SMS")):
        for attaches, receipt in ((False, ""), (True, ", its receipt attached")):
            fetched = {"GetObject": 1} if attaches else {}
            least = {**_ALERT, "SendEmail": users, "Publish": 1, **fetched}
            yield Work(f"{name}{receipt}", partial(_deposited, world, users, attaches), least, WORKER, is_request=False)


def _deposited(world: BenchWorld, users: int, attaches: bool) -> Callable[[], int]:
    world.attach_receipts(attaches)
    event = stream_event(handle(world.deposit_event(world.with_users(users)))["notice_id"])
    world.attach_receipts(True)
    world.signer.clock.advance(minutes=1)
    world.container.begin()  # a process reads its secrets once in five minutes, however many alerts it sends
    return partial(_sent, world, event)


def _counted(world: BenchWorld) -> Callable[[], int]:
    event = stream_event(world.deposit())

    def count() -> int:
        with Client(app) as client:
            answer = client.lambda_.invoke("count_activity", event)
        if answer.payload != {"batchItemFailures": []}:
            raise AssertionError(answer.payload)
        return 0

    return count


def _sent(world: BenchWorld, event: dict[str, Any]) -> int:
    world.send(event)
    return 0


def _asked(event: dict[str, Any], status: int) -> Callable[[], int]:
    def ask() -> int:
        answer = answer_of(app, event)
        if answer["statusCode"] != status:
            raise AssertionError(answer)
        return len(answer["body"] or "")

    return ask


def _note(bill: Bill, table: Mapping[str, Mapping[str, Any]]) -> str:
    oldest = min(table[unit]["as_of"] for unit in bill)
    assumed = sorted(unit for unit in bill if table[unit].get("is_assumed"))
    return f"prices of {oldest:%Y-%m}" + (f"; {', '.join(assumed)} assumed" if assumed else "")
