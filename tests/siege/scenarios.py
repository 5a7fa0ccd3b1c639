"""Where attackers and the innocent come from, and how much is done in which time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SHARED = "198.51.100.7"
"""The address that an attacker has, or shares with a thousand people."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`attacker` and `innocent` give the address of the n-th request or person.

    In each minute of `minutes` the attackers send `requests`, and then one more of the innocent tries each way in.
    `crowd` people log in from the attacker's own address meanwhile, as those who share it do.
    """

    name: str
    attacker: Callable[[int], str]
    innocent: Callable[[int], str]
    minutes: int = 16
    requests: int = 60
    crowd: int = 0

    @property
    def is_among_them(self) -> bool:
        """Whether the innocent come from where the attackers are."""
        return self.innocent is not _elsewhere


def _elsewhere(number: int) -> str:
    return f"203.0.113.{number % 250 + 1}"


def _homes_of_a_48(number: int) -> str:
    return f"2001:db8:a:{number % 0x10000:x}::{number % 9 + 1:x}"


def _fifty(number: int) -> str:
    return f"192.0.{2 + number % 50}.{number % 50 + 1}"


SCENARIOS = (
    Scenario("one address", lambda _: SHARED, _elsewhere),
    Scenario("one address, shared with 1,000 people", lambda _: SHARED, lambda _: SHARED, crowd=1000),
    Scenario("a /48 of IPv6", _homes_of_a_48, _elsewhere),
    Scenario("the same /48, the innocent in it", _homes_of_a_48, lambda number: f"2001:db8:a:ff{number % 99:02}::7"),
    Scenario("fifty addresses", _fifty, _elsewhere),
    Scenario("fifty addresses, the innocent behind them", _fifty, _fifty),
)
