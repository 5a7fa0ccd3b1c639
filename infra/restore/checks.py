"""What a check of restored tables is: a kind of damage, what it means, what to do, and how it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from infra.restore.ledger import Ledger

Find = Callable[[Ledger], Iterator[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Damage:
    """One damage: its kind, by which it is accepted and counted, the thing, and what there is to know of it."""

    kind: str
    thing: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """How one kind of damage is found. `remedy` says what to do, in the runbook's words."""

    kind: str
    means: str
    remedy: str
    find: Find


def asked(query: str, *values: object) -> Find:
    """Find each row of a query: the thing, then what there is to know of it."""

    def find(ledger: Ledger) -> Iterator[tuple[str, str]]:
        for row in ledger.rows(query, *values):
            yield str(row[0]), " ".join(str(part) for part in row[1:] if part not in (None, ""))

    return find
