"""A look as a row of a list that an institution asks for: the columns named here and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chalicelib.domain.codes import reference_of_key
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
_REGISTRIES: Mapping[str, str] = {
    "reniec": "Consultó RENIEC",
    "sunat": "Consultó SUNAT",
    "sunat_representatives": "Consultó los representantes en SUNAT",
}
"""By the registry that the event names."""
_FOUND: Mapping[str, str] = {
    "matched": "Los datos coinciden",
    "mismatched": "Los datos no coinciden",
    "not_found": "No figura en el registro",
    "deceased": "Figura como persona fallecida",
    "minor": "Es menor de edad",
    "restricted": "Su registro tiene una anotación",
    "inactive": "Su RUC no está activo",
    "not_habido": "Figura como no habido",
    "not_listed": "No figura como representante",
    "unavailable": "El registro no respondió",
    "garbled": "El registro respondió con letras perdidas",
}
"""What a registry said, by the event's `result`."""
_BY_DEPOSIT = "Depósito que no se hizo"
_CONSULTED = "Consultó un registro de identidad"
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


_TOLD: Mapping[str, str] = {
    "has_mailbox": "Ya tiene casilla",
    "mailbox_unknown": "No tiene casilla",
    "user_unknown": "No hay ese usuario",
    "mailbox_frozen": "Su casilla está congelada",
    "user_disabled": "El usuario está deshabilitado",
    "recovery_open_already": "Ya había una restauración pendiente",
}
"""What a search at the desk told, by the event's `result`."""


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
        _BY_DEPOSIT if by_deposit else _did(look),
        _whose(look.subject, prefixes),
        reason or ("Depositar una notificación" if by_deposit else _SYSTEM if by_system else ""),
        _REFUSED.get(refused, "No se hizo") if refused else _answered(look),
        look.origin,
    )


def _did(look: Event) -> str:
    if look.type is EventType.REGISTRY_CONSULTED:
        return _REGISTRIES.get(look.data.get("registry", ""), _CONSULTED)
    return _DID.get(look.type, _OTHER)


def _answered(look: Event) -> str:
    found = _FOUND if look.type is EventType.REGISTRY_CONSULTED else _TOLD
    return found.get(look.data.get("result", ""), "Se le respondió")


def _whose(subject: str, prefixes: Mapping[DocumentType, str]) -> str:
    kind, _, name = subject.partition("#")
    if kind == "audit":
        return f"Relación {name.rpartition('#')[2]}"
    if kind == "registration":
        return f"Registro {reference_of_key(name)}"
    prefix, _, number = name.partition("-")
    document = next((one.value for one, begins in prefixes.items() if begins == prefix), "")
    return f"{document} {number}" if document else name
