"""Keep every e-mail and SMS of the local run as files, whole: `.eml` opens in any mail program.

The engine's own inbox forgets e-mails when it stops, keeps no attachments and no time of an SMS. So messages are
copied where they leave: in this process, from each call that the engine accepted.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from typing import Any

from infra.local.state import write_whole

_NAME = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9A-Za-z-]{1,64}")
_KEPT = "casilla_outbox"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with an e-mail."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its reader gets it; `html` and `attachments` are an e-mail's, `subject` is empty for an SMS."""

    name: str
    kind: str
    sent_at: datetime
    to: str
    text: str
    sender: str = ""
    subject: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()


class Outbox:
    """A folder of messages, one file each, named after the instant they were sent."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Use this folder, and make it if need be."""
        self._folder = folder
        self._clock = clock
        folder.mkdir(parents=True, exist_ok=True)

    def watch(self, events: Any) -> None:
        """Copy what the clients of a session send from now on; `events` are the hooks of a botocore session."""
        for call in ("sesv2.SendEmail", "sns.Publish"):
            events.register(f"provide-client-params.{call}", _remember)
            events.register(f"after-call.{call}", self._keep)

    def messages(self, limit: int | None = None) -> list[Message]:
        """Return all messages, or the newest of them, newest first."""
        names = sorted((path for path in self._folder.iterdir() if _NAME.fullmatch(path.stem)), reverse=True)
        return [_read(path) for path in names[:limit]]

    def count(self) -> int:
        """How many messages there are."""
        return sum(1 for path in self._folder.iterdir() if _NAME.fullmatch(path.stem))

    def find(self, name: str) -> Message | None:
        """Return one message by its name."""
        path = self._path(name)
        return _read(path) if path else None

    def original(self, name: str) -> bytes | None:
        """Return an e-mail as it was sent."""
        path = self._path(name)
        return path.read_bytes() if path and path.suffix == ".eml" else None

    def _path(self, name: str) -> Path | None:
        if not _NAME.fullmatch(name):
            return None
        return next((p for p in (self._folder / f"{name}.eml", self._folder / f"{name}.json") if p.is_file()), None)

    def _keep(self, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        sent, message_id = context.get(_KEPT, {}), parsed.get("MessageId")
        if message_id is None:  # refused
            return
        name = f"{self._clock():%Y%m%dT%H%M%S%f}-{re.sub('[^0-9A-Za-z]', '-', message_id)[:36]}"
        if "Content" in sent:
            write_whole(self._folder / f"{name}.eml", sent["Content"]["Raw"]["Data"])
        elif "PhoneNumber" in sent:
            kept = {"to": sent["PhoneNumber"], "text": sent["Message"]}
            write_whole(self._folder / f"{name}.json", json.dumps(kept, ensure_ascii=False).encode())


def _remember(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_KEPT] = params


@lru_cache(maxsize=2048)
def _read(path: Path) -> Message:
    """Read a message; once it is there its file never changes."""
    sent_at = datetime.strptime(path.stem.partition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    if path.suffix == ".json":
        return Message(path.stem, "sms", sent_at, **json.loads(path.read_text("utf-8")))
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return Message(
        path.stem,
        "email",
        sent_at,
        to=str(mail["To"]),
        sender=str(mail["From"]),
        subject=str(mail["Subject"]),
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        attachments=tuple(_attachment(part) for part in mail.iter_attachments()),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return "" if part is None else str(part.get_content())


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    return Attachment(
        part.get_filename() or "adjunto", part.get_content_type(), content if isinstance(content, bytes) else b""
    )
