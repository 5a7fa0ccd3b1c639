"""How every e-mail of the service is made: text and HTML that say the same, in one frame.

No pictures, no tracking, nothing fetched from elsewhere, at most one link. Equal input gives equal bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import ClassVar

from jinja2 import Environment

from chalicelib.domain.errors import MessageRefused
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.template_folder import template_folder

LETTERS = Path(__file__).parent / "templates" / "letters"
_REGISTERED = "Usted recibe este mensaje porque su correo está registrado en una casilla electrónica."


@dataclass(frozen=True, slots=True)
class Fact:
    """What to know at a glance; `label` says what it is."""

    kind: ClassVar[str] = "fact"
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Framed:
    """What to copy or to type, letter by letter."""

    kind: ClassVar[str] = "framed"
    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """What to open; `label` names what happens then."""

    kind: ClassVar[str] = "link"
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What one e-mail says; a part that is text is a paragraph.

    `reason` says why the reader gets it. `subject` is the title where it is empty; like the title it is one line.
    """

    title: str
    parts: tuple[str | Fact | Framed | Link, ...]
    reason: str = _REGISTERED
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A PDF that goes with a letter."""

    filename: str
    content: bytes


def render_letter(  # noqa: PLR0913 - who, when and what are what a letter is
    letter: Letter, to: str, letterhead: Letterhead, *, sent_at: datetime, key: str, pdf: Attached | None = None
) -> EmailMessage:
    """Write the e-mail. `key` tells this message from all others.

    Raises:
        MessageRefused: `email_address_refused`, when `to` is no address that mail can go to.

    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(letterhead.sender_name, addr_spec=letterhead.sender)
    message["To"] = _address(to)
    message["Subject"] = letter.subject or letter.title
    message["Date"] = format_datetime(sent_at)
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{digest}@{letterhead.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_body("letter.txt", letter, letterhead), cte="quoted-printable")
    message.add_alternative(_body("letter.html", letter, letterhead), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_cuerpo_{digest}")
    if pdf is not None:
        message.add_attachment(pdf.content, maintype="application", subtype="pdf", filename=pdf.filename)
        message.set_boundary(f"=_adjunto_{digest}")
    message["Content-Language"] = "es"
    return message


def _body(template: str, letter: Letter, letterhead: Letterhead) -> str:
    return letter_templates().get_template(template).render(letter=letter, head=letterhead)


def _address(destination: str) -> Address:
    detail = "La dirección de correo no es válida. Escriba otra."
    try:
        address = Address(addr_spec=destination)
    except (ValueError, IndexError, MessageError) as error:
        raise MessageRefused("email_address_refused", detail, field="email") from error
    if not (destination.isascii() and address.username and address.domain):
        raise MessageRefused("email_address_refused", detail, field="email")
    return address


@cache
def letter_templates() -> Environment:
    """Return the environment of both bodies."""
    return template_folder(LETTERS, keep_trailing_newline=True)
