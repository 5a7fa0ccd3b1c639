"""Counters that stand high, without as many calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.storage import limit_store
from chalicelib.domain.limit import Budget, Standing
from chalicelib.store.shards import SHARDS, shard_of_code
from chalicelib.store.tables import TokenItem
from tests.deposit_world import Clock


class Place(Protocol):
    """Where tests take place."""

    @property
    def container(self) -> Container: ...

    @property
    def clock(self) -> Clock: ...


def stand_at(value: int, count: Callable[[], object]) -> None:
    """Have every counter that `count` raises stand at a value."""
    before = {item.token: item.attempts for item in TokenItem.scan(TokenItem.token.startswith("limit#"))}
    count()
    for item in TokenItem.scan(TokenItem.token.startswith("limit#")):
        if before.get(item.token) != item.attempts:
            item.update([TokenItem.attempts.set(value)])


def spend(budget: Budget, share: Standing, place: Place) -> None:
    """Have all parts of a budget stand where one of this standing is refused."""
    limits = limit_store(place.container)
    of_each = {shard_of_code(str(number)): str(number) for number in range(100)}

    def draw() -> None:
        for by in of_each.values():
            limits.draw(budget, Standing.PROVEN, by=by, now=place.clock.now)

    stand_at(-(-budget.share(share) // len(SHARDS)), draw)
