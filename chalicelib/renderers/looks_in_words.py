"""What looks at a mailbox's data are called, and the reasons that the desk gives by a code (INS-8)."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.event import Event, EventType

_LOOKED: Mapping[EventType, str] = {
    EventType.MAILBOX_CONSULTED: "Preguntó si la casilla puede recibir una notificación",
    EventType.MAILBOX_SHOWN: "Vio los datos de la casilla y de sus usuarios",
    EventType.DATA_REQUEST_SHOWN: "Vio una solicitud sobre datos",
    EventType.REGISTRATION_SHOWN: "Vio los datos del registro con que se abrió la casilla",
    EventType.REGISTRY_CONSULTED: "Consultó un registro oficial, para abrir la casilla",
    EventType.RECOVERY_ASKED: "Registró un pedido de restaurar tu contraseña",
    EventType.RECOVERY_SHOWN: "Vio tus datos, para restaurar tu contraseña",
    EventType.PETITION_ASKED: "Registró un pedido de cambiar la casilla, hecho en mesa de partes",
    EventType.PETITION_SHOWN: "Vio los datos de la casilla, por un pedido hecho en mesa de partes",
}
_HAS_MAILBOX = "Vio que ya hay una casilla, al revisar otro registro con el mismo documento"
_OF_ANOTHER: Mapping[EventType, str] = {
    EventType.RECOVERY_ASKED: "Registró un pedido de restaurar la contraseña de {whose}",
    EventType.RECOVERY_SHOWN: "Vio los datos de {whose}, para restaurar su contraseña",
}
"""To the principal user, of a look at another one's."""
DESK_REASONS: Mapping[str, str] = {
    "assisted_recovery": "Restauración de una contraseña, pedida en mesa de partes",
    "registration_at_desk": "Registro de una casilla en mesa de partes",
    "officer_registration": "Registro de una casilla en mesa de partes",
    "registration_review": "Revisión de un registro",
    "mailbox_change": "Cambio en la casilla, pedido en mesa de partes",
}
"""By what the event says."""
_BY_DEPOSIT = "Quiso depositar una notificación, y la casilla no pudo recibirla"
_BY_WAY = {"deposit": _BY_DEPOSIT, "registration": _HAS_MAILBOX}
_DESK_CONSULTED = "Buscó la casilla, por un pedido hecho en mesa de partes"
_OPERATOR_CONSULTED = "Buscó la casilla"
_SHOWN: Mapping[str, str] = {
    "contested": "Vio qué cambios de la casilla se impugnaron, y qué pasó con ella",
    "frozen": "Vio que la casilla está congelada, y qué cambios se impugnaron",
    "scan": "Vio el formato firmado del registro con que se abrió la casilla",
    "untold": "Vio que de un cambio de la casilla no se pudo avisar a nadie",
}
"""What of a mailbox or registration was shown, where that was not all of it."""


def looked_in_words(event: Event, whose: str = "") -> str:
    """Return what somebody did, to a user of the mailbox; `whose` data it was where these are another user's alone."""
    if whose and event.type in _OF_ANOTHER:
        return _OF_ANOTHER[event.type].format(whose=whose)
    data, usual = event.data, _LOOKED[event.type]
    match event.type:
        case EventType.MAILBOX_CONSULTED:
            at_desk = _DESK_CONSULTED if data.get("reason", "") in DESK_REASONS else usual
            by_whom = _OPERATOR_CONSULTED if event.actor.startswith("operator:") else at_desk
            return _BY_WAY.get(data.get("way", ""), by_whom)
        case EventType.MAILBOX_SHOWN | EventType.REGISTRATION_SHOWN:
            return _SHOWN.get(data.get("shown", ""), usual)
    return usual
