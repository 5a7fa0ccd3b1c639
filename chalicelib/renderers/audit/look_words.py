"""What a look at a person's data is called, by whom it was and why, for people who read it."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.audit.audit import Span
from chalicelib.domain.event import Event, EventType

LOOKED: Mapping[EventType, str] = {
    EventType.MAILBOX_CONSULTED: "Preguntó si la casilla puede recibir una notificación",
    EventType.MAILBOX_SHOWN: "Vio los datos de la casilla y de sus usuarios",
    EventType.DATA_REQUEST_SHOWN: "Vio una solicitud sobre datos",
}
"""To the holder, of whom it was."""
_BY_DEPOSIT = "Quiso depositar una notificación, y la casilla no pudo recibirla"
_SYSTEM = "Una consulta de sus sistemas, que no dice más"
_SERVICE = "Atención del servicio"


def looked_in_words(event: Event) -> str:
    """Return what somebody did."""
    return _BY_DEPOSIT if event.data.get("way") == "deposit" else LOOKED[event.type]


def reason_for_holder(event: Event) -> str:
    """Return why, as an officer wrote it knowing that the holder reads it; what the service notes stays its own."""
    if event.actor.startswith("staff:"):
        return event.data.get("reason", "") or "Depositar una notificación"
    if event.actor.startswith("institution:"):
        return "Depositar una notificación" if event.data.get("way") == "deposit" else _SYSTEM
    return _SERVICE


def days_in_words(span: Span) -> str:
    """Return from when to when."""
    first, last = f"{span.first:%d/%m/%Y}", f"{span.last:%d/%m/%Y}"
    return first if first == last else f"Del {first} al {last}"
