"""Accounts, tokens, limits and sessions on an engine, and many callers at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar

from pynamodb.connection import Connection

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.access import access_tools
from chalicelib.config import Config
from chalicelib.domain.access.access_secret import opaque_token
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.sent_mail import LONG, SHORT, SentCode, SentMail
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.mailbox import UserState
from chalicelib.services.access.login_codes import code_name
from chalicelib.services.access.tools import AccessTools
from chalicelib.store.access.account_store import AccountStore
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.limit_store import LimitStore
from tests.cloud import bound
from tests.deposit_world import AUTHORITY, Clock

NOW = datetime(2096, 3, 9, 20, 15, 30, 250_001, tzinfo=UTC)
"""Far from every real clock: nothing here may depend on the year."""
PEPPER = bytes(range(32))
TICK = timedelta(microseconds=1)

_T = TypeVar("_T")


@dataclass
class World:
    connection: Connection
    tokens: TokenStore
    limits: LimitStore
    sessions: SessionStore
    accounts: AccountStore
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_secret(self) -> str:
        return opaque_token(next(self.numbers).to_bytes(32, "big"))


def access_world(environment: dict[str, str]) -> World:
    connection = bound(environment)
    return World(
        connection,
        TokenStore(connection, PEPPER),
        LimitStore(PEPPER),
        SessionStore(connection, PEPPER),
        AccountStore(),
    )


def a_new_token(**overrides: Any) -> NewToken:
    token = NewToken(TokenKind.RESET_LINK, "secret-1", NOW, NOW + timedelta(days=2))
    return replace(token, **overrides)


def an_account(**overrides: Any) -> Account:
    account = Account("1-40000002", "u1", "1-40000002", UserState.ACTIVE, password_hash="$argon2id$synthetic")
    return replace(account, **overrides)


def at_once(times: int, call: Callable[[int], _T]) -> list[_T | CasillaError]:
    """Call from as many threads, all released together; what each returned or was refused with."""
    gate = Barrier(times)

    def wait_and_call(number: int) -> _T | CasillaError:
        gate.wait()
        try:
            return call(number)
        except CasillaError as refused:
            return refused

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(wait_and_call, range(times)))


def issue_login_code(tools: AccessTools, username: str, code_id: str, code: str, *, now: datetime) -> None:
    """Keep a code as if it had been asked for and sent."""
    about, is_kept = f"login#{username}", False
    while not is_kept:
        last, digest = tools.sent_mails.find(about), tools.sent_mails.digest(about, code)
        kept = () if last is None else last.codes
        mail = SentMail(digest, now, now + SHORT, now, 1, "", (*kept, SentCode(digest, now + SHORT)))
        is_kept = tools.sent_mails.keep(about, mail, instead_of=last)
    tools.tokens.issue(NewToken(TokenKind.LOGIN_CODE, code_name(code_id, username), now, now + LONG))


class CountedMails:
    """Counts e-mails instead of sending them."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, _message: Any, destination: str, _tags: Any) -> str:
        self.sent.append(destination)
        return "id"


@contextmanager
def racing_tools(environment: dict[str, str]) -> Iterator[tuple[Container, AccessTools]]:
    """Yield the tools of a container that any number of threads may use, and the container."""
    config = Config.from_env({**environment, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    container = Container(config, clock=Clock())
    mail: Any = CountedMails()
    with using(container):
        yield container, replace(access_tools(container), mail=mail)
