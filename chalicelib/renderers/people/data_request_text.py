"""What the commands about requests of people's own data say: as text, and for programs.

The list has neither words nor addresses; one request is shown whole, to whoever is on record for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.mailbox import Mailbox, MailboxState
from chalicelib.domain.masking import mask_email, mask_name
from chalicelib.domain.people.data_request import CLOSING_WAITS, DataRequest, DataRequestKind, DataRequestState
from chalicelib.renderers.people.data_request_words import KIND_WORDS, STATE_NAMES
from chalicelib.renderers.spanish import date_and_hour, one_line

_NONE = "Ninguna solicitud espera respuesta."
_MORE = "Hay más: responda estas y repita el comando."


def list_text(requests: Iterable[DataRequest], zone: ZoneInfo, now: datetime, *, is_whole: bool) -> str:
    """Write those that wait, a line each."""
    lines = [
        f"{one.mailbox_id}  {one.reference}  {KIND_WORDS[one.kind]}: {_stands(one, zone, now)}" for one in requests
    ]
    return "\n".join([*(lines or [_NONE]), *([] if is_whole else [_MORE])])


def list_json(requests: Iterable[DataRequest], *, is_whole: bool) -> dict[str, Any]:
    """Return them."""
    return {"requests": [answered_json(one) for one in requests], "is_whole": is_whole}


def request_text(request: DataRequest, mailbox: Mailbox, zone: ZoneInfo, now: datetime) -> str:
    """Write one whole."""
    user = mailbox.user(request.user_id)
    who = "ya no está en la casilla" if user is None else f"{mask_name(user.name)}, {mask_email(user.email)}"
    rows = [
        ("Casilla", mailbox.mailbox_id),
        ("Quién pide", f"usuario {request.user_id}: {who}"),
        ("Pide", KIND_WORDS[request.kind]),
        *([("Escribió", one_line(request.words))] if request.words else []),
        ("Pedida", date_and_hour(request.asked_at, zone)),
        ("Estado", _stands(request, zone, now)),
        ("Plazo según", request.norm),
        *([("Respuesta", one_line(request.answer))] if request.answer else []),
        *_about_closing(request, mailbox, zone),
    ]
    return "\n".join([f"Solicitud {request.reference}", *(f"  {name}: {value}" for name, value in rows)])


def request_json(request: DataRequest, mailbox: Mailbox) -> dict[str, Any]:
    """Return one whole."""
    return {
        **answered_json(request),
        "user_id": request.user_id,
        "words": request.words,
        "norm": request.norm,
        "answer": request.answer,
        "mailbox_state": mailbox.state.value,
        "is_contested": request.change_id in mailbox.settled,
    }


def answered_text(request: DataRequest, mailbox: Mailbox, *, is_told: bool) -> str:
    """Say what came of an answer."""
    lines = [f"Solicitud {request.reference}: {STATE_NAMES[request.state].lower()}."]
    if request.kind is DataRequestKind.CLOSURE and request.state is DataRequestState.DONE:
        lines.append(f"  La casilla {mailbox.mailbox_id} está cerrada: no recibe notificaciones. Sus usuarios la leen.")
    lines.append("  Se avisó por correo." if is_told else "  El correo no pudo salir: se intentará otra vez más tarde.")
    return "\n".join(lines)


def noted_text(request: DataRequest) -> str:
    """Say that nothing more is tried."""
    return f"Solicitud {request.reference}: queda como avisada por usted. No se envían más correos."


def answered_json(request: DataRequest) -> dict[str, Any]:
    """Return how one stands."""
    return {
        "mailbox_id": request.mailbox_id,
        "reference": request.reference,
        "kind": request.kind.value,
        "state": request.state.value,
        "asked_at": _instant(request.asked_at),
        "due_at": _instant(request.due_at),
        "answered_at": request.answered_at and _instant(request.answered_at),
        "told_at": request.told_at and _instant(request.told_at),
    }


def _stands(request: DataRequest, zone: ZoneInfo, now: datetime) -> str:
    if request.is_untold:
        return (
            f"respondida ({STATE_NAMES[request.state].lower()}) y sin avisar: ningún correo pudo salir. Dígaselo de"
            " otra forma y anote «requests told»"
        )
    if not request.is_waiting:
        return STATE_NAMES[request.state].lower()
    late = " VENCIÓ" if now > request.due_at else ""
    return f"responder hasta el {request.due_at.astimezone(zone):%d/%m/%Y}{late}"


def _about_closing(request: DataRequest, mailbox: Mailbox, zone: ZoneInfo) -> list[tuple[str, str]]:
    if request.kind is not DataRequestKind.CLOSURE or not request.is_waiting:
        return []
    if mailbox.state is MailboxState.FROZEN:
        return [("Atención", "la casilla está congelada: decida antes con «mailboxes unfreeze»")]
    if request.change_id in mailbox.settled:
        return [("Atención", "alguien avisó que no pidió este cierre: deniéguelo")]
    return [("Se puede cerrar desde", date_and_hour(request.asked_at + CLOSING_WAITS, zone))]


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
