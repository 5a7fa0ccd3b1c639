"""What a bundle of evidence says in words and in JSON, beside the files themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from textwrap import indent
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.event import Event
from chalicelib.domain.notice import FileRole, Notice
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.timeline import Timeline
from chalicelib.renderers.notice_json import notice_as_json
from chalicelib.renderers.reading.delivered_json import standing_as_json

_README = """\
{title}
Preparado el {made_at}.

Qué contiene{where}
  constancia.pdf    La constancia de notificación electrónica, que prueba el depósito.
  documento/        El documento notificado.
{annexes}  deposito.json     Los datos del depósito, tal como quedaron ese día. También van dentro de la constancia.
  estado.json       Qué pasó y a qué hora: cada aviso y recordatorio y qué fue de él, aperturas y descargas; quién la
                    vio, y las fechas que rigen hoy.
  eventos.json      El registro completo: qué se hizo, quién, cuándo y desde dónde. Las horas son UTC.
  SHA256SUMS.txt    La huella SHA-256 de cada archivo.
{unopened}
Cómo comprobar que nada cambió
  En Linux o macOS, dentro de esta carpeta:   sha256sum -c SHA256SUMS.txt
  En Windows, archivo por archivo:            certutil -hashfile "nombre del archivo" SHA256
  La huella de cada documento debe ser también la que dice su constancia.
  Los nombres muy largos están acortados; completos están en deposito.json y en la constancia.

Este archivo puede contener datos personales. Guárdalo en un lugar seguro.
"""
_ANNEXES = "  anexos/           Sus anexos{if_any}, en el orden en que se enviaron.\n"
_SUSPENDED = """\
Lectura suspendida

La entidad suspendió la lectura de la notificación {notice_id} el {at}.
Entidad: {institution}
Motivo: {cause}

La notificación no se borró y sus fechas quedan como se emitieron. Mientras su lectura esté suspendida, esta copia no
trae su constancia, sus documentos ni sus datos. Lo que pasó con ella está en estado.json y en eventos.json.
"""
_UNOPENED = """
Las notificaciones que nadie abrió vienen sin su documento ni sus anexos: abrirlas puede tener efectos legales, y eso lo
decides tú en tu casilla. De las que tienen la lectura suspendida viene solo eso, y lo que pasó con ellas.
"""


def notice_readme(notice: Notice, made_at: datetime) -> str:
    """Explain the evidence of one notice; `made_at` is local."""
    title = f"Expediente de prueba de la notificación {notice.notice_id}"
    has_annexes = any(file.role is FileRole.ANNEX for file in notice.files)
    annexes = _ANNEXES.format(if_any="") if has_annexes else ""
    return _README.format(title=title, made_at=f"{made_at:%d/%m/%Y %H:%M}", where="", annexes=annexes, unopened="")


def mailbox_readme(mailbox_id: str, made_at: datetime, year: int | None) -> str:
    """Explain the evidence of a whole mailbox, or of one year of it."""
    title = f"Copia de la casilla electrónica {mailbox_id}" + (f", notificaciones de {year}" if year else "")
    where = ": una carpeta por notificación, con"
    told = {"where": where, "annexes": _ANNEXES.format(if_any=", si los tiene"), "unopened": _UNOPENED}
    return _README.format(title=title, made_at=f"{made_at:%d/%m/%Y %H:%M}", **told)


def deposit_text(notice: Notice) -> str:
    """Write the deposit as it was frozen."""
    return _text(notice_as_json(notice))


def suspension_text(delivered: DeliveredNotice, zone: ZoneInfo) -> str:
    """Say in place of a notice's documents that its reading is suspended, since when and why."""
    found = delivered.suspension
    if found is None:
        return ""
    return _SUSPENDED.format(
        notice_id=delivered.notice.notice_id,
        institution=delivered.notice.sender.name,
        at=f"{found.at.astimezone(zone):%d/%m/%Y %H:%M}",
        cause=found.cause_in_words,
    )


def standing_text(delivered: DeliveredNotice, timeline: Timeline, today: date) -> str:
    """Write how the notice stands today."""
    return _text(standing_as_json(delivered, timeline, today=today))


def events_pieces(events: Iterable[Event]) -> Iterator[bytes]:
    """Write the log of one subject, whole, piece by piece, since nothing bounds its length."""
    before = "[\n"
    for event in events:
        yield (before + indent(_text(_event(event)).rstrip("\n"), "  ")).encode()
        before = ",\n"
    yield b"\n]\n" if before == ",\n" else b"[]\n"


def _event(event: Event) -> dict[str, Any]:
    return {
        "subject": event.subject,
        "type": event.type.value,
        "occurred_at": f"{event.occurred_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "event_id": event.event_id,
        "actor": event.actor,
        "origin": "" if event.actor.startswith("staff:") else event.origin,
        "data": event.data,
    }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
