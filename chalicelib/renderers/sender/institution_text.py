"""What operators read of institutions and keys on a terminal: plain lines in Spanish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.deadline import Regime
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.masking import mask_email
from chalicelib.domain.sender.institution import Institution, SigningKey
from chalicelib.domain.sender.key_fingerprint import key_fingerprint
from chalicelib.domain.sender.setting_words import (
    REGIMES,
    STATES,
    USUAL_REGIME,
    distance_words,
    hours_words,
    norm_words,
    rule_words,
)
from chalicelib.renderers.spanish import date_and_hour, one_line

UNCHANGED = "Ya estaba así; no se cambió nada."
_EVENTS = {
    EventType.INSTITUTION_ADDED: "se registró la entidad",
    EventType.INSTITUTION_CHANGED: "cambió",
    EventType.INSTITUTION_KEY_ADDED: "se registró la clave",
    EventType.INSTITUTION_KEY_REVOKED: "se revocó la clave",
    EventType.OFFICE_ADDED: "se agregó la oficina",
    EventType.OFFICE_CHANGED: "cambió la oficina",
    EventType.PROCEDURE_ADDED: "se agregó el procedimiento",
    EventType.PROCEDURE_CHANGED: "cambió el procedimiento",
}
_KEPT = "Lo emitido no cambia; cuenta para lo que se deposite desde ahora."


def list_text(institutions: tuple[Institution, ...]) -> str:
    """Write all institutions, one a line."""
    if not institutions:
        return "No hay entidades. Se registra la primera con «institutions add»."
    return "\n".join(f"{one.institution_id}  {STATES[one.state]}  {one.name}" for one in institutions)


def institution_text(institution: Institution, events: tuple[Event, ...], zone: ZoneInfo) -> str:
    """Write all that is set of an institution, and what changed last."""
    one = institution
    return "\n".join(
        [
            f"{one.institution_id}  {STATES[one.state]}, versión {one.version}",
            f"  Nombre: {one.name}",
            f"  En un SMS donde no cabe su nombre: {one.short_name or 'abreviado'}",
            f"  Dirección: {one.address}",
            f"  Teléfono: {one.phone}",
            f"  Constancia adjunta a la alerta: {'sí' if one.attaches_receipt else 'no'}",
            f"  Resumen de alertas que no llegaron: {mask_email(one.digest_email) if one.digest_email else 'no'}",
            f"  Horario: {hours_words(one)}",
            f"  Región: {one.region or 'ninguna'}",
            f"  Lo que se presenta cuenta ese día: {rule_words(one.filing_rule)}",
            *_part(
                "Días propios, de antes de las regiones",
                (f"{day.day:%d/%m/%Y}: {day.norm}" for day in one.regional_days),
            ),
            f"  {USUAL_REGIME.capitalize()}: {_usual(one)}",
            *_part("Normas citadas", (f"{REGIMES[norm.regime]}: {norm_words(norm)}" for norm in one.norms)),
            *_part("Término de la distancia", (f"{row.place}: {distance_words(row)}" for row in one.distances)),
            *_part("Contactos por tema", (f"{contact.subject}: {contact.desk}" for contact in one.contacts)),
            f"  Emblema: {one.emblem[:12] if one.emblem else 'el del portal'}",
            f"  Colores: {f'{one.colours.light}, {one.colours.dark} de noche' if one.colours else 'los del portal'}",
            *_part("Últimos cambios", (_event(event, zone) for event in reversed(events))),
        ]
    )


def added_text(institution: Institution) -> str:
    """Say that an institution is there, and what it lacks before it can deposit."""
    own = institution.institution_id
    return "\n".join(
        [
            f"Se registró {own}, inactiva. Para que deposite:",
            f"  institutions norm {own}, la norma por la que notifica; sin ninguna, deposita con acuse de recibo",
            f"  keys add {own}, la clave con que firma",
            f"  institutions state {own} active",
        ]
    )


def changed_text(institution: Institution, told: str, warnings: tuple[str, ...]) -> str:
    """Say what changed, and what follows from it."""
    if not told:
        return UNCHANGED
    return _warned(f"{institution.institution_id}, versión {institution.version}: {told}.\n{_KEPT}", warnings)


def keys_text(keys: tuple[SigningKey, ...], zone: ZoneInfo, now: datetime) -> str:
    """Write an institution's keys."""
    return "\n".join(_key(key, zone, now) for key in keys) or "No tiene claves. Se registra una con «keys add»."


def key_added_text(key: SigningKey, zone: ZoneInfo, now: datetime, *, is_new: bool) -> str:
    """Say that a key is there, and what its institution compares."""
    if not is_new:
        return UNCHANGED
    told = "Compare la huella con la entidad por otro medio antes de darla por buena. Su keyid es"
    return f"{_key(key, zone, now)}\n{told} {key.institution_id}:{key.key_id}."


def key_revoked_text(key: SigningKey, zone: ZoneInfo, now: datetime, warnings: tuple[str, ...], *, is_new: bool) -> str:
    """Say that a key is good for nothing any more, and what follows from it."""
    if not is_new:
        return UNCHANGED
    told = "No firma nada desde este instante, y no se puede deshacer."
    return _warned(f"{_key(key, zone, now)}\n{told}", warnings)


def key_state(key: SigningKey, now: datetime) -> str:
    """Return what a key is at an instant."""
    if key.revoked_at is not None:
        return "revoked"
    if now < key.not_before:
        return "future"
    return "valid" if now < key.not_after else "expired"


_KEY_STATES = {"revoked": "revocada", "future": "aún no vale", "valid": "vale", "expired": "vencida"}


def _key(key: SigningKey, zone: ZoneInfo, now: datetime) -> str:
    revoked = "" if key.revoked_at is None else f" el {date_and_hour(key.revoked_at, zone)}"
    period = f"del {date_and_hour(key.not_before, zone)} hasta antes del {date_and_hour(key.not_after, zone)}"
    state = f"{_KEY_STATES[key_state(key, now)]}{revoked}"
    used = f"\n  último uso: {key.used_on:%d/%m/%Y}" if key.used_on else ""
    return f"{key.key_id}  {state}  {key.algorithm.value}  {key_fingerprint(key.public_key)}\n  {period}{used}"


def _usual(institution: Institution) -> str:
    cited = institution.norm_for(institution.regime)
    if cited is None and institution.regime is not Regime.ACKNOWLEDGEMENT:
        return f"{REGIMES[Regime.ACKNOWLEDGEMENT]}, pues no hay norma para {REGIMES[institution.regime]}"
    return REGIMES[institution.regime]


def _event(event: Event, zone: ZoneInfo) -> str:
    """Write one; those of a package before have no words for people."""
    who, data = event.actor.partition(":")[2], event.data
    what = " ".join(
        filter(
            None,
            (
                _EVENTS[event.type],
                data.get("key_id") or data.get("office_id") or data.get("procedure_id"),
                data.get("told") or data.get("change"),
            ),
        )
    )
    return one_line(f"{date_and_hour(event.occurred_at, zone)}  {who}: {what}. {data['reason']}")


def _warned(text: str, warnings: tuple[str, ...]) -> str:
    return "\n".join([text, *(f"Atención: {warning}" for warning in warnings)])


def _part(title: str, lines: Iterable[str]) -> list[str]:
    found = [f"    {line}" for line in lines]
    return [f"  {title}:", *found] if found else [f"  {title}: ninguno"]
