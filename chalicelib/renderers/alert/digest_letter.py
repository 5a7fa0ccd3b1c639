"""The e-mail that tells an institution which of its notices are unread and alerted nobody: numbers, and no person."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from chalicelib.domain.alert.digest import Digest
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter, render_letter
from chalicelib.renderers.spanish import day_and_hour, one_line, zone_in_words

_NEXT = (
    "La alerta es requisito de validez de la notificación (Ley N° 31736, artículos 4.3, 5.4 y 5.7). Notifique de nuevo,"
    " o por otra modalidad del artículo 20 del TUO de la Ley N° 27444. Las fechas de cada notificación siguen como"
    " están."
)
_WHERE = (
    "La lista completa, con lo que se intentó de cada una, la da su sistema: es la consulta de depósitos cuyas alertas"
    " no llegaron (GET /v1/deposits?alerts=failed)."
)
_REASON = (
    "Su entidad recibe este resumen los días hábiles en que hay algo que decir. Para cambiar el correo o dejar de"
    " recibirlo, avise al operador del servicio."
)


def digest_letter(digest: Digest, letterhead: Letterhead) -> Letter:
    """Write how many there are, the newest, and what the norm asks next."""
    facts = [
        Fact(notice_id, f"Sin alerta desde el {day_and_hour(since.astimezone(letterhead.zone))}")
        for notice_id, since in digest.newest
    ]
    rest = digest.is_more or digest.total > len(facts)
    listed = f"Las {len(facts)} más recientes ({zone_in_words(letterhead.zone)}):" if rest else "Son:"
    title = "Hay notificaciones sin leer cuyas alertas no llegaron"
    return Letter(title, (_count(digest), _NEXT, listed, *facts, _WHERE), reason=_REASON)


def render_digest(digest: Digest, to: str, letterhead: Letterhead, *, now: datetime) -> EmailMessage:
    """Write the e-mail.

    Raises:
        MessageRefused: `email_address_refused`, when it is no address that mail can go to.

    """
    key = f"digest/{digest.institution_id}/{digest.day.isoformat()}"
    return render_letter(digest_letter(digest, letterhead), to, letterhead, sent_at=now, key=key)


def _count(digest: Digest) -> str:
    of_one = digest.total == 1 and not digest.is_more
    how_many = "una notificación" if of_one else f"{digest.total} notificaciones"
    more = "más de " if digest.is_more else ""
    return (
        f"{one_line(digest.institution_name)} tiene {more}{how_many} que nadie ha abierto y cuyas alertas no llegaron:"
        " por correo, por mensaje de texto o por ninguno de los dos."
    )
