"""The SMS that tells a person a notice arrived: one part of GSM-7, whoever sent the notice (ALR-2).

The name comes first and the wording gives way to it: the warning gets shorter, or goes, where that leaves the name
whole. The short name that an institution chose is preferred to a weaker warning. A shortened name stands beside one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from string import Template
from zoneinfo import ZoneInfo

from chalicelib.domain.alert.alert import AlertBatch
from chalicelib.domain.alert.sender_name import cut_name, shorter_names, sms_name
from chalicelib.domain.sender.gsm7 import ONE_PART, gsm7_length, to_gsm7
from chalicelib.domain.sender.short_name import LONGEST_SHORT_NAME, is_short_name
from chalicelib.renderers.spanish import one_line, zone_in_words

_SAID = (
    "$institution le ha notificado un documento el $day a las $hour ($zone).",
    "$institution le ha notificado un documento el $day a las $hour.",
    "$institution le ha notificado el $day a las $hour.",
    "$institution le ha notificado el $day, $hour.",
    "$institution le notifica el $day, $hour.",
)
"""From the fullest to the shortest."""
_WHERE = " Ingrese a $portal."
_WARNED = tuple(Template(f"{said}{_WHERE} Nunca le pediremos su contraseña.") for said in _SAID)
_BARELY_WARNED = tuple(Template(f"{said}{_WHERE} No pedimos contraseñas.") for said in _SAID)
_UNWARNED = tuple(Template(f"{said}{_WHERE}") for said in _SAID)


def render_alert_sms(batch: AlertBatch, *, portal: str, zone: ZoneInfo) -> str:
    """Write the SMS; the institution's name is shortened only where no wording leaves it whole."""
    values = _values(batch.deposited_at, portal, zone)
    name = sms_name(one_line(batch.institution_name))
    own = [to_gsm7(short)] if (short := batch.institution_short_name) and is_short_name(short) else []
    return (
        _first_fitting([name, *own], _WARNED, values)
        or _first_fitting([name], (*_BARELY_WARNED, *_UNWARNED), values)
        or _first_fitting(shorter_names(name), (*_WARNED, *_BARELY_WARNED), values)
        or _cut(name, _BARELY_WARNED[-1], values)
    )


def holds_portal(portal: str, zone: ZoneInfo) -> bool:
    """Tell whether one part can hold this address and the warning beside any institution's own short name."""
    room = _room_for_name(_WARNED[-1], _values(datetime(2000, 1, 1, tzinfo=zone), portal, zone))
    return room is not None and room >= LONGEST_SHORT_NAME


def _first_fitting(names: Iterable[str], wordings: Iterable[Template], values: Mapping[str, str]) -> str | None:
    texts = (_filled(wording, values, name) for name in names for wording in wordings)
    return next((text for text in texts if (gsm7_length(text) or ONE_PART + 1) <= ONE_PART), None)


def _cut(name: str, wording: Template, values: Mapping[str, str]) -> str:
    return _filled(wording, values, cut_name(name, _room_for_name(wording, values) or 0))


def _filled(wording: Template, values: Mapping[str, str], institution: str) -> str:
    return wording.substitute(values, institution=institution)


def _values(instant: datetime, portal: str, zone: ZoneInfo) -> dict[str, str]:
    local = instant.astimezone(zone)
    return {
        "day": f"{local:%d/%m/%Y}",
        "hour": f"{local:%H:%M}",
        "zone": to_gsm7(zone_in_words(zone)),
        "portal": portal,
    }


def _room_for_name(wording: Template, values: Mapping[str, str]) -> int | None:
    taken = gsm7_length(_filled(wording, values, ""))
    return None if taken is None else ONE_PART - taken
