"""Use a deployed stack as a mailbox's holder does: log in by code, open, download, search, export, add a user."""

from __future__ import annotations

import hashlib
import io
import json
import re
import ssl
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener, urlopen

from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import UserState
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.store.access.account_store import AccountStore
from infra.deploy.use.check import check
from infra.deploy.use.deployment import Deployment

USERNAME = "1-40000002"
PASSWORD = "Camion-tejado-7"  # noqa: S105 - of a stack that lives for a minute
_PREPARING_SECONDS = 30


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Lead nowhere."""


@dataclass
class PersonClient:
    """Somebody with a bearer token, sent to the engine's address under the API's own name."""

    deployment: Deployment
    address: str
    token: str = ""

    def send(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        """Return status and text of an answer."""
        status, _, text = self.exchange(method, path, body, **headers)
        return status, text

    def exchange(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Message, str]:
        """Return status, headers and text of an answer; redirects are answers, too."""
        host = f"{self.deployment.outputs['RestAPIId']}.execute-api.localhost"
        given = {"Host": host, **({"Authorization": f"Bearer {self.token}"} if self.token else {}), **headers}
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if raw is not None:
            given.setdefault("Content-Type", "application/json")
        request = Request(self.address + path, data=raw, headers=given, method=method)  # noqa: S310 - our own engine
        try:
            opener = build_opener(HTTPSHandler(context=self._tls()), _NoRedirect)
            with opener.open(request, timeout=30) as answer:
                return int(answer.status), answer.headers, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()

    def ask(self, method: str, path: str, body: object = None, *, status: int = 200) -> Any:
        """Return the JSON of an answer that has to have this status.

        Raises:
            AssertionError: it has another.

        """
        got, text = self.send(method, path, body)
        if got != status:
            raise AssertionError(f"{method} {path}: {got} instead of {status}: {text}")
        return json.loads(text)

    def fetch(self, url: str) -> bytes:
        """Return what a presigned link gives."""
        with urlopen(url, timeout=30, context=self._tls()) as answer:  # noqa: S310 - made by the service
            content: bytes = answer.read()
        return content

    def post_outside(self, url: str, body: bytes, kind: str) -> tuple[int, str]:
        """Send a form elsewhere, as a browser does; return the answer's status and where it leads."""
        request = Request(url, data=body, headers={"Content-Type": kind}, method="POST")  # noqa: S310 - as above
        try:
            opener = build_opener(HTTPSHandler(context=self._tls()), _NoRedirect)
            with opener.open(request, timeout=30) as answer:
                return int(answer.status), str(answer.headers.get("Location", ""))
        except HTTPError as error:
            with error:
                return error.code, str(error.headers.get("Location", ""))

    def prepared(self, **wanted: str) -> bytes:
        """Ask for a file that a worker puts together, wait for it, and return it."""
        export = self.ask("POST", "/v1/exports", wanted, status=202)
        deadline = time.monotonic() + _PREPARING_SECONDS
        while export["state"] == "preparing":
            if time.monotonic() > deadline:
                raise AssertionError(f"{wanted} is not prepared")
            time.sleep(0.3)
            export = self.ask("GET", f"/v1/exports/{export['export_id']}")
        if export["state"] != "ready":
            raise AssertionError(f"{wanted}: {export}")
        return self.fetch(export["file"]["url"])

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.deployment.engine.ca_bundle))


def use_mailbox(holder: PersonClient, notice_id: str, email: str, tell: Callable[[str], None]) -> None:
    """Go the holder's whole way; `email` is where their codes go.

    Raises:
        AssertionError: at the first step that fails.

    """
    log_in(holder, USERNAME, email)
    tell("the holder logged in by an e-mailed code")
    accept(holder)
    tell("the texts in force accepted")
    pending = holder.ask("GET", "/v1/notices?reading=pending")
    check([n["notice_id"] for n in pending["notices"]] == [notice_id], "the notice is pending")
    opened = holder.ask("POST", f"/v1/notices/{notice_id}/opening", {}, status=201)
    check(opened["is_first_opening"], "it is opened for the first time")
    check(holder.ask("GET", "/v1/notices")["counts"] == {"pending": 0, "read": 1}, "it is counted as read")
    for name in ("main", "receipt"):
        link = holder.ask("GET", f"/v1/notices/{notice_id}/files/{name}")
        check(holder.fetch(link["url"]).startswith(b"%PDF-"), f"{name} is downloaded")
    tell("opened once, counted, document and receipt downloaded")
    with zipfile.ZipFile(io.BytesIO(holder.prepared(kind="evidence", notice_id=notice_id))) as bundle:
        check(_matches_its_manifest(bundle), "every file of the bundle is as its manifest says")
    check(holder.prepared(kind="listing", format="xlsx").startswith(b"PK"), "the list comes as Excel")
    found = holder.ask("GET", "/v1/notices/search?campo=asunto&operador=contiene&valor=NOTIFICACION")
    check(len(found["notices"]) == 1, "the notice is found without its accent")
    tell("evidence bundled, list exported, notice found")
    user = {"document_type": "DNI", "document_number": "40000021", "name": "Rosa Demo", "email": "rosa@ejemplo.example"}
    added = holder.ask("POST", "/v1/users", user, status=201)
    check(added["mail_sent"], "the new user is written to")
    holder.ask("POST", f"/v1/users/{added['user_id']}/disabling", {})
    holder.ask("GET", "/v1/profile")
    tell("a user added and disabled")
    _ask_about_data(holder)
    tell("own data seen, a correction asked for and withdrawn, the mailbox asked to be closed")
    _see_pages(holder, notice_id)
    tell("pages shown")


def _ask_about_data(holder: PersonClient) -> None:
    """See what is held, and ask for what an operator answers."""
    held = holder.ask("GET", "/v1/own-data")
    check(held["user"]["username"] == USERNAME, "own data are shown")
    check(holder.ask("POST", "/v1/data-requests", {"kind": "export"}, status=201)["state"] == "done", "a copy is done")
    wrong = {"kind": "rectification", "words": "Falta mi segundo nombre."}
    asked = holder.ask("POST", "/v1/data-requests", wrong, status=201)
    gone = holder.ask("POST", f"/v1/data-requests/{asked['reference']}/withdrawal", {})
    check(gone["state"] == "withdrawn", "a request is taken back")
    holder.ask("POST", "/v1/data-requests", {"kind": "access", "words": "¿Quién vio mi casilla?"}, status=201)
    closing = {"kind": "closure", "password": PASSWORD}
    check(holder.ask("POST", "/v1/data-requests", closing, status=201)["state"] == "waiting", "a closing waits")
    refused, _ = holder.send("POST", "/v1/reopening", {"password": PASSWORD})
    check(refused == 409, "what is open is not opened again")  # noqa: PLR2004 - Conflict


def seed_account(user_id: str, username: str = USERNAME) -> None:
    """Let a holder log in, as an operator."""
    hashed = PasswordHashing().hash(PASSWORD)
    AccountStore().add(Account(username, user_id, username, UserState.ACTIVE, password_hash=hashed))


def log_in(holder: PersonClient, username: str, email: str) -> None:
    """Get in by password and the code that the e-mail has."""
    sent = holder.ask("POST", "/v1/login-codes", {"username": username}, status=202)
    mails = [mail for mail in holder.deployment.engine.emails if email in mail["To"]]
    [code] = re.findall(r"(?:^|: )([2-9A-Z]{6})\r?$", mails[-1]["BodyText"], re.MULTILINE)
    proof = {"id": sent["code_id"], "code": code}
    body = {"username": username, "password": PASSWORD, "email_code": proof}
    holder.token = holder.ask("POST", "/v1/sessions", body, status=201)["token"]


def accept(holder: PersonClient) -> None:
    """Accept the texts, which somebody whose mailbox was written by hand never did."""
    due = holder.ask("GET", "/v1/acceptances")["due"]
    check(len(due) > 0, "texts are due")
    accepted = [{"text": one["text"], "version": one["version"]} for one in due]
    holder.token = holder.ask("POST", "/v1/acceptances", {"texts": accepted}, status=201)["token"]


def _matches_its_manifest(bundle: zipfile.ZipFile) -> bool:
    [manifest] = [name for name in bundle.namelist() if name.endswith("SHA256SUMS.txt")]
    folder = manifest.removesuffix("SHA256SUMS.txt")
    lines = [line.split("  ", 1) for line in bundle.read(manifest).decode().splitlines()]
    return bool(lines) and all(
        hashlib.sha256(bundle.read(folder + name)).hexdigest() == digest for digest, name in lines
    )


def _see_pages(holder: PersonClient, notice_id: str) -> None:
    cookie = f"{SESSION_COOKIE}={holder.token}"
    holder.token = ""
    for path in ("/", "/ingresar", "/terminos", "/preguntas-frecuentes"):
        status, html = holder.send("GET", path)
        check(status == 200 and "<h1>" in html, f"{path} is shown: {status}")  # noqa: PLR2004 - HTTP's own
    [style] = re.findall(r'href="(/static/casilla\.[0-9a-f]+\.css)"', html)
    check(holder.send("GET", style)[0] == 200, "the style is there")  # noqa: PLR2004 - HTTP's own
    for path in ("/casilla", f"/casilla/{notice_id}", "/clave"):
        status, html = holder.send("GET", path, Cookie=cookie)
        check(status == 200 and "Salir" in html, f"{path} is shown: {status}")  # noqa: PLR2004 - HTTP's own
