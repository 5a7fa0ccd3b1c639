"""Hops and calls of what institutions and workers do (architecture.md, the budget of calls)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bench.figures import Figure
from bench.ledger import Ledger, ledger
from bench.world import BenchWorld, a_scanned_pdf, handle, stream_event
from chalicelib.bootstrap import current
from chalicelib.bootstrap.alert import channels
from chalicelib.store.shards import SHARDS
from tests.deposit_world import an_inline_file


@dataclass(frozen=True, slots=True)
class Action:
    """One action and its budget; None where there is none."""

    name: str
    run: Callable[[], object]
    hops: int | None = None
    calls: int | None = None
    latency_s: float = 0.3

    def measure(self) -> Ledger:
        """Do it once under the ledger, by a process that has just read its secrets, as it does twelve times an hour."""
        current().begin()
        with ledger(self.latency_s) as book:
            self.run()
        return book


def actions(world: BenchWorld) -> Iterator[Action]:
    """Yield every action, ready to run, warmed up so that no client is made inside."""
    handle(world.deposit_event(world.uploaded_body()))
    yield upload_grant(world)
    yield deposit_uploaded(world)
    yield deposit_inline(world)
    yield replay(world)
    for users in (1, 5):
        yield alert(world, users)
    yield alert(world, 5, attaches=False)
    yield from reads(world)


def upload_grant(world: BenchWorld) -> Action:
    """Ask leave to send a file."""
    event = upload_event(world)
    return Action("upload grant", lambda: handle(event), hops=1, calls=1)


def upload_event(world: BenchWorld) -> dict[str, Any]:
    """Write the request that asks for it."""
    declared = {name: value for name, value in an_inline_file(a_scanned_pdf()).items() if name != "content"}
    return world.post_event("/v1/uploads", declared)


def deposit_uploaded(world: BenchWorld) -> Action:
    """Deposit a file that was uploaded and checked before."""
    event = world.deposit_event(world.uploaded_body())
    return Action("deposit, file uploaded", lambda: handle(event), hops=3, calls=4)


def deposit_inline(world: BenchWorld) -> Action:
    """Deposit a file inside the request: one PUT more, beside the others."""
    event = world.deposit_event(world.inline_body())
    return Action("deposit, file inline", lambda: handle(event), hops=3, calls=5)


def replay(world: BenchWorld) -> Action:
    """Send the bytes of an earlier deposit again."""
    event = world.deposit_event(world.uploaded_body())
    handle(event)
    return Action("deposit repeated", lambda: handle(event), hops=1, calls=1)


def alert(world: BenchWorld, users: int, *, attaches: bool = True) -> Action:
    """Alert this many users by e-mail and one of them by SMS, with the receipt attached or without."""
    channels(world.container)
    world.attach_receipts(attaches)
    first, notice_id = (handle(world.deposit_event(world.with_users(users)))["notice_id"] for _ in range(2))
    world.attach_receipts(True)
    world.send_alerts(first)  # reads the templates, and opens a connection for each thread
    world.signer.clock.advance(minutes=1)  # so that no message waits for its turn behind those of the first
    event, messages = stream_event(notice_id), users + 1
    return Action(
        f"alert by {messages} messages{'' if attaches else ', nothing attached'}",
        lambda: world.send(event),
        hops=3,
        calls=(3 if attaches else 2) + messages,
        latency_s=0.6,
    )


def reads(world: BenchWorld) -> Iterator[Action]:
    """Read what can be read with a signature."""
    body = world.uploaded_body()
    notice_id = handle(world.deposit_event(body))["notice_id"]
    upload_id = body["main"]["upload_id"]
    show, receipt, month, over, upload, mailbox = (
        world.get_event(f"/v1/deposits/{notice_id}", "/v1/deposits/{notice_id}", notice_id=notice_id),
        world.get_event(f"/v1/deposits/{notice_id}/receipt", "/v1/deposits/{notice_id}/receipt", notice_id=notice_id),
        world.get_event("/v1/deposits?limit=50&month=2026-03", "/v1/deposits"),
        world.get_event("/v1/deposits?limit=50&month=2026-02", "/v1/deposits"),
        world.get_event(f"/v1/uploads/{upload_id}", "/v1/uploads/{upload_id}", upload_id=upload_id),
        world.get_event("/v1/mailboxes/1-40000002", "/v1/mailboxes/{mailbox_id}", mailbox_id="1-40000002"),
    )
    yield Action("GET deposit", lambda: handle(show, status=200))
    yield Action("GET receipt", lambda: handle(receipt, status=303))
    handle(month, status=200)  # opens a connection for each shard
    yield Action("GET deposits of a month", lambda: handle(month, status=200), hops=2, calls=2 + len(SHARDS))
    name = "GET deposits of a month that is over, its last page"
    yield Action(name, lambda: handle(over, status=200), hops=3, calls=2 + 2 * len(SHARDS))
    yield Action("GET upload", lambda: handle(upload, status=200))
    yield Action("GET mailbox", lambda: handle(mailbox, status=200))


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield hops and calls of every action."""
    return figures_of(actions(world))


def figures_of(measured: Iterator[Action]) -> Iterator[Figure]:
    """Do each action once; yield its hops and calls, and their budget."""
    for action in measured:
        book = action.measure()
        yield Figure(f"{action.name}: hops", book.hops, "hops", action.hops)
        yield Figure(f"{action.name}: calls", book.calls, "calls", action.calls)
