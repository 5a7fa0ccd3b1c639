"""Of a look at a person's data, by whom it was and why, for people who read it."""

from __future__ import annotations

from chalicelib.domain.audit.audit import Span
from chalicelib.domain.event import Event
from chalicelib.renderers.looks_in_words import DESK_REASONS

_SYSTEM = "Una consulta de sus sistemas, que no dice más"
_SERVICE = "Atención del servicio"


def reason_for_holder(event: Event) -> str:
    """Return why, as an officer wrote it knowing that the holder reads it; what the service notes stays its own."""
    if event.actor.startswith("staff:"):
        reason = event.data.get("reason", "")
        return DESK_REASONS.get(reason, reason) or "Depositar una notificación"
    if event.actor.startswith("institution:"):
        return "Depositar una notificación" if event.data.get("way") == "deposit" else _SYSTEM
    return _SERVICE


def days_in_words(span: Span) -> str:
    """Return from when to when."""
    first, last = f"{span.first:%d/%m/%Y}", f"{span.last:%d/%m/%Y}"
    return first if first == last else f"Del {first} al {last}"
