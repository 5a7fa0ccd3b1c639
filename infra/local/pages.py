"""The local run's own pages: where to start, and every e-mail and SMS as a person would read it.

They work without JavaScript. Whatever a message says is escaped; its HTML is shown in a frame that may do nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.sender.gsm7 import ONE_PART, gsm7_length
from chalicelib.gateways.files import content_disposition
from infra.local import cast
from infra.local.clock import MovableClock
from infra.local.outbox import Message, Outbox
from infra.local.page_templates import fill
from infra.local.server import Page
from infra.local.state import why

HOME = "/_local/"
OUTBOX = "/_local/outbox"
_SHOWN = 100
"""Messages on the page; programs get all of them."""
CLOCK = "/_local/reloj"
GUIDE = "/_local/guia"

_ROOT = Path(__file__).parents[2]
_LIMA = ZoneInfo("America/Lima")
_HTML = "text/html; charset=utf-8"
_HEADERS = {
    # Frames made from `srcdoc` inherit it: an e-mail's own styles are shown, nothing of it is fetched or run.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self';"
    " frame-ancestors 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Pages:
    """Finds the local page of an address."""

    def __init__(
        self, outbox: Outbox, facts: dict[str, str], mailboxes: Sequence[Mailbox], clock: MovableClock
    ) -> None:
        """Show this outbox and clock; `facts` are what the first page tells, by their names in its template."""
        self._outbox = outbox
        self._clock = clock
        self._facts = facts
        self._mailboxes = mailboxes

    def find(self, method: str, target: str) -> Page | None:
        """Return the page, or None where the API answers."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if method == "POST" and path == CLOCK:
            return self._put_clock_forward(query)
        if method not in {"GET", "HEAD"} or not path.startswith(HOME):
            return None
        return self._find_page(path) or self._find_file(path) or _missing(404)

    def _find_page(self, path: str) -> Page | None:
        if path == HOME:
            return _page(self._home())
        if path == OUTBOX:
            return _page(outbox_page(self._outbox.messages(_SHOWN), self._outbox.count()))
        if path == f"{OUTBOX}.json":
            return Page(_as_json(self._outbox.messages()), "application/json", headers=_HEADERS)
        if path == GUIDE:
            text = (_ROOT / "docs" / "guia-de-integracion.md").read_bytes()
            return Page(text, "text/plain; charset=utf-8", headers=_HEADERS)
        return None

    def _home(self) -> str:
        who = {
            "users": cast.users(self._mailboxes),
            "staff": cast.staff(self._clock()),
            "people": cast.registering_people(),
            "companies": cast.registering_companies(),
            "other_people": cast.other_people(),
            "other_companies": cast.other_companies(),
        }
        told = {"outbox": OUTBOX, "guide": GUIDE, "clock": CLOCK, "now": _when(self._clock().astimezone(_LIMA))}
        told["epoch"] = str(int(self._clock().timestamp()))
        return fill("home.html", who, **self._facts, **told)

    def _put_clock_forward(self, query: dict[str, list[str]]) -> Page:
        try:
            self._clock.put_forward(timedelta(minutes=int(query["minutos"][0])))
        except (KeyError, ValueError, OverflowError):
            return _missing(400)
        except OSError as error:
            text = f"No se pudo anotar la hora nueva: {why(error)}. El reloj sigue como estaba."
            return _page(fill("message.html", title="El reloj no se movió", text=text, outbox=OUTBOX), 500)
        return Page(b"", "text/plain", 303, {"Location": HOME})

    def _find_file(self, path: str) -> Page | None:
        """Find `<outbox>/<message>/original.eml` or `<outbox>/<message>/<number of the attachment>`."""
        if not path.startswith(f"{OUTBOX}/") or path.count("/") != OUTBOX.count("/") + 2:
            return None
        name, wanted = path.removeprefix(f"{OUTBOX}/").split("/")
        if wanted == "original.eml":
            original = self._outbox.original(name)
            return None if original is None else _download(original, f"{name}.eml", "message/rfc822")
        message = self._outbox.find(name)
        if message is None or not wanted.isdecimal() or int(wanted) >= len(message.attachments):
            return None
        attachment = message.attachments[int(wanted)]
        return _download(attachment.content, attachment.filename, attachment.media_type)


def outbox_page(messages: list[Message], count: int) -> str:
    """Write the list, newest first; the newest e-mail stands open."""
    first_email = next((message.name for message in messages if message.kind == "email"), None)
    cards = "".join(
        _sms(message) if message.kind == "sms" else _email(message, is_open=message.name == first_email)
        for message in messages
    )
    return fill(
        "outbox.html",
        {"cards": cards or fill("empty.html")},
        summary=_summary(len(messages), count),
        outbox=OUTBOX,
    )


def _summary(shown: int, count: int) -> str:
    if shown < count:
        return f"Los {shown} mensajes más recientes de {count}."
    return "Un mensaje." if count == 1 else f"{count} mensajes, primero el más reciente." if count else ""


def _email(message: Message, *, is_open: bool) -> str:
    links = "".join(
        fill(
            "attachment.html",
            {},
            address=f"{OUTBOX}/{message.name}/{number}",
            filename=attachment.filename,
            size=_size(len(attachment.content)),
        )
        for number, attachment in enumerate(message.attachments)
    )
    return fill(
        "email.html",
        {"attachments": links, "open": "open" if is_open else ""},
        **_heading(message),
        subject=message.subject,
        sender=message.sender,
        text=message.text,
        html=message.html,
        original=f"{OUTBOX}/{message.name}/original.eml",
    )


def _sms(message: Message) -> str:
    length = gsm7_length(message.text)
    if length is None:
        told = f"{len(message.text)} caracteres, fuera del alfabeto GSM-7: se parte cada 70"
    else:
        told = f"{length} de {ONE_PART} caracteres" + ("" if length <= ONE_PART else ": no cabe en un mensaje")
    return fill("sms.html", None, **_heading(message), text=message.text, length=told)


def _heading(message: Message) -> dict[str, str]:
    local = message.sent_at.astimezone(_LIMA)
    return {"name": message.name, "to": message.to, "when": _when(local), "instant": local.isoformat("T", "seconds")}


def _when(local: datetime) -> str:
    return f"{local:%d/%m/%Y, %H:%M:%S}"


def _size(length: int) -> str:
    return f"{length} bytes" if length < 1024 else f"{length / 1024:.0f} KB"  # noqa: PLR2004 - a kilobyte


def _as_json(messages: list[Message]) -> bytes:
    def plain(value: Any) -> Any:
        return base64.b64encode(value).decode() if isinstance(value, bytes) else value.isoformat()

    listed = {"messages": [asdict(message) for message in messages]}
    return json.dumps(listed, ensure_ascii=False, indent=1, default=plain).encode()


def _download(content: bytes, filename: str, media_type: str) -> Page:
    return Page(content, media_type, headers={**_HEADERS, "Content-Disposition": content_disposition(filename)})


def _missing(status: int) -> Page:
    text = "La dirección no existe, o el mensaje se borró."
    return _page(fill("message.html", title="Aquí no hay nada", text=text, outbox=OUTBOX), status)


def _page(text: str, status: int = 200) -> Page:
    return Page(text.encode(), _HTML, status, _HEADERS)
