"""Somebody of the staff before a deployed console: a browser that keeps cookies and sends forms, and a device."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pyotp

from infra.deploy.use.check import check
from infra.deploy.use.person import PASSWORD, PersonClient

_BOUNDARY = "----e2e7MA4YWxkTrZu0gW"
_HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')
_STEP_S, _LATE_S = 30, 25
_MAIL_SECONDS, _PAGE_SECONDS = 15, 40
File = tuple[str, str, bytes]
"""A field, the file's name, its bytes."""
_LINK = re.compile(r"/entidad/activar/[^\s?#]+")


@dataclass
class Device:
    """An app that shows codes; each step's code once, from the earliest that still counts."""

    seed: str
    last: int = 0

    def code(self) -> str:
        """Return the next code, waiting for it where all that count now were shown."""
        while True:
            now, since = divmod(time.time(), _STEP_S)
            first = int(now) if since > _LATE_S else int(now) - 1
            step = max(self.last + 1, first)
            if step <= now + 1:
                self.last = step
                return str(pyotp.TOTP(self.seed).generate_otp(step))
            time.sleep(1)


@dataclass
class Clerk:
    """Whoever uses the console, without any script."""

    visitor: PersonClient
    device: Device | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def see(self, path: str, *words: str) -> str:
        """Return a page, which has to say this.

        Raises:
            AssertionError: it is not shown, or does not say it.

        """
        status, _, page = self._send("GET", path)
        check(status == HTTPStatus.OK, f"{path} is shown: {status} {_told(page)}")
        for said in words:
            check(said in page, f"{path} says «{said}»: {_told(page)}")
        return page

    def wait(self, path: str, is_so: Callable[[str], bool], claim: str) -> str:
        """Return a page as soon as something is so of it."""
        deadline = time.monotonic() + _PAGE_SECONDS
        while not is_so(page := self.see(path)):
            check(time.monotonic() < deadline, f"{claim}: {_told(page)}")
            time.sleep(0.3)
        return page

    def fill(self, path: str, /, **typed: Any) -> str:
        """Send a page's form with what it hides, and return where that leads.

        Raises:
            AssertionError: it is not taken.

        """
        return self._post(path.partition("?")[0], {**self._hidden(path), **typed})

    def attach(self, path: str, file: File, /, **typed: Any) -> str:
        """Send such a form with a file.

        Raises:
            AssertionError: it is not taken.

        """
        return self._post(path.partition("?")[0], {**self._hidden(path), **typed}, file)

    def attach_at(self, path: str, button: str, file: File, /, **typed: Any) -> str:
        """Send such a form to the address that it has of its own.

        Raises:
            AssertionError: it is not taken.

        """
        return self._post(button, {**self._hidden(path), **typed}, file)

    def send_to_store(self, address: str, form: str, file: File) -> tuple[int, str]:
        """Send a file by a form that leads to the store; return the answer's status and where it leads."""
        fields = {name: html.unescape(value) for name, value in _HIDDEN.findall(form)}
        return self.visitor.post_outside(
            address, _multipart(fields, *file), f"multipart/form-data; boundary={_BOUNDARY}"
        )

    def press(self, path: str, button: str) -> str:
        """Press a page's button that has an address of its own, and return where that leads."""
        return self._post(button, self._hidden(path))

    def leads(self, path: str) -> str:
        """Return where an address leads."""
        status, led, page = self._send("GET", path)
        check(status == HTTPStatus.SEE_OTHER, f"{path} leads on: {status} {_told(page)}")
        return led

    def follow(self, path: str) -> bytes:
        """Return the file that an address leads to at the store."""
        return self.visitor.fetch(self.leads(path))

    def set_up(self, email: str) -> str:
        """Follow the link of the e-mail, enrol the device that its page shows, and return the username."""
        link = self._link_of(email)
        page = self.see(link)
        [seed] = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)
        self.device = Device(seed.replace(" ", ""))
        [username] = re.findall(r'name="username" value="([^"]+)"', page)
        typed = {"password": PASSWORD, "password_repeated": PASSWORD, "code": self.device.code()}
        ready = self.see(self.fill(link, **typed), "Tu acceso está listo")
        codes = re.findall(r"<code>([2-9A-Z]{5}-[2-9A-Z]{5})</code>", ready)
        check(len(set(codes)) == 10, "ten recovery codes are shown")  # noqa: PLR2004 - as many as there are
        return str(username)

    def log_in(self, username: str, home: str) -> None:
        """Get in."""
        led = self.fill(f"{home}/ingresar", username=username, password=PASSWORD, code=self.code())
        check(led == home, f"{username} is inside: {led}")

    def code(self) -> str:
        """Return what the device shows."""
        if self.device is None:
            raise AssertionError("no device was enrolled")
        return self.device.code()

    def _post(self, path: str, fields: Mapping[str, Any], file: File | None = None) -> str:
        body = urlencode(fields, doseq=True).encode() if file is None else _multipart(fields, *file)
        kind = "application/x-www-form-urlencoded" if file is None else f"multipart/form-data; boundary={_BOUNDARY}"
        status, led, page = self._send("POST", path, body, **{"Content-Type": kind, "Sec-Fetch-Site": "same-origin"})
        check(status == HTTPStatus.SEE_OTHER, f"a form of {path} leads on: {status} {_told(page)}")
        if "corregir=" in led:
            _, _, page = self._send("GET", led)
            check("<title>Error: " not in page, f"a form of {path} is taken: {_told(page)}")
        return led

    def _link_of(self, email: str) -> str:
        deadline = time.monotonic() + _MAIL_SECONDS
        while True:
            bodies = [mail["BodyText"] for mail in self.visitor.deployment.engine.emails if email in mail["To"]]
            if links := _LINK.findall("\n".join(bodies)):
                return str(links[-1])
            check(time.monotonic() < deadline, f"a link is e-mailed to {email}")
            time.sleep(0.2)

    def _hidden(self, path: str) -> dict[str, str]:
        return {name: html.unescape(value) for name, value in _HIDDEN.findall(self.see(path))}

    def _send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str, str]:
        """Return status, where it leads, and the page."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        given = {**headers, **({"Cookie": jar} if jar else {})}
        status, answered, page = self.visitor.exchange(method, path, body, **given)
        for line in answered.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies.pop(name, None)
                if morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
        return status, str(answered.get("Location", "")), page


def _multipart(fields: Mapping[str, Any], name: str, filename: str, content: bytes) -> bytes:
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode()
        for n, v in fields.items()
    ]
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'.encode()
    return b"".join([*parts, head, content, f"\r\n--{_BOUNDARY}--\r\n".encode()])


def _told(page: str) -> str:
    """Return what a page says, without its tags."""
    words = html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2] or page))
    return " ".join(words.split())[:1500]
