"""The SMS that tells a person a notice arrived: one part of GSM-7, whoever sent the notice (ALR-2)."""

from __future__ import annotations

from datetime import datetime
from string import Template
from zoneinfo import ZoneInfo

from chalicelib.domain.alert.alert import AlertBatch
from chalicelib.domain.sender.gsm7 import ONE_PART, gsm7_length, shorten_name, to_gsm7
from chalicelib.renderers.spanish import one_line, zone_in_words

_NAME_AT_LEAST = 20
_LONG = Template(
    "$institution le ha notificado un documento el $day a las $hour ($zone)."
    " Ingrese a $portal. Nunca le pediremos su contraseña."
)
_SHORT = Template("$institution le ha notificado, $day $hour. Ingrese a $portal. Nunca le pediremos su contraseña.")


def render_alert_sms(batch: AlertBatch, *, portal: str, zone: ZoneInfo) -> str:
    """Write the SMS; the institution's name is shortened to fit."""
    values = _values(batch.deposited_at, portal, zone)
    name = one_line(batch.institution_name)
    room = _room_for_name(_LONG, values) or 0
    enough = min(_NAME_AT_LEAST, gsm7_length(to_gsm7(name)) or 0)
    template = _LONG if room >= enough else _SHORT
    return template.substitute(values, institution=shorten_name(name, _room_for_name(template, values) or 0))


def holds_portal(portal: str, zone: ZoneInfo) -> bool:
    """Tell whether one part can hold this address beside enough of any institution's name."""
    room = _room_for_name(_SHORT, _values(datetime(2000, 1, 1, tzinfo=zone), portal, zone))
    return room is not None and room >= _NAME_AT_LEAST


def _values(instant: datetime, portal: str, zone: ZoneInfo) -> dict[str, str]:
    local = instant.astimezone(zone)
    return {
        "day": f"{local:%d/%m/%Y}",
        "hour": f"{local:%H:%M}",
        "zone": to_gsm7(zone_in_words(zone)),
        "portal": portal,
    }


def _room_for_name(template: Template, values: dict[str, str]) -> int | None:
    taken = gsm7_length(template.substitute(values, institution=""))
    return None if taken is None else ONE_PART - taken
