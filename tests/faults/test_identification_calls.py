"""Whatever goes wrong at any call of a way in by the identity provider: nobody is locked out, none gets in twice."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import UserState
from infra.local.identity.server import IdentitySimulator, Wrongs, running
from tests.browser_requests import Browser
from tests.cloud import Engine
from tests.faults.catalogue import FAULTS, QUICK
from tests.faults.strike import Fault, ProcessDied, Strike
from tests.faults.wire import Wire, tapped
from tests.identity_world import DNI, ENTRIES, Identities, identities
from tests.person_world import texts_in_force

MAILBOX = "/casilla"


@pytest.fixture(scope="module")
def simulator() -> Iterator[IdentitySimulator]:
    with running(slow_seconds=1) as simulator:
        yield simulator


@dataclass
class Walk:
    """A person on the way in, with at most one fault on it; they begin again where a page tells them to."""

    way: Identities
    wire: Wire
    browser: Browser = field(init=False)
    identified: int = 0
    """How often the provider was gone to."""

    def __post_init__(self) -> None:
        self.browser = self.way.browser()

    def step(self, kind: str, path: str, **fields: str) -> HTTPResponse | None:
        """Ask for a page or press its button; None where the process died, and nobody got an answer."""
        with self.wire.running(kind), suppress(ProcessDied):
            return self.browser.post(path, None, **fields) if fields else self.browser.get(path)
        return None

    def identify(self) -> str:
        """Come back from the provider; return where that led."""
        self.identified += 1
        back = self.way.authenticate(self.way.begin(self.browser))
        answer = self.step("answer", back)
        if answer is None or answer.status_code != 303:
            again = self.step("answer", back)  # whoever sees no page loads it again
            answer = again if again is not None and again.status_code == 303 else answer
        return "" if answer is None else str(answer.headers.get("Location", ""))

    def enter(self) -> str:
        """Look at one's mailboxes, and press the button, twice where nothing came of it."""
        for _ in range(2):
            self.step("entries", ENTRIES)
            answer = self.step("entry", ENTRIES, username=f"1-{DNI}")
            if answer is not None and answer.status_code == 303:
                return str(answer.headers["Location"])
        return ""

    def get_in(self) -> bool:
        """Try until one is in, three times at most."""
        return any(self.identify() == ENTRIES and self.enter() == MAILBOX for _ in range(3))


@dataclass
class Site:
    """The engine with one person's account, emptied for each walk."""

    engine: Engine
    simulator: IdentitySimulator
    wire: Wire

    def walk(self, *strikes: Strike, wrongs: Wrongs | None = None) -> list[str]:
        """Walk from start to end; return what there is to complain of."""
        self.wire.clear()
        self.wire.strikes = list(strikes)
        with self.engine.opened() as environment, identities(environment, self.simulator) as way:
            self.simulator.wrongs = wrongs or Wrongs()
            if wrongs is not None:
                way.be_impatient()
            people = way.browser().people
            people.tools.accounts.add(
                Account(f"1-{DNI}", "u1", f"1-{DNI}", UserState.ACTIVE, accepted=texts_in_force())
            )
            walk = Walk(way, self.wire)
            is_in = walk.get_in() and walk.browser.get(MAILBOX).status_code == 200
            sessions = people.tools.sessions.list_lately_begun("u1", now=way.world.clock())
            logins = list(event_store(way.world.container).list_for_subject("user#u1"))
        complaints = [] if is_in else ["the person is locked out"]
        if max(len(sessions), len(logins)) > walk.identified:
            complaints.append(f"{len(sessions)} sessions and {len(logins)} logins by {walk.identified} identities")
        return complaints

    def calls(self) -> list[tuple[str, str]]:
        """Return kind and label of every call of a walk on which nothing goes wrong."""
        assert self.walk() == []
        return [(attempt.kind, attempt.label) for attempt in self.wire.attempts]


@pytest.fixture(scope="module")
def site(moto_engine: Engine, simulator: IdentitySimulator) -> Iterator[Site]:
    logging.disable(logging.CRITICAL)  # the refusals are meant to happen
    with tapped(Wire()) as wire:
        yield Site(moto_engine, simulator, wire)
    logging.disable(logging.NOTSET)


def test_a_walk_without_faults_takes_one_identity(site: Site) -> None:
    kinds = [kind for kind, _ in site.calls()]

    assert [kinds.count(kind) for kind in ("answer", "entries", "entry")] == [6, 2, 5]


def _matrix() -> Iterator[object]:
    for fault in FAULTS:
        marks = () if str(fault) in QUICK or fault.kills else pytest.mark.deep
        yield pytest.param(fault, marks=marks, id=str(fault))


@pytest.mark.parametrize("fault", list(_matrix()))
def test_the_person_gets_in_and_no_identity_opens_two_sessions(site: Site, fault: Fault) -> None:
    complaints, struck = {}, 0
    for _, label in dict.fromkeys(site.calls()):
        if not fault.operations.match(label):
            continue
        strike = Strike(fault, label)
        found = site.walk(strike)
        struck += bool(strike.struck)
        if found:
            complaints[label] = found

    assert complaints == {}
    assert struck


@pytest.mark.parametrize("path", ["/service/token", "/service/jwks", "/service/userinfo"])
@pytest.mark.parametrize("failure", ["down", "slow", "error"])
def test_a_provider_that_comes_back_leaves_nobody_out(site: Site, path: str, failure: str) -> None:
    wrongs = Wrongs(failing={path: failure})

    class Once(dict[str, str]):
        """Fails at the first call only."""

        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
            return self.pop(name, default)

    wrongs.failing = Once(wrongs.failing)
    assert site.walk(wrongs=wrongs) == []
