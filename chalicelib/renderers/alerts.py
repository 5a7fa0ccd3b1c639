"""The e-mail and the SMS that tell a person a notice arrived: who sent it, when, and where to read it.

They carry no subject, case file or document number and no link but the portal's bare address (ALR-2). Equal input gives
equal bytes.
"""

from __future__ import annotations

import hashlib
import html
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from chalicelib.domain.alert import Alert, AlertBatch
from chalicelib.domain.alert_sending import AlertRefused
from chalicelib.domain.sms_text import ONE_PART, gsm7_length, shorten_name, to_gsm7
from chalicelib.renderers.spanish import day_in_words, zone_in_words

_TEMPLATES = Path(__file__).parent / "templates"
_NAME_AT_LEAST = 20
_SUBJECT_NAME_AT_MOST = 120
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_RECEIPT_ATTACHED = "La constancia de la notificación va adjunta a este correo, en PDF."
_RECEIPT_IN_PORTAL = "Ahí encontrará el documento y la constancia de la notificación."
_SMS = Template(
    "$institution le ha notificado un documento el $day a las $hour ($zone)."
    " Ingrese a $portal. Nunca le pediremos su contraseña."
)
_SMS_SHORT = Template("$institution le ha notificado, $day $hour. Ingrese a $portal. Nunca le pediremos su contraseña.")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every alert has in common.

    `sender` is the bare address e-mails come from and `sender_name` what is shown for it; `portal` is the portal's
    address as people type it; `zone` is the clock that hours are told by.

    Raises:
        ValueError: the portal's address is so long, or so written, that no SMS of one part could hold it.

    """

    sender: str
    portal: str
    zone: ZoneInfo
    sender_name: str = "Casilla Electrónica"

    def __post_init__(self) -> None:
        """Find out at the start, not while sending."""
        room = _room_for_name(_SMS_SHORT, _sms_values(datetime(2000, 1, 1, tzinfo=self.zone), self))
        if room is None or room < _NAME_AT_LEAST:
            raise ValueError(f"no SMS of one part can hold the portal's address {self.portal!r}")


def render_alert_email(
    batch: AlertBatch, alert: Alert, letterhead: Letterhead, *, receipt: bytes | None = None
) -> EmailMessage:
    """Write the e-mail for one user, in text and in HTML; the receipt, a PDF, is attached where one is given.

    Raises:
        AlertRefused: `email_address_refused`, when the destination is no address that mail can go to.

    """
    institution = _one_line(batch.institution_name)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(letterhead.sender_name, addr_spec=letterhead.sender)
    message["To"] = _address(alert.destination)
    message["Subject"] = f"Tiene una notificación de {_cut(institution, _SUBJECT_NAME_AT_MOST)}"
    message["Date"] = format_datetime(batch.deposited_at)
    digest = hashlib.sha256(f"{batch.notice_id}/{alert.alert_id}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{digest}@{letterhead.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    values = _email_values(batch, institution, letterhead, has_receipt=receipt is not None)
    message.set_content(_fill("alert.txt", values, str), cte="quoted-printable")
    message.add_alternative(_fill("alert.html", values, html.escape), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_cuerpo_{digest}")
    if receipt is not None:
        name = f"constancia-{batch.notice_id}.pdf"
        message.add_attachment(receipt, maintype="application", subtype="pdf", filename=name)
        message.set_boundary(f"=_adjunto_{digest}")
    message["Content-Language"] = "es"
    return message


def _address(destination: str) -> Address:
    try:
        address = Address(addr_spec=destination)
    except (ValueError, IndexError, MessageError) as error:
        raise _refused() from error
    if not (destination.isascii() and address.username and address.domain):
        raise _refused()
    return address


def _refused() -> AlertRefused:
    return AlertRefused("email_address_refused", "La dirección de correo no es válida. Corríjala en su perfil.")


def render_alert_sms(batch: AlertBatch, letterhead: Letterhead) -> str:
    """Write the SMS: one part of GSM-7, whatever the institution's name, which is shortened to fit."""
    values = _sms_values(batch.deposited_at, letterhead)
    name = _one_line(batch.institution_name)
    room = _room_for_name(_SMS, values) or 0
    enough = min(_NAME_AT_LEAST, gsm7_length(to_gsm7(name)) or 0)
    template = _SMS if room >= enough else _SMS_SHORT
    return template.substitute(values, institution=shorten_name(name, _room_for_name(template, values) or 0))


def _sms_values(instant: datetime, letterhead: Letterhead) -> dict[str, str]:
    local = instant.astimezone(letterhead.zone)
    return {
        "day": f"{local:%d/%m/%Y}",
        "hour": f"{local:%H:%M}",
        "zone": to_gsm7(zone_in_words(letterhead.zone)),
        "portal": letterhead.portal,
    }


def _room_for_name(template: Template, values: dict[str, str]) -> int | None:
    taken = gsm7_length(template.substitute(values, institution=""))
    return None if taken is None else ONE_PART - taken


def _email_values(batch: AlertBatch, institution: str, letterhead: Letterhead, *, has_receipt: bool) -> dict[str, str]:
    local = batch.deposited_at.astimezone(letterhead.zone)
    return {
        "institution": institution,
        "day": day_in_words(local.date()),
        "hour": f"{local:%H:%M}",
        "zone": zone_in_words(letterhead.zone),
        "portal": letterhead.portal,
        "sender_name": letterhead.sender_name,
        "receipt": _RECEIPT_ATTACHED if has_receipt else _RECEIPT_IN_PORTAL,
    }


def _fill(template: str, values: dict[str, str], escape: Callable[[str], str]) -> str:
    escaped = {name: escape(value) for name, value in values.items()}
    return _template(template).substitute(escaped)


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text("utf-8"))


def _one_line(text: str) -> str:
    """Leave no line breaks and nothing invisible, which could forge a header or reverse the reading order."""
    spaced = " ".join(text.split())
    return "".join(letter for letter in spaced if unicodedata.category(letter) not in _INVISIBLE)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
