"""What looks at a mailbox's data are called, and the reasons that the desk gives by a code (INS-8)."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.event import Event, EventType

_LOOKED: Mapping[EventType, str] = {
    EventType.MAILBOX_CONSULTED: "Preguntó si la casilla puede recibir una notificación",
    EventType.MAILBOX_SHOWN: "Vio los datos de la casilla y de sus usuarios",
    EventType.DATA_REQUEST_SHOWN: "Vio una solicitud sobre datos",
    EventType.RECOVERY_ASKED: "Registró un pedido de restaurar la contraseña del usuario",
    EventType.RECOVERY_SHOWN: "Vio los datos del usuario, para restaurar su contraseña",
    EventType.PETITION_ASKED: "Registró un pedido de cambiar la casilla, hecho en mesa de partes",
    EventType.PETITION_SHOWN: "Vio los datos de la casilla, por un pedido hecho en mesa de partes",
}
DESK_REASONS: Mapping[str, str] = {
    "assisted_recovery": "Restauración de una contraseña, pedida en mesa de partes",
    "registration_at_desk": "Registro de una casilla en mesa de partes",
    "registration_review": "Revisión de un registro",
    "mailbox_change": "Cambio en la casilla, pedido en mesa de partes",
}
"""By what the event says."""
_BY_DEPOSIT = "Quiso depositar una notificación, y la casilla no pudo recibirla"
_DESK_CONSULTED = "Buscó la casilla, por un pedido hecho en mesa de partes"
_OPERATOR_CONSULTED = "Buscó la casilla"
_OPERATOR_SHOWN: Mapping[str, str] = {
    "contested": "Vio qué cambios de la casilla se impugnaron, y qué pasó con ella",
    "frozen": "Vio que la casilla está congelada, y qué cambios se impugnaron",
    "untold": "Vio que de un cambio de la casilla no se pudo avisar a nadie",
}
"""What of a mailbox was shown, where that was not all of it."""


def looked_in_words(event: Event) -> str:
    """Return what somebody did, to the holder, of whom it was."""
    if event.data.get("way") == "deposit":
        return _BY_DEPOSIT
    if event.type is EventType.MAILBOX_CONSULTED and event.data.get("reason", "") in DESK_REASONS:
        return _DESK_CONSULTED
    if event.type is EventType.MAILBOX_CONSULTED and event.actor.startswith("operator:"):
        return _OPERATOR_CONSULTED
    if event.type is EventType.MAILBOX_SHOWN:
        return _OPERATOR_SHOWN.get(event.data.get("shown", ""), _LOOKED[event.type])
    return _LOOKED[event.type]
