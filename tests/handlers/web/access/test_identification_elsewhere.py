"""A second provider, which others wrote (Authlib's server): what holds of our simulator holds of it as well."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import urllib3

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.page import seen_by_pages
from chalicelib.config import Config
from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import UserState
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.services.seen_by_pages import SeenByPages
from chalicelib.store import tables
from chalicelib.store.page_view import Seen
from tests.browser_requests import Browser, text_of
from tests.deposit_world import AUTHORITY, World
from tests.identity_world import DNI, ENTRIES, START
from tests.person_world import People, texts_in_force

pytestmark = pytest.mark.filterwarnings("ignore")  # what the other provider is made of warns of itself
_HTTP = urllib3.PoolManager(retries=False)
_CLAIMS = "number=document,given_names=given_name,surnames=family_name"


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the other provider's clock is the real one


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import User, run_server_in_thread  # type: ignore[import-untyped]  # noqa: PLC0415

        person = {"document": DNI, "given_name": "Rosa", "family_name": "Prueba", "acr": "two_factor"}
        users = [User(sub="rosa", claims=person), User(sub="weak", claims={**person, "acr": "one_factor"})]
        with run_server_in_thread(user_claims=users) as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture(params=["post", "basic"])
def browser(request: pytest.FixtureRequest, aws: dict[str, str], elsewhere: str) -> Iterator[Browser]:
    told = {
        "IDENTITY_ISSUER": elsewhere,
        "IDENTITY_AUTHORIZATION_URL": f"{elsewhere}/oauth2/authorize",
        "IDENTITY_TOKEN_URL": f"{elsewhere}/oauth2/token",
        "IDENTITY_KEYS_URL": f"{elsewhere}/jwks",
        "IDENTITY_USERINFO_URL": f"{elsewhere}/userinfo",
        "IDENTITY_CLIENT_ID": "casilla",
        "IDENTITY_CLIENT_AUTH": request.param,
        "IDENTITY_LEVELS": "two_factor",
        "IDENTITY_CLAIMS": _CLAIMS,
    }
    known = {**aws, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"}
    container = Container(Config.from_env({**known, **told}), clock=now)
    tables.bind(container.config, connection(container))
    container.made[seen_by_pages] = SeenByPages(Seen(is_known=True), now())
    with using(container):
        from chalice.test import Client  # noqa: PLC0415

        from app import app  # noqa: PLC0415

        clock: Any = now
        world = World(container, Client(app), clock)
        world.seed()
        people = People(world)
        people.tools.accounts.add(Account(f"1-{DNI}", "u1", f"1-{DNI}", UserState.ACTIVE, accepted=texts_in_force()))
        yield Browser(people)


def come_back(browser: Browser, subject: str, **form: str) -> Any:
    """Go there, be somebody, and come back."""
    address = browser.post(START, None).headers["Location"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = _HTTP.request("POST", address, body=urlencode({"sub": subject, **form}), headers=headers, redirect=False)
    back = urlsplit(str(sent.headers["Location"]))
    return browser.get(f"{back.path}?{back.query}")


def test_a_person_gets_in(browser: Browser) -> None:
    assert come_back(browser, "rosa").headers["Location"] == ENTRIES
    assert "Rosa Prueba" in text_of(browser.get(ENTRIES))
    assert browser.post(ENTRIES, None, username=f"1-{DNI}").headers["Location"] == "/casilla"
    assert browser.get("/casilla").status_code == 200


def test_whom_it_says_nothing_of_or_too_little_does_not(browser: Browser) -> None:
    for subject in ("nobody@example.pe", "weak"):
        assert come_back(browser, subject).status_code == 401
        assert SESSION_COOKIE not in browser.cookies


def test_who_gives_up_there_is_told_so(browser: Browser) -> None:
    """It leaves the state out where somebody denies: so nothing tells whose answer that is."""
    assert come_back(browser, "rosa", action="deny").status_code == 401
