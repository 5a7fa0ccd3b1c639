"""What many do in the same second: how full the busiest partition key gets, whatever the table as a whole can take.

A burst goes to mailboxes, users and documents of its own each, as it would: one mailbox's own item is hot for nobody
else. Whatever key is the busiest then is shared by all of the burst.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.figures import Figure
from bench.people import People, people_of
from bench.world import BenchWorld, handle
from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.storage import mailbox_store
from infra.local.registries.answers import people as registered
from tests.deposit_world import a_mailbox, a_user

_DEPOSITS, _UPLOADS, _REGISTRATIONS, _LOGINS = 200, 200, 100, 100
"""Enough that the shards fill evenly."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Pieces of work that could all come in one second, and how many a second have to be possible."""

    name: str
    a_second: int
    works: Sequence[Callable[[], object]]

    def measure(self, world: BenchWorld) -> Iterator[Figure]:
        """Do all of it; yield how much of a partition's second the busiest key takes."""
        world.stub.partitions()
        for work in self.works:
            work()
        busiest = world.stub.partitions()[0]
        each_s = busiest.seconds / len(self.works)
        key = f"{busiest.of}: {busiest.key}"
        name = f"{self.name}, {self.a_second:,} a second: fullest partition"
        yield Figure(name, 100 * each_s * self.a_second, "%", 100, note=key)
        yield Figure(f"{self.name}: a second until a partition is full", 1 / each_s, "/s")


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield the figures of every burst."""
    people = people_of(world)
    yield from uploads(world).measure(world)
    yield from deposits_of_one_sender(world).measure(world)
    with known_to_the_registry(_REGISTRATIONS):
        yield from registrations(people).measure(world)
    yield from logins(people).measure(world)


def uploads(world: BenchWorld, count: int = _UPLOADS) -> Burst:
    """Files that were checked on one day."""
    return Burst("uploads checked", 2000, [world.uploaded_body] * count)


def deposits_of_one_sender(world: BenchWorld, count: int = _DEPOSITS) -> Burst:
    """Deposits of files checked before, each into another mailbox."""
    works = []
    for number in document_numbers(count):
        mailbox_store(world.container).put(a_mailbox(number, users=(a_user(),)))
        body = {**world.uploaded_body(), "recipient": {"document_type": "DNI", "document_number": number}}
        works.append(partial(handle, world.deposit_event(body)))
    return Burst("deposits of one sender", 1000, works)


def registrations(people: People, count: int = _REGISTRATIONS) -> Burst:
    """Registrations begun, up to the e-mailed code."""
    events = [people.application(number, email=f"persona{number}@ejemplo.pe") for number in document_numbers(count)]
    works = [partial(handle, _from_elsewhere(event, place)) for place, event in enumerate(events)]
    return Burst("registrations begun", 2000, works)


def logins(people: People, count: int = _LOGINS) -> Burst:
    """Logins with the captcha that each asks for first."""
    accounts = account_store(people.world.container)
    usernames = [f"1-{number}" for number in document_numbers(count)]
    for username in usernames:
        accounts.add(people.account(username))

    def log_in(place: int, username: str) -> None:
        captcha = people.captcha(lambda event: _from_elsewhere(event, place))
        handle(_from_elsewhere(people.login(username=username, captcha=captcha), place))

    return Burst("logins", 1000, [partial(log_in, place, name) for place, name in enumerate(usernames)])


@contextmanager
def known_to_the_registry(count: int) -> Iterator[None]:
    """Let the registry know as many people as register in a burst."""
    everybody, numbers = registered(), document_numbers(count)
    names = {"first_surname": "AUSENTE", "second_surname": "SIMULADO", "given_names": "HUGO"}
    names |= {"birth_date": "19900315", "sex": "F", "issue_date": "10/01/2020"}
    everybody.update({number: {"dni": number, **names} for number in numbers})
    try:
        yield
    finally:
        for number in numbers:
            del everybody[number]


def document_numbers(count: int) -> list[str]:
    """Return documents beyond those given out."""
    return [f"991{number:05d}" for number in range(count)]


def _from_elsewhere(event: dict[str, Any], place: int) -> dict[str, Any]:
    """Let an event come from a neighbourhood of its own, since what one does is counted together."""
    identity = {"sourceIp": f"198.{51 + place // 250}.{place % 250}.7"}
    return {**event, "requestContext": {**event["requestContext"], "identity": identity}}
