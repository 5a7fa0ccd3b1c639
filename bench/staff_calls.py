"""Hops and calls of whoever works at the console: get in, click, show a code again, get out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pyotp

from app import app
from bench.call_ledger import Action, figures_of
from bench.figures import Figure
from bench.people import PASSWORD
from bench.sent import an_officer, page_event
from bench.world import BenchWorld, answer_of, event_of, show
from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.institution import staff_session_store, staff_tools
from chalicelib.domain.access.csrf import csrf_token
from chalicelib.domain.access.known_device import with_device
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.one_time_code import STEP_S
from chalicelib.domain.institution.staff import Credentials, StaffMember
from chalicelib.handlers.cookies import DEVICE_COOKIE, STAFF_COOKIE
from chalicelib.store.institution.staff_store import StaffChange
from tests.deposit_world import SignedCall

_SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_LOGIN = "/entidad/ingresar"
_FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield hops and calls."""
    yield from figures_of(actions(world))


def actions(world: BenchWorld) -> Iterator[Action]:
    """Yield every action, ready to run, warmed up so that nothing is loaded inside."""
    clerk = Clerk(world)
    login(clerk).run()
    yield login(clerk)
    yield login_on_known_device(clerk)
    yield login_refused(clerk)
    yield login_of_nobody(clerk)
    show(page_event("/entidad/clave", clerk.cookie))
    yield click(clerk)
    yield click_noted(clerk)
    yield proof(clerk)
    yield logout(clerk)


def login(clerk: Clerk) -> Action:
    """Log in with password and code, where nobody got in before."""
    event = clerk.login()
    return Action("staff login", lambda: sent(event, to="/entidad"), hops=3, calls=8)


def login_on_known_device(clerk: Clerk) -> Action:
    """Log in where one got in before."""
    event = clerk.login(is_known=True)
    return Action("staff login on a known device", lambda: sent(event, to="/entidad"), hops=3, calls=5)


def login_refused(clerk: Clerk) -> Action:
    """Type a code that is wrong."""
    event = clerk.login(code="000000")
    return Action("staff login, refused", lambda: sent(event, to=_LOGIN), hops=3, calls=7)


def login_of_nobody(clerk: Clerk) -> Action:
    """Type a username that nobody has: the same."""
    event = clerk.login(code="000000", number="40009999")
    return Action("staff login of nobody", lambda: sent(event, to=_LOGIN), hops=3, calls=7)


def click(clerk: Clerk) -> Action:
    """Open a page that reads nothing of its own."""
    event = page_event("/entidad/clave", clerk.cookie)
    return Action("console click", lambda: show(event), hops=1, calls=1)


def click_noted(clerk: Clerk) -> Action:
    """Do it a minute later, which is noted beside the page; the outages are asked for as well."""
    event = page_event("/entidad/clave", clerk.cookie)
    clerk.world.signer.clock.advance(seconds=61)
    return Action("console click, noted, and outages asked for", lambda: show(event), hops=2, calls=3)


def proof(clerk: Clerk) -> Action:
    """Show a code again, before what is final; the cookie changes."""
    event = clerk.form("/entidad/confirmar", code=clerk.code())
    return Action("code shown again", lambda: sent(event, to="/entidad"), hops=4, calls=4)


def logout(clerk: Clerk) -> Action:
    """Log out of another session."""
    clerk.enter()
    event = clerk.form("/entidad/salir")
    return Action("staff logout", lambda: sent(event, to=_LOGIN), hops=2, calls=2)


def sent(event: dict[str, Any], *, to: str) -> None:
    """Send a form, which has to lead there."""
    answer = answer_of(app, event)
    led = str(answer.get("headers", {}).get("Location", ""))
    if answer["statusCode"] != 303 or led.partition("?")[0] != to:
        raise AssertionError(answer)


class Clerk:
    """An officer who has a password and a device, and is inside."""

    def __init__(self, world: BenchWorld) -> None:
        """Give the officer of the list of what was sent what they log in with."""
        self.world = world
        tools, now = staff_tools(world.container), world.signer.clock.now
        member, _, _ = an_officer(world)
        found = tools.staff.find(member.institution_id, member.document_number)
        if found is None:
            raise AssertionError(member.username)
        own = Credentials(tools.hashing.hash(PASSWORD), tools.seeds.seal(_SEED, member.staff_id))
        self.member: StaffMember = replace(found, credentials=own, version=found.version + 1)
        event = Event(f"staff#{member.staff_id}", EventType.STAFF_CHANGED, now, tools.new_event_id(), member.actor)
        tools.staff.commit(StaffChange(event=event, member=self.member), now=now)
        self.cookie = ""
        self.enter()

    def enter(self) -> None:
        """Be inside, without the pages."""
        _, self.cookie, _ = an_officer(self.world)

    def code(self) -> str:
        """Wait for the device's next code."""
        clock = self.world.signer.clock
        clock.advance(seconds=STEP_S)
        return str(pyotp.TOTP(_SEED).generate_otp(int(clock.now.timestamp()) // STEP_S))

    def login(self, *, code: str = "", number: str = "", is_known: bool = False) -> dict[str, Any]:
        """Write the form that logs in."""
        username = f"{number}@{self.member.institution_id}" if number else self.member.username
        typed = {"username": username, "password": PASSWORD, "code": code or self.code()}
        box, now = self.world.container, self.world.signer.clock.now
        mark = with_device(pepper(box), "", username, box.chance.new_token(), now)
        cookie = {"cookie": f"{DEVICE_COOKIE}={mark}"} if is_known else {}
        return event_of(SignedCall("POST", _LOGIN, {**_FORM, **cookie}, urlencode(typed).encode()))

    def form(self, path: str, **typed: str) -> dict[str, Any]:
        """Write a form of whoever is inside."""
        box = self.world.container
        inside = staff_session_store(box).find(self.cookie, box.clock())
        if inside is None:
            raise AssertionError(self.cookie)
        fields = {"csrf": csrf_token(pepper(box), inside.session), **typed}
        headers = {**_FORM, "cookie": f"{STAFF_COOKIE}={self.cookie}"}
        return event_of(SignedCall("POST", path, headers, urlencode(fields).encode()))
