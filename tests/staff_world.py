"""The staff of an institution and of the platform, with their devices, on the in-process engine."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pyotp
from chalice.test import HTTPResponse

from chalicelib.bootstrap.institution import staff_tools
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.one_time_code import STEP_S
from chalicelib.domain.institution.staff import PLATFORM, Credentials, Permission, StaffMember, StaffRole, StaffState
from chalicelib.domain.institution.staff_session import StaffSession
from chalicelib.handlers.cookies import STAFF_COOKIE
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.institution.staff_session_store import cookie_of
from chalicelib.store.institution.staff_store import StaffChange
from tests.browser_requests import Browser, text_of
from tests.deposit_world import INSTITUTION_ID, World
from tests.person_world import People, hash_once

STAFF_PASSWORD = "Camion-tejado-7"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class Staff:
    """Whoever works with the console, over the world of deposits."""

    world: World
    numbers: Any = field(default_factory=lambda: itertools.count(40000100))

    @property
    def tools(self) -> StaffTools:
        return staff_tools(self.world.container)

    @property
    def people(self) -> People:
        return People(self.world)

    def code(self, seed: str = SEED) -> str:
        """Return what a device shows now."""
        return str(pyotp.TOTP(seed).generate_otp(int(self.world.clock.now.timestamp()) // STEP_S))

    def next_code(self, seed: str = SEED) -> str:
        """Wait for the next code, and return it."""
        self.world.clock.now += timedelta(seconds=STEP_S)
        return self.code(seed)

    def member(self, role: StaffRole = StaffRole.OFFICER, **changes: Any) -> StaffMember:
        """Keep somebody who has set up the access, and return them."""
        number, tools = str(next(self.numbers)), self.tools
        institution_id = INSTITUTION_ID if role in {StaffRole.OFFICER, StaffRole.COORDINATOR} else PLATFORM
        permissions = tuple(Permission) if role is StaffRole.OFFICER else ()
        own = Credentials(hash_once(tools.hashing), tools.seeds.seal(SEED, f"s{number}"))
        member = StaffMember(
            f"s{number}",
            institution_id,
            number,
            f"Persona {number[-3:]} de Ejemplo",
            f"persona{number[-3:]}@entidad.example",
            role,
            StaffState.ACTIVE,
            position="Especialista",
            permissions=permissions,
            credentials=own,
        )
        member = replace(member, **changes)
        self._commit(StaffChange(event=self._event(EventType.STAFF_ENROLLED, member), member=member))
        return member

    def browser(self, member: StaffMember | None = None) -> Browser:
        """Return a browser in which somebody is inside, if anybody is given."""
        browser = Browser(self.people)
        if member is not None:
            browser.cookies[STAFF_COOKIE] = self.enter(member)
        return browser

    def enter(self, member: StaffMember) -> str:
        """Be inside without the pages, and return the cookie."""
        tools, now = self.tools, self.world.clock.now
        secret = tools.new_secret()
        session_id = tools.sessions.session_id(secret)
        names = (session_id, session_id, member.staff_id, member.institution_id, member.document_number)
        session = StaffSession(*names, opened_at=now, seen_at=now, proven_at=now)
        self._commit(StaffChange(event=self._event(EventType.STAFF_LOGGED_IN, member), opened=(session, secret)))
        return cookie_of(secret, member)

    def keep(self, member: StaffMember) -> None:
        """Keep somebody as they are given, the version after the one that is there."""
        self._commit(StaffChange(event=self._event(EventType.STAFF_CHANGED, member), member=member))

    def found(self, member: StaffMember) -> StaffMember:
        """Return somebody as they are kept."""
        found = self.tools.staff.find(member.institution_id, member.document_number)
        assert found is not None
        return found

    def link_sent(self) -> str:
        """Return the address of the last link that was e-mailed."""
        return str(re.findall(r"https?://[^/\s]+(/entidad/activar/\S+)", self.people.mails()[-1][1])[-1])

    def set_up(self, browser: Browser, link: str, password: str = STAFF_PASSWORD) -> tuple[HTTPResponse, str]:
        """Follow a link, enrol the device that it shows, and return the page after and the device's seed."""
        shown = text_of(browser.get(link))
        seed = "".join(re.findall(r"<code>([A-Z2-7 ]+)</code>", shown)[0].split())
        code = self.next_code(seed)
        return browser.post(link, None, password=password, password_repeated=password, code=code), seed

    def log_in(
        self, browser: Browser, username: str, seed: str = SEED, *, at: str = "/entidad", **typed: str
    ) -> HTTPResponse:
        """Log in with the next code."""
        code = typed.pop("code", "") or self.next_code(seed)
        sent = {"username": username, "password": STAFF_PASSWORD, "code": code, **typed}
        return browser.post(f"{at}/ingresar", None, **sent)

    def _event(self, kind: EventType, member: StaffMember) -> Any:
        return self.tools.event(kind, member, member.actor, origin="192.0.2.1", now=self.world.clock.now)

    def _commit(self, change: StaffChange) -> None:
        self.tools.staff.commit(change, now=self.world.clock.now)


def csrf_of(page: HTTPResponse) -> str:
    """Return the token that the forms of a page carry."""
    return str(re.findall(r'name="csrf" value="([0-9a-f]+)"', text_of(page))[0])
