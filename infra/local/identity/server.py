"""The simulated provider's HTTP server, on loopback alone: its page, tokens, keys and userinfo, and ways to go wrong.

Its addresses and claims are those that programs for ID Perú use (docs/registros.md). It knows no passwords: whoever is
at its page says who to be, and by which level. `Wrongs` is for tests: with it, it says what no honest provider would.
"""

from __future__ import annotations

import base64
import html
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from infra.local.identity.tokens import SigningKey, proof_key, sign
from infra.local.registries.answers import people
from infra.local.simulated import SimulatedHandler, SimulatedService, served

LEVELS = {
    "one_factor": "Con clave o con un código",
    "two_factor": "Con clave y con un código",
    "certificate_dnie": "Con DNI electrónico",
}
"""As the programs call them, from the weakest to the strongest."""
_DEMO = {
    "40000002": ("MARIA ÑUSTA", "QUISPE DEMO"),
    "40000021": ("ROSA", "MAMANI DEMO"),
    "40000027": ("JORGE", "FLORES DEMO"),
    "40000028": ("ELENA", "HUAMAN DEMO"),
    "40000034": ("CARMEN", "SOTO DEMO"),
    "40000035": ("LUIS", "VEGA DEMO"),
}
"""Users of the demonstration's mailboxes; the last two may not log in."""
_CODE_SECONDS, _TOKEN_SECONDS = 60, 300
WRONG_SECRET = "equivocada"  # noqa: S105 - a word of the simulator
"""The client's secret that the simulator refuses; it takes any other."""
_PAGE = Path(__file__).parent / "page.html"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


@dataclass
class Wrongs:
    """What a dishonest or broken provider does; empty, it does nothing wrong."""

    claims: dict[str, Any] = field(default_factory=dict)
    """Said in place of the right ones in ID tokens; None leaves one out."""
    header: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str | None] = field(default_factory=dict)
    """Said in place of the right ones to the browser."""
    failing: dict[str, str] = field(default_factory=dict)
    """By path, a way of `simulated.FAILURES` to fail instead of answering."""
    signs_with: SigningKey | None = None
    """A key that is not published."""


@dataclass
class _Asked:
    client_id: str
    redirect_uri: str
    nonce: str
    challenge: str
    claims: dict[str, str]
    acr: str
    at: datetime


class IdentitySimulator(SimulatedService):
    """The provider; `asked` lists the paths that were asked."""

    def __init__(self, port: int, clock: Callable[[], datetime], *, slow_seconds: float) -> None:
        """Bind; a port of 0 takes a free one."""
        super().__init__(port, _Handler, slow_seconds=slow_seconds)
        self.clock = clock
        self.issuer = self.address
        self.keys = [SigningKey("simulador-1")]
        self.wrongs = Wrongs()
        self.codes: dict[str, _Asked] = {}
        self.bearers: dict[str, _Asked] = {}

    @property
    def environment(self) -> dict[str, str]:
        """Return what tells a service where it is."""
        return {
            "IDENTITY_ISSUER": self.issuer,
            "IDENTITY_AUTHORIZATION_URL": f"{self.issuer}/service/auth",
            "IDENTITY_TOKEN_URL": f"{self.issuer}/service/token",
            "IDENTITY_KEYS_URL": f"{self.issuer}/service/jwks",
            "IDENTITY_USERINFO_URL": f"{self.issuer}/service/userinfo",
            "IDENTITY_CLIENT_ID": "casilla-local",
            "IDENTITY_LEVELS": "two_factor certificate_dnie",
        }

    def grant(self, parameters: Mapping[str, str], claims: dict[str, str], acr: str) -> str:
        """Return where the browser of an authenticated person goes back to."""
        code = secrets.token_urlsafe(24)
        self.codes[code] = _Asked(
            parameters["client_id"],
            parameters["redirect_uri"],
            parameters.get("nonce", ""),
            parameters.get("code_challenge", ""),
            claims,
            acr,
            self.clock(),
        )
        return self._back(parameters, {"code": code})

    def refuse(self, parameters: Mapping[str, str]) -> str:
        """Return where the browser of a person who gave up goes back to."""
        return self._back(parameters, {"error": "access_denied"})

    def _back(self, parameters: Mapping[str, str], told: dict[str, str]) -> str:
        said = {**told, "state": parameters.get("state", ""), "iss": self.issuer, **self.wrongs.answer}
        answer = {name: value for name, value in said.items() if value is not None}
        return f"{parameters['redirect_uri']}?{urlencode(answer)}"

    def tokens(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer a code, once; a client that does not prove itself has used none."""
        if form.get("client_secret", "") in {"", WRONG_SECRET}:
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        is_right = (
            asked is not None
            and (self.clock() - asked.at).total_seconds() <= _CODE_SECONDS
            and form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == asked.redirect_uri
            and form.get("client_id") == asked.client_id
            and proof_key(form.get("code_verifier", "")) == asked.challenge
        )
        if asked is None or not is_right:
            return 400, {"error": "invalid_grant"}
        bearer = secrets.token_urlsafe(24)
        self.bearers[bearer] = asked
        key = self.wrongs.signs_with or self.keys[-1]
        token = sign(self._claims(asked), key, self.wrongs.header)
        return 200, {"access_token": bearer, "token_type": "Bearer", "expires_in": _TOKEN_SECONDS, "id_token": token}

    def _claims(self, asked: _Asked) -> dict[str, Any]:
        now = int(self.clock().timestamp())
        right: dict[str, Any] = {
            "iss": self.issuer,
            "sub": f"sub-{asked.claims['doc']}",
            "aud": asked.client_id,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "auth_time": int(asked.at.timestamp()),
            "nonce": asked.nonce,
            "acr": asked.acr,
        }
        said = {**right, **self.wrongs.claims}
        return {name: value for name, value in said.items() if value is not None}

    def userinfo(self, bearer: str) -> tuple[int, dict[str, Any]]:
        """Answer who an access token is about."""
        asked = self.bearers.get(bearer)
        if asked is None:
            return 401, {"error": "invalid_token"}
        said = {"sub": f"sub-{asked.claims['doc']}", **asked.claims, **self.wrongs.userinfo}
        return 200, {name: value for name, value in said.items() if value is not None}


class _Handler(SimulatedHandler):
    server: IdentitySimulator

    def get(self) -> None:
        path, query = self._asked()
        if path == "/service/auth":
            self.say(200, _page(query), "text/html", **{"Content-Security-Policy": _POLICY})
        elif path == "/service/jwks":
            self._answer(200, {"keys": [key.as_jwk() for key in self.server.keys]})
        elif path == "/service/userinfo":
            self._answer(*self.server.userinfo(self.headers.get("Authorization", "").removeprefix("Bearer ")))
        else:
            self.say(404, b"{}")

    def post(self) -> None:
        path, query = self._asked()
        form = {name: values[0] for name, values in parse_qs(self.body().decode()).items()}
        if path == "/service/token":
            self._answer(*self.server.tokens({**form, **self._basic()}))
        elif path == "/service/auth":
            self.say(303, b"", "text/plain", Location=self._chosen(query, form))
        else:
            self.say(404, b"{}")

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        self.server.asked.append(parts.path)
        return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}

    def _basic(self) -> dict[str, str]:
        header = self.headers.get("Authorization", "")
        if not header.startswith("Basic "):
            return {}
        client_id, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        return {"client_id": unquote_plus(client_id), "client_secret": unquote_plus(secret)}

    def _chosen(self, query: Mapping[str, str], form: Mapping[str, str]) -> str:
        number, acr = form.get("doc", "") or form.get("otro", ""), form.get("acr", "")
        if form.get("accion") == "cancelar" or acr not in LEVELS or not (number.isdecimal() and len(number) == 8):  # noqa: PLR2004
            return self.server.refuse(query)
        return self.server.grant(query, claims_of(number), acr)

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self.answer(status, lambda: body, self.server.wrongs.failing.get(urlsplit(self.path).path))


def claims_of(number: str) -> dict[str, str]:
    """Return what is said of a person: of one whom the registry's simulator knows, the names as well."""
    known = people().get(number, {})
    surnames = f"{known.get('first_surname', '')} {known.get('second_surname', '')}".strip()
    given_names, surnames = _DEMO.get(number, (known.get("given_names", ""), surnames))
    told = {"doc_type": "DNI", "doc": number, "first_name": given_names, "last_name": surnames}
    return {name: value for name, value in told.items() if value}


def _page(parameters: Mapping[str, str]) -> bytes:
    """Ask who to be; the levels asked for come first."""
    named = [(number, person) for number, person in people().items() if "given_names" in person]
    demo = [(number, " ".join(names)) for number, names in _DEMO.items()]
    shown = [*demo, *((number, _name(person)) for number, person in named)]
    options = "".join(f'<option value="{number}">{html.escape(f"{number} {name}")}</option>' for number, name in shown)
    wanted = parameters.get("acr_values", "").split()
    ordered = sorted(LEVELS, key=lambda level: wanted.index(level) if level in wanted else len(wanted))
    levels = "".join(f'<option value="{level}">{level}: {LEVELS[level]}</option>' for level in ordered)
    action = html.escape(f"/service/auth?{urlencode(parameters)}")
    return Template(_PAGE.read_text("utf-8")).substitute(options=options, levels=levels, action=action).encode()


def _name(person: Mapping[str, str]) -> str:
    return " ".join(filter(None, (person["given_names"], person.get("first_surname"), person.get("second_surname"))))


@contextmanager
def running(
    port: int = 0, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC), slow_seconds: float = 10.0
) -> Iterator[IdentitySimulator]:
    """Serve in threads for the length of a block."""
    with served(IdentitySimulator(port, clock, slow_seconds=slow_seconds)) as simulator:
        yield simulator
