"""The e-mails about one's own access: a code, a link, and word that the password changed. Never a password.

In the manner of the alerts: text and HTML that say the same, nothing fetched from elsewhere.
"""

from __future__ import annotations

import hashlib
import html
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

from chalicelib.domain.alert_sending import AlertRefused
from chalicelib.renderers.alerts import Letterhead
from chalicelib.renderers.spanish import day_in_words, zone_in_words

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class AccessText:
    """What one e-mail says: `shown` stands out; with `link`, it is what to click."""

    title: str
    before: str
    shown: str
    after: str
    link: str = ""


def login_code_text(code: str, until: datetime, letterhead: Letterhead) -> AccessText:
    """Bring the code that replaces a captcha."""
    return AccessText(
        title="Su código para ingresar",
        before="Para ingresar a su casilla, escriba este código en la página donde lo pidió:",
        shown=code,
        after=f"Vale hasta las {_instant(until, letterhead)} y una sola vez. Si usted no lo pidió, no haga nada: sin su"
        " contraseña nadie puede ingresar con él. No lo comparta con nadie.",
    )


def reset_link_text(link: str, until: datetime, letterhead: Letterhead) -> AccessText:
    """Bring the link that lets a person choose a new password (ACC-3)."""
    return AccessText(
        title="Cree una nueva contraseña",
        before="Alguien, probablemente usted, pidió recuperar la contraseña de su casilla. Para crear una nueva:",
        shown="Ingrese aquí",
        after=f"El enlace vale hasta las {_instant(until, letterhead)} y una sola vez. Si usted no lo pidió, no haga"
        " nada: su contraseña sigue siendo la misma.",
        link=link,
    )


def password_changed_text(changed_at: datetime, letterhead: Letterhead) -> AccessText:
    """Tell that the password is another one."""
    return AccessText(
        title="Su contraseña cambió",
        before="La contraseña de su casilla se cambió y todas las sesiones abiertas se cerraron.",
        shown=f"A las {_instant(changed_at, letterhead)}",
        after="Si fue usted, no tiene que hacer nada. Si no fue usted, escriba la dirección "
        f"{letterhead.portal} en su navegador y elija «¿Olvidaste tu contraseña?».",
    )


def render_access_mail(text: AccessText, destination: str, letterhead: Letterhead, *, now: datetime) -> EmailMessage:
    """Write the e-mail, in text and in HTML.

    Raises:
        AlertRefused: `email_address_refused`, when the destination is no address that mail can go to.

    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(letterhead.sender_name, addr_spec=letterhead.sender)
    message["To"] = _address(destination)
    message["Subject"] = text.title
    message["Date"] = format_datetime(now)
    digest = hashlib.sha256(f"{destination}/{now.isoformat()}/{text}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{digest}@{letterhead.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    values = {
        "title": text.title,
        "before": text.before,
        "shown": text.shown,
        "link": text.link,
        "after": text.after,
        "sender_name": letterhead.sender_name,
    }
    name = "access_link" if text.link else "access"
    message.set_content(_fill("access.txt", {**values, "shown": text.link or text.shown}, str), cte="quoted-printable")
    message.add_alternative(_fill(f"{name}.html", values, html.escape), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_cuerpo_{digest}")
    message["Content-Language"] = "es"
    return message


def _address(destination: str) -> Address:
    detail = "La dirección de correo no es válida. Corríjala en su perfil."
    try:
        address = Address(addr_spec=destination)
    except (ValueError, IndexError, MessageError) as error:
        raise AlertRefused("email_address_refused", detail) from error
    if not (destination.isascii() and address.username and address.domain):
        raise AlertRefused("email_address_refused", detail)
    return address


def _instant(instant: datetime, letterhead: Letterhead) -> str:
    local = instant.astimezone(letterhead.zone)
    return f"{local:%H:%M} ({zone_in_words(letterhead.zone)}) del {day_in_words(local.date())}"


def _fill(template: str, values: dict[str, str], escape: Callable[[str], str]) -> str:
    return _template(template).substitute({name: escape(value) for name, value in values.items()})


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text("utf-8"))
