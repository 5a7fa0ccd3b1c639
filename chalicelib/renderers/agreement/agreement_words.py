"""An agreement in plain words: its state and why, what is allowed now, what to do (S2, questions 1 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.agreement.agreement import Agreement, AgreementState, Modality, Reason
from chalicelib.domain.agreement.allowance import ALLOWANCE_WORDS, Allowance, is_allowed
from chalicelib.domain.agreement.end_warning import is_near
from chalicelib.domain.agreement.life import UNUSED_DAYS, last_days
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.typed import MONTHS

MODALITY_WORDS: Mapping[Modality, str] = {
    Modality.PLATFORM: "Elaboradas en la plataforma",
    Modality.INTERCONNECTION: "Interconexión",
}
STATE_WORDS: Mapping[AgreementState, str] = {
    AgreementState.APPROVED: "Aprobado, todavía no empieza",
    AgreementState.ACTIVE: "Activo",
    AgreementState.INACTIVE: "Inactivo",
    AgreementState.CANCELLED: "Cancelado",
}
REASON_WORDS: Mapping[Reason, str] = {
    Reason.LATE_PAYMENT: "retraso en el pago",
    Reason.CLAUSE_BREACHED: "incumplimiento de una cláusula del convenio",
    Reason.EXPIRED: "el convenio venció",
    Reason.UNUSED: f"no se usó el servicio en {UNUSED_DAYS} días",
}
UNREGISTERED = "Sin convenio registrado"
_TO_DO: Mapping[Reason, str] = {
    Reason.LATE_PAYMENT: "Paga lo pendiente y envía en «Consumo» el comprobante escaneado. Enviarlo no basta: sigue así"
    " hasta que la administración de la plataforma registre el pago, y en ese momento deja de impedir el servicio.",
    Reason.CLAUSE_BREACHED: "Comunícate con la administración de la plataforma: te dirá qué cláusula es y qué hace"
    " falta para reactivar el convenio.",
    Reason.EXPIRED: "Pide una adenda con documento a la administración de la plataforma. Cuando la registre, el"
    " convenio se reactiva.",
    Reason.UNUSED: "Pide a la administración de la plataforma que lo reactive y dile que van a seguir usándolo. No"
    " hace falta un convenio nuevo.",
}
STOPPED_APART = "La administración de la plataforma detuvo el servicio por una orden aparte del convenio."
_CALL = "Comunícate con la administración de la plataforma."
USE_EXPLAINED = (
    "Cuenta como uso cada depósito y cada consulta de quién tiene casilla, de tus operadores o de tus sistemas. También"
    " cuenta cualquier otro pedido firmado por tus sistemas que se aceptó. Ingresar a la consola no cuenta."
)


@dataclass(frozen=True, slots=True)
class AgreementTold:
    """An agreement as its page shows it. `is_well` says that nothing is to be done."""

    title: str
    why: tuple[str, ...]
    to_do: tuple[str, ...]
    allowed: tuple[str, ...]
    refused: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    addenda: tuple[Mapping[str, Any], ...]
    is_well: bool
    ends_soon: tuple[str, ...] = ()


def tell_agreement(
    agreement: Agreement | None, institution: Institution, today: date, used_on: date | None
) -> AgreementTold:
    """Tell an agreement as `as_of` returns it beside its institution, or that none is registered."""
    allowed = tuple(ALLOWANCE_WORDS[one] for one in Allowance if is_allowed(one, institution.state))
    refused = tuple(ALLOWANCE_WORDS[one] for one in Allowance if not is_allowed(one, institution.state))
    if agreement is None:
        is_well = institution.is_active
        stopped = () if is_well else ("La administración de la plataforma no la tiene activa.",)
        title = f"{UNREGISTERED}: {'activa, sin fecha de fin' if is_well else 'no está activa'}"
        return AgreementTold(title, stopped, (_CALL,) if stopped else (), allowed, refused, (), (), is_well)
    state = agreement.state
    why: tuple[str, ...] = tuple(
        f"{_capital(REASON_WORDS[one.reason])}, desde el {day(one.since)}." for one in agreement.reasons
    )
    to_do = tuple(_TO_DO[one.reason] for one in agreement.reasons)
    if agreement.is_stopped_apart:
        why, to_do = (*why, STOPPED_APART), (*to_do, _CALL)
    ends = last_days(agreement, used_on) if state is AgreementState.ACTIVE else ()
    return AgreementTold(
        title=_title(agreement),
        why=why,
        to_do=to_do,
        allowed=allowed,
        refused=refused,
        facts=tuple(_facts(agreement, used_on)),
        addenda=tuple(
            {"number": one.number, "ends_on": day(one.ends_on), "added_on": day(one.added_on), "document": one.document}
            for one in agreement.addenda
        ),
        is_well=state is AgreementState.ACTIVE and institution.is_active,
        ends_soon=tuple(_ends_soon(one.reason, one.since, today) for one in ends if is_near(one.since, today)),
    )


def day(value: date) -> str:
    """Write a day as people say it: `9 de marzo de 2026`."""
    return f"{value.day} de {MONTHS[value.month - 1]} de {value.year}"


def left_words(left: int) -> str:
    """Say how far a last day is."""
    return "hoy" if left == 0 else "mañana" if left == 1 else f"en {left} días"


def tell_history(events: tuple[Event, ...], zone: ZoneInfo) -> tuple[tuple[str, str, str], ...]:
    """Tell what happened to an agreement, newest first: when, what, and why."""
    told = ((_when(one.occurred_at, zone), _happened(one), one.data.get("reason", "")) for one in reversed(events))
    return tuple(one for one in told if one[1])


def _title(agreement: Agreement) -> str:
    words = STATE_WORDS[agreement.state]
    if agreement.reasons and agreement.state in {AgreementState.INACTIVE, AgreementState.CANCELLED}:
        why = " y ".join(REASON_WORDS[one.reason] for one in agreement.reasons)
        return f"{words}: {why}"
    if not agreement.is_registered:
        words = f"{UNREGISTERED}: activo, sin fecha de fin"
    return f"{words}, pero el servicio está detenido" if agreement.is_stopped_apart else words


def _facts(agreement: Agreement, used_on: date | None) -> list[tuple[str, str]]:
    if not agreement.is_registered:
        return []
    facts = [
        ("Número del convenio", agreement.number),
        ("Modalidad", MODALITY_WORDS[agreement.modality] if agreement.modality else ""),
        ("Vale desde", day(agreement.begins_on)),
        ("Último día", "Sin fecha de fin" if agreement.ends_on is None else day(agreement.ends_on)),
        ("Último uso que conocemos", "Ninguno todavía" if used_on is None else day(used_on)),
    ]
    before = agreement.ends_on or date.max
    unused = [one for one in last_days(agreement, used_on) if one.reason is Reason.UNUSED and one.since < before]
    facts += [("Si no se usa, se cancela después del", day(one.since)) for one in unused]
    return facts


def _ends_soon(reason: Reason, last: date, today: date) -> str:
    when = left_words((last - today).days)
    if reason is Reason.EXPIRED:
        return f"El convenio termina {when}: su último día es el {day(last)}. Pide antes una adenda para que siga."
    return (
        f"Nadie de tu entidad ha usado el servicio en {UNUSED_DAYS - (last - today).days} días. Si nadie lo usa hasta"
        f" el {day(last)}, el convenio se cancela."
    )


_CODES: Mapping[str, str] = {one.value: words for one, words in REASON_WORDS.items()}
_STATES: Mapping[str, str] = {one.value: words for one, words in STATE_WORDS.items()}


def _happened(event: Event) -> str:
    data = event.data
    if event.type is EventType.AGREEMENT_REGISTERED:
        return "Se registró el convenio"
    if event.type is EventType.AGREEMENT_APPROVED:
        return "Se aprobó la solicitud de convenio"
    if event.type is EventType.AGREEMENT_EXTENDED:
        return f"Adenda: vale hasta el {day(date.fromisoformat(data['ends_on']))}"
    if event.type is not EventType.AGREEMENT_CHANGED:
        return ""
    words = _STATES.get(data.get("after", ""), "")
    if codes := [_CODES[one] for one in data.get("reason_codes", "").split(",") if one in _CODES]:
        words += f": {' y '.join(codes)}, desde el {day(date.fromisoformat(data['since']))}"
    if lifted := [_CODES[one] for one in data.get("lifted", "").split(",") if one in _CODES]:
        words += f". Se levantó: {' y '.join(lifted)}"
    return words


def _when(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{local:%d/%m/%Y %H:%M}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
