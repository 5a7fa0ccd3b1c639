"""Hops and calls of what mailbox users do: list a page, open a notice, open it again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.call_ledger import Action, figures_of
from bench.figures import Figure
from bench.people import People, people_of
from bench.world import BenchWorld, handle, show


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield hops and calls of every action."""
    return figures_of(actions(people_of(world)))


def actions(people: People) -> Iterator[Action]:
    """Yield every action, ready to run, warmed up so that nothing is loaded inside."""
    token = people.token()
    listing(people, token).run()
    mailbox_page(people, token).run()
    notice_id = people.world.deposit()
    yield listing(people, token)
    yield mailbox_page(people, token)
    yield opening(people, token, notice_id)
    yield page_just_opened(people, token, notice_id)
    yield opening_again(people, people.token(), notice_id)
    yield notice_page(people, people.token(), notice_id)


def listing(people: People, token: str, *, limit: int = 50) -> Action:
    """List the newest pending notices, with both counters."""
    event = people.event("GET", f"/v1/notices?limit={limit}", token=token, resource="/v1/notices")
    return Action(f"list page of {limit}", lambda: handle(event, status=200), hops=2, calls=3)


def mailbox_page(people: People, token: str) -> Action:
    """Show the same as a person sees it."""
    event = people.page_event("/casilla", token)
    return Action("mailbox page", lambda: show(event), hops=2, calls=3)


def opening(people: People, token: str, notice_id: str) -> Action:
    """Open a notice that nobody opened."""
    event = people.opening(token, notice_id)
    return Action("first opening", lambda: handle(event), hops=2, calls=3)


def opening_again(people: People, token: str, notice_id: str) -> Action:
    """Open a notice that the same user opened before, by another login."""
    event = people.opening(token, notice_id)
    return Action("opening again", lambda: handle(event, status=200), hops=2, calls=3)


def notice_page(people: People, token: str, notice_id: str) -> Action:
    """Show the page of a notice that the same user opened before, by another login."""
    event = _page_event(people, token, notice_id)
    return Action("page of an opened notice", lambda: show(event), hops=2, calls=3)


def page_just_opened(people: People, token: str, notice_id: str) -> Action:
    """Show it within five minutes of the first opening, as the page does that opened it."""
    event = _page_event(people, token, notice_id)
    return Action("page just opened", lambda: show(event), hops=2, calls=2)


def _page_event(people: People, token: str, notice_id: str) -> dict[str, Any]:
    return people.page_event(f"/casilla/{notice_id}", token, resource="/casilla/{notice_id}", notice_id=notice_id)
