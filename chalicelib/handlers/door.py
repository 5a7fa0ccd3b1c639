"""What a door is: a method of an address, who may enter by it, what it takes, and the function behind it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.institution.permission import Act
from chalicelib.handlers.fault import EVERY_METHOD

PUBLIC = "public"
SIGNED = "signed by an institution's key"
SESSION = "a person's session"
MAILBOX = "a person's session, validated in the last twenty minutes"
"""Mailbox contents (ACC-2): the session has its own password and a validation that is fresh."""

STAFF = frozenset(Act)
"""A session of the staff, by whom what the door is for may be done: `domain/institution/permission.py`."""

NOTHING: list[str] = []
JSON = ["application/json"]
FORM = ["application/x-www-form-urlencoded"]
FORM_WITH_FILES = ["multipart/form-data"]
"""The gateway hands it over in base64: `app.py` tells it which bodies are no text."""

LARGEST_BODY = 64 * 1024
"""Bytes. Every field of the longest form, all of its letters escaped, takes half of it."""
LARGEST_DEPOSIT = 6 * 1024 * 1024
"""Bytes: 4 MiB of files in base64, and what is said of them. The platform takes no more."""
LARGEST_FORM_WITH_FILE = 4 * 1024 * 1024 + 128 * 1024
"""Bytes: 4 MiB of a file, and the form's fields. In base64, as the gateway hands it over, the platform takes it."""


NOWHERE = "web.missing:show_missing"
"""What is behind an address that leads nowhere."""


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one address. `bodies` are the media types it takes; `target` is `module:function` of handlers.

    `largest` is how many bytes a body may have; a larger one is refused before anything reads it.
    """

    method: str
    path: str
    access: str
    bodies: list[str]
    target: str
    largest: int = LARGEST_BODY

    @property
    def kind(self) -> str:
        """`api` or `web`."""
        return self.target.partition(".")[0]

    @property
    def methods(self) -> tuple[str, ...]:
        """Every method that it answers."""
        if self.target == NOWHERE:
            return EVERY_METHOD
        return ("GET", "HEAD") if self.method == "GET" else (self.method,)
