"""The SMS that tells a person a notice arrived, or is unread: one part of GSM-7, whoever sent the notice (ALR-2).

The name comes first and the wording gives way to it: the warning gets shorter, or goes, where that leaves the name
whole. The short name that an institution chose is preferred to a weaker warning. A shortened name stands beside one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Template
from zoneinfo import ZoneInfo

from chalicelib.domain.alert.alert import Alert, AlertPurpose
from chalicelib.domain.alert.alert_batch import AlertBatch, Expiry, Following
from chalicelib.domain.alert.sender_name import cut_name, shorter_names, sms_name
from chalicelib.domain.sender.gsm7 import ONE_PART, gsm7_length, to_gsm7
from chalicelib.domain.sender.short_name import LONGEST_SHORT_NAME, is_short_name
from chalicelib.renderers.alert.filing_letters import SMS_TEXTS, end_for_sms
from chalicelib.renderers.spanish import one_line, zone_in_words

_SAID = (
    "$institution le ha notificado un documento el $day a las $hour ($zone).",
    "$institution le ha notificado un documento el $day a las $hour.",
    "$institution le ha notificado el $day a las $hour.",
    "$institution le ha notificado el $day, $hour.",
    "$institution le notifica el $day, $hour.",
)
"""From the fullest to the shortest."""
_FALLEN_BACK = (
    "$institution le ha notificado el $day a las $hour. El correo de aviso no se pudo entregar.",
    "$institution le ha notificado el $day. El correo de aviso no se pudo entregar.",
    "$institution le ha notificado el $day. El correo no se pudo entregar.",
    *_SAID[2:],
)
_TERM_ENDS = (
    "Sin abrir: lo que $institution le ha notificado el $day. Su plazo termina el $end.",
    "Sin abrir: lo que $institution le ha notificado. Su plazo termina el $end.",
    "Sin abrir: lo que notifica $institution. Su plazo termina el $end.",
    "Sin abrir: $institution. Su plazo termina el $end.",
    "Sin abrir: $institution. Vence el $end.",
)
_OPENING_ENDS = (
    "Sin abrir: lo que $institution le ha notificado el $day. Abrirlo hasta el $end es su acuse.",
    "Sin abrir: lo que $institution le ha notificado. Abrirlo hasta el $end es su acuse.",
    "Sin abrir: lo que notifica $institution. Abrirlo hasta el $end es su acuse.",
    "Sin abrir: $institution. Abrirlo hasta el $end es su acuse.",
    "Abra lo de $institution hasta el $end.",
)
_READING_SUSPENDED = (
    "Lectura suspendida: lo que $institution le ha notificado el $day a las $hour.",
    "Lectura suspendida: lo que $institution le ha notificado el $day.",
    "Lectura suspendida: lo que notifica $institution, $day.",
    "Lectura suspendida: $institution, $day.",
)
_WHERE = " Ingrese a $portal."
_WARNINGS = (" Nunca le pediremos su contraseña.", " No pedimos contraseñas.", "")
"""From the fullest to none."""


@dataclass(frozen=True, slots=True)
class _Wordings:
    """One thing to say, in wordings from the fullest to the shortest, with each of the warnings."""

    warned: tuple[Template, ...]
    barely_warned: tuple[Template, ...]
    unwarned: tuple[Template, ...]


def _with_warnings(said: Iterable[str]) -> _Wordings:
    kinds = [tuple(Template(f"{one}{_WHERE}{warning}") for one in said) for warning in _WARNINGS]
    return _Wordings(*kinds)


_NEWS, _FALLBACK, _SUSPENSION = map(_with_warnings, (_SAID, _FALLEN_BACK, _READING_SUSPENDED))
_REMINDERS = {True: _with_warnings(_TERM_ENDS), False: _with_warnings(_OPENING_ENDS)}
"""By whether it is of a term."""
_OF_FILINGS = {occasion: _with_warnings(tuple(map(to_gsm7, texts))) for occasion, texts in SMS_TEXTS.items()}


def render_alert_sms(batch: AlertBatch, alert: Alert, *, portal: str, zone: ZoneInfo) -> str:
    """Write the SMS; the institution's name is shortened only where no wording leaves it whole."""
    said, values = _wordings(batch, alert), _values(batch, portal, zone)
    name = sms_name(one_line(batch.institution_name))
    own = [to_gsm7(short)] if (short := batch.institution_short_name) and is_short_name(short) else []
    return (
        _first_fitting([name, *own], said.warned, values)
        or _first_fitting([name], (*said.barely_warned, *said.unwarned), values)
        or _first_fitting(shorter_names(name), (*said.warned, *said.barely_warned), values)
        or _cut(name, said.barely_warned[-1], values)
    )


def _wordings(batch: AlertBatch, alert: Alert) -> _Wordings:
    if batch.news is not None:
        return _OF_FILINGS[batch.news.occasion]
    expiry = batch.following.expiry
    if alert.purpose is AlertPurpose.REMINDER and expiry is not None:
        return _REMINDERS[expiry.is_of_term]
    return {AlertPurpose.FALLBACK: _FALLBACK, AlertPurpose.SUSPENSION: _SUSPENSION}.get(alert.purpose, _NEWS)


def holds_portal(portal: str, zone: ZoneInfo) -> bool:
    """Tell whether one part can hold this address and the warning beside any institution's own short name."""
    any_day = datetime(2000, 1, 1, tzinfo=zone)
    values = _values(
        AlertBatch("", "", any_day, (), following=Following(expiry=Expiry(any_day.date(), True))), portal, zone
    )
    rooms = [_room_for_name(said.warned[-1], values) for said in (_NEWS, _FALLBACK, _SUSPENSION, *_REMINDERS.values())]
    return all(room is not None and room >= LONGEST_SHORT_NAME for room in rooms)


def _first_fitting(names: Iterable[str], wordings: Iterable[Template], values: Mapping[str, str]) -> str | None:
    texts = (_filled(wording, values, name) for name in names for wording in wordings)
    return next((text for text in texts if (gsm7_length(text) or ONE_PART + 1) <= ONE_PART), None)


def _cut(name: str, wording: Template, values: Mapping[str, str]) -> str:
    return _filled(wording, values, cut_name(name, _room_for_name(wording, values) or 0))


def _filled(wording: Template, values: Mapping[str, str], institution: str) -> str:
    return wording.substitute(values, institution=institution)


def _values(batch: AlertBatch, portal: str, zone: ZoneInfo) -> dict[str, str]:
    local, expiry = batch.deposited_at.astimezone(zone), batch.following.expiry
    news = batch.news
    end = "" if expiry is None else f"{expiry.day:%d/%m/%Y}"
    return {
        "day": f"{local:%d/%m/%Y}",
        "hour": f"{local:%H:%M}",
        "zone": to_gsm7(zone_in_words(zone)),
        "portal": portal,
        "end": end if news is None else end_for_sms(news.day),
        "number": "" if news is None else news.number,
    }


def _room_for_name(wording: Template, values: Mapping[str, str]) -> int | None:
    taken = gsm7_length(_filled(wording, values, ""))
    return None if taken is None else ONE_PART - taken
