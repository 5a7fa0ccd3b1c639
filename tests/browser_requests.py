"""Requests as a browser sends them to the portal, on the in-process engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import html5lib  # type: ignore[import-untyped]
from chalice.test import Client, HTTPResponse

from chalicelib.domain.access.captcha import captcha_answer
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.services.access.sessions import open_session
from tests.person_world import PASSWORD, USERNAME, People

BOUNDARY = "----ejemplo7MA4YWxkTrZu0gW"
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


@dataclass
class Browser:
    """Keeps cookies, fills forms, follows no redirects but those that say what a form was answered."""

    people: People
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str, headers: dict[str, str] | None = None) -> HTTPResponse:
        return self._send("GET", address, b"", headers or {})

    def post(self, address: str, headers: dict[str, str] | None = None, **fields: str) -> HTTPResponse:
        sent = {"content-type": "application/x-www-form-urlencoded", **(SAME_ORIGIN if headers is None else headers)}
        return self._follow(self._send("POST", address, urlencode(fields).encode(), sent))

    def send(self, address: str, /, **fields: str) -> HTTPResponse:
        """Post a form and return its very answer."""
        sent = {"content-type": "application/x-www-form-urlencoded", **SAME_ORIGIN}
        return self._send("POST", address, urlencode(fields).encode(), sent)

    def _follow(self, answer: HTTPResponse) -> HTTPResponse:
        return self.get(str(answer.headers["Location"])) if says_later(answer) else answer

    def post_file(
        self, address: str, filename: str, content: bytes, headers: dict[str, str] | None = None, **fields: str
    ) -> HTTPResponse:
        """Post a form with one file, as browsers write it."""
        return self._follow(self.send_file(address, filename, content, headers, **fields))

    def send_file(
        self, address: str, filename: str, content: bytes, headers: dict[str, str] | None = None, **fields: str
    ) -> HTTPResponse:
        """Post such a form and return its very answer."""
        sent = {
            "content-type": f"multipart/form-data; boundary={BOUNDARY}",
            **(SAME_ORIGIN if headers is None else headers),
        }
        return self._send("POST", address, multipart(filename, content, **fields), sent)

    def send_files(
        self, address: str, files: Mapping[str, tuple[str, bytes]], fields: Mapping[str, str]
    ) -> HTTPResponse:
        """Post a form with files by field and follow where it leads."""
        sent = {"content-type": f"multipart/form-data; boundary={BOUNDARY}", **SAME_ORIGIN}
        return self._follow(self._send("POST", address, form_with_files(files, fields), sent))

    def submit_file(self, filename: str, content: bytes, **fields: str) -> HTTPResponse:
        """Have a file judged on a page that was just opened, with its captcha solved or its session's token."""
        address = "/revisar-archivo"
        return self.post_file(
            address, filename, content, None, **{**self._hidden(self.get(address)), "role": "main", **fields}
        )

    def submit(self, shown: HTTPResponse, address: str, **fields: str) -> HTTPResponse:
        """Post the hidden fields of a page that was shown, a right captcha, and what a person typed."""
        return self.post(address, None, **{**self._hidden(shown), **fields})

    def _hidden(self, shown: HTTPResponse) -> dict[str, str]:
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text_of(shown)))
        if "captcha_id" in hidden:
            hidden["captcha"] = captcha_answer(self.people.tools.pepper, hidden["captcha_id"])
        return hidden

    def log_in(self, username: str = USERNAME, password: str = PASSWORD, **fields: str) -> HTTPResponse:
        """Log in by a form that was opened before anybody was inside."""
        inside = self.cookies.pop(SESSION_COOKIE, None)
        page = self.get("/ingresar")
        if inside:
            self.cookies[SESSION_COOKIE] = inside
        return self.submit(page, "/ingresar", username=username, password=password, **fields)

    def accept_texts(self) -> HTTPResponse:
        """Accept all that is due, as who logs in for the first time does."""
        return self.submit(self.get("/textos"), "/textos", accept_terms="si", accept_privacy="si")

    def csrf(self) -> str:
        """Return the token that the forms of this session carry."""
        return str(re.findall(r'name="csrf" value="([0-9a-f]+)"', text_of(self.get("/clave")))[0])

    def enter(self, **changes: Any) -> None:
        """Be logged in, without the pages."""
        tools, now = self.people.tools, self.people.world.clock()
        account = tools.accounts.find(USERNAME)
        assert account is not None
        account = replace(account, **changes)
        opened = open_session(account, tools.new_secret(), origin="192.0.2.1", sessions=tools.sessions, now=now)
        self.cookies[SESSION_COOKIE] = opened.cookie

    def _send(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> HTTPResponse:
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**headers, **({"cookie": jar} if jar else {})}
        answer = self.people.world.client.http.request(method, address, headers=sent, body=body)
        is_page = "text/html" in answer.headers["Content-Type"]
        assert not (method == "POST" and is_page and answer.status_code == 200), "A form is answered 303."
        for line in cookies_of(answer):
            for name, morsel in SimpleCookie(line).items():
                self.cookies.pop(name, None)
                if morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
        if str(answer.headers.get("Content-Type", "")).startswith("text/html"):
            check_references(text_of(answer))
        return answer


def says_later(answer: HTTPResponse) -> bool:
    """Tell whether a form's answer is kept for the page that it leads to."""
    return re.search(r"[?&](corregir|listo)=", str(answer.headers.get("Location", ""))) is not None


def said(client: Client, answer: HTTPResponse, jar: str = "") -> HTTPResponse:
    """Return the page that says what a form was answered, opened with these cookies; any other answer as it is."""
    if not says_later(answer):
        return answer
    kept = [line.partition(";")[0] for line in cookies_of(answer)]
    sent = {"cookie": "; ".join([jar, *kept] if jar else kept)}
    return client.http.request("GET", str(answer.headers["Location"]), headers=sent, body=b"")


def multipart(filename: str, content: bytes, **fields: str) -> bytes:
    """Write a form with one file, `file`, as browsers do."""
    return form_with_files({"file": (filename, content)}, fields)


def form_with_files(files: Mapping[str, tuple[str, bytes]], fields: Mapping[str, str]) -> bytes:
    """Write a form as browsers do: texts first, then files by field, with names in UTF-8 with three signs escaped."""
    parts = [(f'form-data; name="{place}"', value.encode()) for place, value in fields.items()]
    for place, (filename, content) in files.items():
        name = filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        parts.append(
            (f'form-data; name="{place}"; filename="{name}"\r\nContent-Type: application/octet-stream', content)
        )
    written = [f"--{BOUNDARY}\r\nContent-Disposition: {head}\r\n\r\n".encode() + value for head, value in parts]
    return b"\r\n".join([*written, f"--{BOUNDARY}--\r\n".encode()])


def cookies_of(answer: HTTPResponse) -> list[str]:
    """Return every Set-Cookie."""
    found = [value for name, value in answer.headers.items() if name.lower() == "set-cookie"]
    return [line for value in found for line in (value if isinstance(value, list) else [value])]


def text_of(answer: HTTPResponse) -> str:
    """Return a page's HTML."""
    return answer.body.decode()


def check_html(html: str) -> None:
    """Hold a page to what every page has to be."""
    html5lib.HTMLParser(strict=True).parse(html)
    assert not re.search(r"<script(?![^>]* src=)|\sstyle=|\son[a-z]+=|<style", html)
    assert html.count("<h1") == 1
    check_references(html)


_TAG = re.compile(r"<[a-z][^<>]*>")
_ATTRIBUTE = re.compile(r'\s([a-z-]+)="([^"]*)"')
_REFERRING = {"for", "form", "headers", "list", "aria-controls", "aria-describedby", "aria-details", "aria-labelledby"}
"""Attributes that name other elements of the same page."""


def check_references(html: str) -> None:
    """Hold every id to be one element's, and every label, description and link within the page to lead to one."""
    attributes = [pair for tag in _TAG.findall(html) for pair in _ATTRIBUTE.findall(tag)]
    ids = [value for name, value in attributes if name == "id"]
    assert len(ids) == len(set(ids)), ids
    named = {(name, one) for name, value in attributes if name in _REFERRING for one in value.split()}
    named |= {(name, value[1:]) for name, value in attributes if name == "href" and value.startswith("#")}
    lost = {pair for pair in named if pair[1] not in ids}
    assert not lost, lost
