"""What the floor under a first answer is asked: all of it taken from the calls and the answer of the service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fpdf import FPDF

from bench.packaged import Package
from bench.world import BenchWorld
from chalicelib.bootstrap.storage import notice_store
from chalicelib.handlers.doors import DOORS
from chalicelib.renderers.deposit.receipt_layout import draw_receipt
from chalicelib.renderers.notice_json import notice_as_json
from chalicelib.renderers.pdf_document import Typeface
from tests.deposit_world import AUTHORITY, ED25519_KEY

Asked = dict[str, Any]
"""What a program of `bench.fresh` reads."""
_RENDERERS = "chalicelib/renderers"
_TABLE = re.compile(r"<table.*</table>", re.DOTALL)
_PICTURE = re.compile(r"data:image/png[^\"]*")
_TEXT = re.compile(r"(?<=>)[^<>{}]*[^\s<>{}][^<>{}]*(?=<)")
_HEADERS = ("From", "To", "Subject", "Date", "Message-ID")
_DRAWN = ("cell", "line", "rect")


@dataclass(frozen=True, slots=True)
class Answered:
    """What the service was asked and answered, and the calls it made: service, operation, parameters."""

    event: Asked
    answer: Any
    calls: Sequence[Any]

    @property
    def body(self) -> str:
        """The text of an answer over HTTP."""
        return str(self.answer["body"])


def floor_of(name: str, answered: Answered, package: Package, world: BenchWorld) -> Asked:
    """Return what `bench.fresh.floor` is asked, with its templates as sources.

    A page is as long as the service's, with a value for each of its texts; the list's table is the service's own.
    """
    asked: Asked = {"event": answered.event, "calls": answered.calls}
    asked["is_local"] = name not in {"home page", "login form"}
    if name == "alert worker":
        return {**asked, "text": "", **_letters(answered.calls)}
    asked["routes"] = [(door.method, door.path) for door in DOORS]
    asked["media_type"] = answered.answer["headers"]["Content-Type"]
    if name == "deposit":
        return {**asked, "text": answered.body, **_deposit(answered, world)}
    asked |= _page(answered.body)
    if name == "login form":
        asked["captcha"] = {"text": "K7M3Q", "font": str(package.tree / _RENDERERS / "fonts" / "DejaVuSans-Bold.ttf")}
    if name == "list":
        asked["table"] = (package.tree / _RENDERERS / "templates" / "pages" / "reading" / "_notices.html").read_text(
            "utf-8"
        )
    return asked


def templates_of(asked: Asked) -> dict[str, str]:
    """Return the templates among what a floor is asked."""
    bodies: dict[str, str] = asked.get("bodies", {})
    return {name: asked[name] for name in ("page", "table") if name in asked} | bodies


def with_templates(asked: Asked, templates: Mapping[str, bytes]) -> Asked:
    """Put others in their place."""
    found = asked | {name: templates[name] for name in ("page", "table") if name in asked}
    return found | {"bodies": {name: templates[name] for name in asked["bodies"]}} if "bodies" in asked else found


def _page(html: str) -> Asked:
    texts: list[str] = []

    def named(found: re.Match[str]) -> str:
        texts.append(found.group())
        return f"{{{{ texts[{len(texts) - 1}] }}}}"

    flat = _TEXT.sub(named, _PICTURE.sub("{{ picture }}", _TABLE.sub("<!--table-->", html)))
    return {"page": flat.replace("<!--table-->", "{{ table|safe }}"), "texts": texts}


def _letters(calls: Sequence[Any]) -> Asked:
    letters: list[Asked] = []
    bodies: dict[str, str] = {}
    for _, operation, parameters in calls:
        if operation == "SendEmail":
            message: Any = message_from_bytes(parameters["Content"]["Raw"]["Data"], policy=default)
            plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
            page = _page(html)
            bodies = {"plain": plain, "html": page["page"]}
            attached = [part.get_content() for part in message.iter_attachments()]
            headers = {name: str(message[name]) for name in _HEADERS}
            letters.append({"headers": headers, "texts": page["texts"], "attached": attached})
    return {"letters": letters, "bodies": bodies}


def _deposit(answered: Answered, world: BenchWorld) -> Asked:
    event = answered.event
    notice = notice_store(world.container).get(json.loads(answered.body)["notice_id"])
    url = f"https://casilla.example/verificar/{notice.verification_code}"
    with _drawn() as drawn:
        draw_receipt(notice, verification_url=url, zone=ZoneInfo("America/Lima"), typeface=Typeface.CORE)
    attachment = json.dumps(notice_as_json(notice), ensure_ascii=False, indent=2).encode()
    request = {"method": "POST", "url": f"https://{AUTHORITY}{event['path']}", "headers": event["headers"]}
    return {
        "receipt": {"drawn": drawn, "url": url, "attachment": attachment},
        "signature": {
            "public_key": ED25519_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            "request": {**request, "body": event["body"].encode()},
        },
    }


@contextmanager
def _drawn() -> Iterator[list[Any]]:
    """Note every text and line that is given to fpdf2: the method, where, in which style and size, and what."""
    drawn: list[Any] = []
    originals = {name: getattr(FPDF, name) for name in _DRAWN}

    def noting(name: str) -> Any:
        def note(paper: Any, *arguments: Any, **options: Any) -> Any:
            plain = [argument for argument in arguments if isinstance(argument, int | float | str)]
            drawn.append((name, (paper.x, paper.y), (paper.font_style, paper.font_size_pt), plain))
            return originals[name](paper, *arguments, **options)

        return note

    for name in _DRAWN:
        setattr(FPDF, name, noting(name))
    try:
        yield drawn
    finally:
        for name, original in originals.items():
            setattr(FPDF, name, original)
