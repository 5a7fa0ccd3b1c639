"""The e-mails of a registration: the code, the wait, the refusal, the credentials, and how to recover access.

Text and HTML say the same. No pictures, no tracking, and at most the one link that verifies the address.
"""

from __future__ import annotations

import hashlib
import html
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from string import Template

from chalicelib.domain.account import TEMPORARY_PASSWORD_LIFETIME
from chalicelib.domain.alert_sending import AlertRefused
from chalicelib.domain.registration import CODE_LIFETIME
from chalicelib.renderers.alerts import Letterhead

_TEMPLATE = Path(__file__).parent / "templates" / "registration.html"
_WARNING = "Nunca le pediremos su contraseña ni este código por correo, por mensaje o por teléfono."
_FOOT = (
    "Recibe este correo porque alguien escribió esta dirección al registrarse en la casilla electrónica. "
    "Si no fue usted, no haga nada.\nEste mensaje es automático: no lo responda."
)
_PARAGRAPH = '<p style="margin:0 0 16px;">{}</p>'
_LABEL = '<p style="margin:0 0 4px; font-size:16px; color:#4a5360;">{}</p>'
_VALUE = (
    '<p style="margin:0 0 24px; padding:12px 16px; border:2px solid #0056ac; font-size:22px; font-weight:bold; '
    'font-family:Consolas, Menlo, monospace;">{}</p>'
)
_LINK = (
    '<p style="margin:0 0 24px;"><a href="{}" style="display:inline-block; padding:12px 20px; '
    'background-color:#0056ac; color:#ffffff; font-weight:bold;">{}</a></p>'
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What one e-mail says: paragraphs are texts, what to copy is a pair of label and value."""

    subject: str
    parts: tuple[str | tuple[str, str], ...]
    link: tuple[str, str] | None = None
    """Address and words of the one link."""


def code_letter(code: str, *, link: str = "") -> Letter:
    """Ask to prove that the address is the applicant's."""
    parts = (
        "Escriba este código en la página donde se está registrando. Puede usar minúsculas.",
        ("Código", code),
        f"El código vale {_span(CODE_LIFETIME)} y se usa una sola vez.",
    )
    return Letter("Verifique su correo", parts, (link, "Verificar mi correo") if link else None)


def waiting_letter() -> Letter:
    """Say that nothing is lost while a registry does not answer."""
    return Letter(
        "Recibimos su registro",
        (
            "El registro oficial que confirma sus datos no responde en este momento.",
            "Guardamos su solicitud y volveremos a consultarlo. No necesita hacer nada: le escribiremos a este correo.",
        ),
    )


def refused_letter(detail: str) -> Letter:
    """Say that the registry's late answer was no; `detail` reveals nothing of it."""
    return Letter("No pudimos completar su registro", (detail, "Puede volver a registrarse cuando lo desee."))


def credentials_letter(username: str, password: str, portal: str) -> Letter:
    """Hand over username and temporary password."""
    return Letter(
        "Su casilla electrónica está lista",
        (
            "Ingrese con estos datos:",
            ("Usuario", username),
            ("Clave temporal", password),
            f"La clave temporal vale {_span(TEMPORARY_PASSWORD_LIFETIME)}. Al ingresar tendrá que cambiarla.",
            ("Dirección del portal", portal),
        ),
    )


def recovery_letter(portal: str) -> Letter:
    """Say neutrally how to get in."""
    return Letter(
        "Cómo ingresar a su casilla electrónica",
        (
            "Su correo quedó verificado. Para ingresar, abra el portal y elija «¿Olvidaste tu contraseña?».",
            ("Dirección del portal", portal),
            "Si no puede recuperar su acceso, acérquese a la mesa de partes con su documento.",
        ),
    )


def render_letter(letter: Letter, to: str, letterhead: Letterhead, *, sent_at: datetime, key: str) -> EmailMessage:
    """Write the e-mail; equal input gives equal bytes. `key` tells this message from all others.

    Raises:
        AlertRefused: `email_address_refused`.

    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(letterhead.sender_name, addr_spec=letterhead.sender)
    message["To"] = _address(to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(sent_at)
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{digest}@{letterhead.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_as_text(letter, letterhead), cte="quoted-printable")
    message.add_alternative(_as_html(letter, letterhead), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_cuerpo_{digest}")
    message["Content-Language"] = "es"
    return message


def _as_text(letter: Letter, letterhead: Letterhead) -> str:
    told = [part if isinstance(part, str) else f"{part[0]}: {part[1]}" for part in letter.parts]
    if letter.link:
        told.append(f"También puede abrir esta dirección: {letter.link[0]}")
    return "\n\n".join((letter.subject, *told, _WARNING, letterhead.sender_name, _FOOT)) + "\n"


def _as_html(letter: Letter, letterhead: Letterhead) -> str:
    written = []
    for part in letter.parts:
        if isinstance(part, str):
            written.append(_PARAGRAPH.format(html.escape(part)))
        else:
            written += [_LABEL.format(html.escape(part[0])), _VALUE.format(html.escape(part[1]))]
    if letter.link:
        written.append(_LINK.format(*map(html.escape, letter.link)))
    return _template().substitute(
        heading=html.escape(letter.subject), sender_name=html.escape(letterhead.sender_name), body="\n".join(written)
    )


def _address(destination: str) -> Address:
    try:
        return Address(addr_spec=destination)
    except (ValueError, IndexError) as error:
        detail = "La dirección de correo no es válida. Escriba otra."
        raise AlertRefused("email_address_refused", detail, field="email") from error


def _span(time: timedelta) -> str:
    if time >= timedelta(days=1):
        return f"{time // timedelta(hours=1)} horas"
    return f"{time // timedelta(minutes=1)} minutos"


@cache
def _template() -> Template:
    return Template(_TEMPLATE.read_text("utf-8"))
