"""What looks at a mailbox's data are called, and the reasons that the desk gives by a code (INS-8)."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.event import EventType

LOOKED: Mapping[EventType, str] = {
    EventType.MAILBOX_CONSULTED: "Preguntó si la casilla puede recibir una notificación",
    EventType.MAILBOX_SHOWN: "Vio los datos de la casilla y de sus usuarios",
    EventType.DATA_REQUEST_SHOWN: "Vio una solicitud sobre datos",
    EventType.RECOVERY_ASKED: "Registró un pedido de restaurar la contraseña del usuario",
    EventType.RECOVERY_SHOWN: "Vio los datos del usuario, para restaurar su contraseña",
    EventType.PETITION_ASKED: "Registró un pedido de cambiar la casilla, hecho en mesa de partes",
    EventType.PETITION_SHOWN: "Vio los datos de la casilla, por un pedido hecho en mesa de partes",
}
"""To the holder, of whom it was."""
DESK_REASONS: Mapping[str, str] = {
    "assisted_recovery": "Restauración de una contraseña, pedida en mesa de partes",
    "registration_at_desk": "Registro de una casilla en mesa de partes",
    "registration_review": "Revisión de un registro",
    "mailbox_change": "Cambio en la casilla, pedido en mesa de partes",
}
"""By what the event says."""
DESK_CONSULTED = "Buscó la casilla, por un pedido hecho en mesa de partes"
