"""A browser, the simulated identity provider, and the way between them as a person walks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3
from chalice.test import Client, HTTPResponse

from app import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.identity_provider import identity_provider, identity_tools
from chalicelib.bootstrap.login_form import provider_breaker
from chalicelib.bootstrap.page import seen_by_pages
from chalicelib.config import Config
from chalicelib.domain.access.provider_addresses import ProviderAddresses
from chalicelib.gateways.access.identity_provider import IdentityProvider, ProviderClient
from chalicelib.gateways.bounded_http import ExchangeLimits
from chalicelib.gateways.credential import Credential
from chalicelib.gateways.secret_texts import SecretTexts
from chalicelib.services.seen_by_pages import SeenByPages
from chalicelib.store import tables
from chalicelib.store.page_view import Seen
from infra.local.identity.server import IdentitySimulator, Wrongs
from tests.browser_requests import Browser
from tests.deposit_world import AUTHORITY, NOW, Clock, World
from tests.kept_secret import KeptSecret
from tests.person_world import People

DNI = "40000002"
LEVEL = "two_factor"
START, ANSWER, ENTRIES = "/ingresar/identidad", "/ingresar/identidad/respuesta", "/ingresar/identidad/casillas"
PATIENT = ExchangeLimits(connect=5.0, read=5.0, whole=5.0, size=256_000)
"""A busy machine may be slow without that being what a test is about."""
SHORT = ExchangeLimits(connect=1.0, read=0.3, whole=0.4, size=256_000)
_HTTP = urllib3.PoolManager(retries=False)


@dataclass
class Identities:
    """What a test of identities needs; `provider` is the service's side of it."""

    world: World
    simulator: IdentitySimulator
    provider: IdentityProvider

    def be_impatient(self) -> None:
        """Wait for the provider as little as a test that has it fail can bear."""
        self.provider.close()
        self.provider = a_provider(self.simulator, self.world.container, SHORT)
        self.world.container.made.pop(identity_tools, None)
        self.world.container.made[identity_provider] = self.provider

    def browser(self) -> Browser:
        """Return one that nobody used."""
        return Browser(People(self.world))

    def begin(self, browser: Browser, **fields: str) -> str:
        """Press the button; return where the browser is sent."""
        answer = browser.post(START, None, **fields)
        assert answer.status_code == 303, answer.body
        return str(answer.headers["Location"])

    def authenticate(self, address: str, number: str = DNI, acr: str = LEVEL) -> str:
        """Be somebody at the provider's page; return where the browser is sent back, without the portal's host."""
        form = {"doc": number, "acr": acr, "accion": "seguir"}
        return self.choose(address, form)

    def choose(self, address: str, form: dict[str, str]) -> str:
        """Send the provider's form."""
        shown = _HTTP.request("GET", address, redirect=False)
        assert shown.status == 200, shown.data
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        sent = _HTTP.request("POST", address, body=urlencode(form), headers=headers, redirect=False)
        back = urlsplit(str(sent.headers["Location"]))
        assert f"{back.scheme}://{back.netloc}" == self.world.container.portal_url
        return f"{back.path}?{back.query}"

    def come_back(self, browser: Browser, number: str = DNI, acr: str = LEVEL, **fields: str) -> HTTPResponse:
        """Go to the provider and come back; return what the portal answers."""
        return browser.get(self.authenticate(self.begin(browser, **fields), number, acr))

    def enter(self, browser: Browser, username: str = f"1-{DNI}") -> HTTPResponse:
        """Press the button of a mailbox."""
        return browser.post(ENTRIES, None, username=username)

    def log_in(self, browser: Browser, number: str = DNI, username: str = f"1-{DNI}") -> HTTPResponse:
        """Walk the whole way."""
        assert self.come_back(browser, number).headers["Location"] == ENTRIES
        return self.enter(browser, username)


@contextmanager
def identities(environment: dict[str, str], simulator: IdentitySimulator, **settings: str) -> Iterator[Identities]:
    """Yield a seeded world whose provider is the simulator, which was asked nothing and does nothing wrong yet."""
    simulator.wrongs, simulator.asked = Wrongs(), []
    known = {**environment, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}", **settings}
    container = _container(Config.from_env({**known, **simulator.environment}))
    clock = container.clock
    assert isinstance(clock, Clock)
    clock.now = NOW
    tables.bind(container.config, connection(container))
    container.made[seen_by_pages] = SeenByPages(Seen(is_known=True), NOW)
    provider = a_provider(simulator, container)
    container.made.pop(identity_tools, None)
    container.made[identity_provider] = provider
    simulator.clock = clock
    with using(container):
        world = World(container, Client(app), clock)
        world.seed()
        way = Identities(world, simulator, provider)
        yield way
    way.provider.close()


def a_credential(text: str, clock: Callable[[], datetime]) -> Credential:
    """Build what a process shows the provider, by a secret that Secrets Manager keeps."""
    return Credential(SecretTexts(KeptSecret(text), clock), "arn:identity", clock, rest=timedelta(minutes=5))


def a_provider(simulator: IdentitySimulator, box: Container, limits: ExchangeLimits = PATIENT) -> IdentityProvider:
    """Build the service's side, with a breaker that remembers nothing yet."""
    told = simulator.environment
    addresses = ProviderAddresses(
        issuer=told["IDENTITY_ISSUER"],
        authorization=told["IDENTITY_AUTHORIZATION_URL"],
        token=told["IDENTITY_TOKEN_URL"],
        keys=told["IDENTITY_KEYS_URL"],
        userinfo=told["IDENTITY_USERINFO_URL"],
    )
    client = ProviderClient(told["IDENTITY_CLIENT_ID"], a_credential("secreto-de-prueba", box.clock))
    box.made.pop(provider_breaker, None)
    return IdentityProvider(addresses, client, breaker=provider_breaker(box), clock=box.clock, limits=limits)


def parameters_of(address: str) -> dict[str, str]:
    """Return what an address asks with; nothing comes twice."""
    found = parse_qs(urlsplit(address).query)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


@cache
def _container(config: Config) -> Container:
    return Container(config, clock=Clock(), pause=lambda _: None)
