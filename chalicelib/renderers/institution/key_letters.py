"""The e-mail that warns a coordinator before the last key ends that the institution's systems can sign with."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.sender.key_coverage import days_left
from chalicelib.renderers.access.access_letters import moment
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter, Link, render_letter
from chalicelib.renderers.spanish import one_line

_REASON = "Usted recibe este mensaje porque coordina el servicio de casilla electrónica en su entidad."


def key_warning_letter(name: str, ends: datetime, days: int, letterhead: Letterhead, *, at: str) -> Letter:
    """Say when it ends, what follows, and what to do."""
    when = "en menos de un día" if days < 1 else "en un día" if days == 1 else f"en {days} días"
    return Letter(
        f"La última clave de los sistemas de su entidad vence {when}",
        (
            (
                "Después, los sistemas de su entidad no podrán depositar notificaciones ni leer lo que depositaron,"
                " hasta que se registre otra clave."
            ),
            Fact(one_line(name), "Entidad"),
            Fact(f"A las {moment(ends, letterhead)}", "Vence la última clave que vale"),
            (
                "Pida a quien lleva esos sistemas que genere otra clave y le dé la pública. Regístrela antes de esa"
                " hora, y cambie los sistemas cuando empiece a valer. Las dos pueden valer a la vez."
            ),
            Link(f"{at}/entidad/claves", "Ver las claves de la entidad"),
        ),
        reason=_REASON,
    )


def render_key_warning(  # noqa: PLR0913 - who, when and what are what a letter is
    to: StaffMember, institution: Institution, ends: datetime, letterhead: Letterhead, *, at: str, now: datetime
) -> EmailMessage:
    """Write the e-mail.

    Raises:
        MessageRefused: `email_address_refused`, when it is no address that mail can go to.

    """
    letter = key_warning_letter(institution.name, ends, days_left(ends, now), letterhead, at=at)
    key = f"key-warning/{institution.institution_id}/{to.staff_id}/{ends.isoformat()}/{now.isoformat()}"
    return render_letter(letter, to.email, letterhead, sent_at=now, key=key)
