"""A look as a row of a list that an institution asks for: the columns named here and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import DocumentType
from chalicelib.renderers.looks_in_words import DESK_REASONS

COLUMNS = ("Fecha", "Hora", "Qué hizo", "De quién", "Motivo", "Resultado", "Dirección IP")
_DID: Mapping[EventType, str] = {
    EventType.MAILBOX_CONSULTED: "Preguntó si tiene casilla",
    EventType.AUDIT_SHOWN: "Vio una relación de consultas",
    EventType.RECOVERY_ASKED: "Registró que se restaure una contraseña",
    EventType.RECOVERY_SHOWN: "Vio datos para restaurar una contraseña",
    EventType.PETITION_ASKED: "Registró un cambio de casilla",
    EventType.PETITION_SHOWN: "Vio datos por un pedido en mesa de partes",
    EventType.REGISTRATION_SHOWN: "Revisó un registro",
}
_BY_DEPOSIT = "Depósito que no se hizo"
_OTHER = "Vio datos"
_SYSTEM = "No lo dice: consultó un sistema"
_REFUSED: Mapping[str, str] = {
    "recipient_without_mailbox": "No tiene casilla",
    "mailbox_disabled": "Su casilla está cerrada",
    "mailbox_frozen": "Su casilla está congelada",
    "consent_revoked": "No autoriza que le notifiquen",
    "recipient_channel_missing": "Le falta un medio para los avisos",
    "institution_inactive": "No se le respondió: entidad inactiva",
    "consultation_limit": "No se le respondió: pasó del límite por hora",
    "undelivered_limit": "No se le respondió: pasó del límite por hora",
    "nonce_reused": "No se le respondió: repitió una petición",
}


@dataclass(frozen=True, slots=True)
class LookRow:
    """One row, in words; date and hour are the country's."""

    day: str
    hour: str
    did: str
    whose: str
    why: str
    came_of_it: str
    origin: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Return what stands under each of `COLUMNS`."""
        return self.day, self.hour, self.did, self.whose, self.why, self.came_of_it, self.origin


def row_of(look: Event, prefixes: Mapping[DocumentType, str], zone: ZoneInfo) -> LookRow:
    """Return the row of a look; `prefixes` begin the names of mailboxes."""
    local = look.occurred_at.astimezone(zone)
    by_deposit = look.data.get("way") == "deposit"
    refused = look.data.get("refused", "")
    reason = DESK_REASONS.get(look.data.get("reason", ""), look.data.get("reason", ""))
    by_system = look.actor.startswith("institution:")
    return LookRow(
        f"{local:%d/%m/%Y}",
        f"{local:%H:%M:%S}",
        _BY_DEPOSIT if by_deposit else _DID.get(look.type, _OTHER),
        _whose(look.subject, prefixes),
        reason or ("Depositar una notificación" if by_deposit else _SYSTEM if by_system else ""),
        _REFUSED.get(refused, "No se hizo") if refused else "Se le respondió",
        look.origin,
    )


def _whose(subject: str, prefixes: Mapping[DocumentType, str]) -> str:
    kind, _, name = subject.partition("#")
    if kind == "audit":
        return f"Relación {name.rpartition('#')[2]}"
    prefix, _, number = name.partition("-")
    document = next((one.value for one, begins in prefixes.items() if begins == prefix), "")
    return f"{document} {number}" if document else name
