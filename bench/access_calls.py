"""Hops and calls of what people do: log in, confirm who they are, verify an address, ask with a session."""

from __future__ import annotations

from collections.abc import Iterator

from bench.call_ledger import Action, figures_of
from bench.figures import Figure
from bench.people import PASSWORD, People, people_of
from bench.world import BenchWorld, handle


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield hops and calls of every action."""
    return figures_of(actions(people_of(world)))


def actions(people: People) -> Iterator[Action]:
    """Yield every action, ready to run, warmed up so that no client is made inside."""
    people.email_code("1-40000009")
    yield login_by_captcha(people)
    yield login_by_code(people)
    yield validation(people)
    yield authenticated_request(people)
    yield verification(people)


def login_by_captcha(people: People) -> Action:
    """Log in with password and captcha."""
    event = people.login(captcha=people.captcha())
    return Action("login by captcha", lambda: handle(event), hops=4, calls=12)


def login_by_code(people: People) -> Action:
    """Log in with password and an e-mailed code, which is used up apart."""
    event = people.login(email_code=people.email_code())
    return Action("login by e-mailed code", lambda: handle(event), hops=4, calls=16)


def validation(people: People) -> Action:
    """Confirm who one is for mailbox contents."""
    body = {"password": PASSWORD, "captcha": people.captcha()}
    event = people.event("POST", "/v1/sessions/current/validation", body, token=people.token())
    return Action("validation for contents", lambda: handle(event, status=200), hops=4, calls=8)


def authenticated_request(people: People) -> Action:
    """Ask with a session."""
    event = people.event("GET", "/v1/sessions/current", token=people.token())
    return Action("authenticated request", lambda: handle(event, status=200), hops=1, calls=1)


def verification(people: People) -> Action:
    """Verify an applicant's address by the e-mailed code, which opens the mailbox."""
    event = people.verification(people.registration())
    return Action("registration: verify code", lambda: handle(event, status=200), hops=8, calls=8)
