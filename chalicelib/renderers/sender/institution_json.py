"""What operators' programs read of institutions and keys: JSON values with instants in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from chalicelib.domain.event import Event
from chalicelib.domain.masking import mask_email
from chalicelib.domain.sender.institution import Institution, SigningKey
from chalicelib.domain.sender.key_fingerprint import key_fingerprint
from chalicelib.renderers.sender.institution_text import key_state


def list_json(institutions: tuple[Institution, ...]) -> dict[str, Any]:
    """Return all institutions."""
    return {
        "institutions": [{"id": one.institution_id, "state": one.state.value, "name": one.name} for one in institutions]
    }


def institution_json(institution: Institution, events: tuple[Event, ...]) -> dict[str, Any]:
    """Return all that is set of an institution, and what changed last, the oldest first."""
    return {
        **_settings(institution),
        "events": [
            {
                "type": event.type.value,
                "occurred_at": _instant(event.occurred_at),
                "actor": event.actor,
                "data": event.data,
            }
            for event in events
        ],
    }


def changed_json(institution: Institution, change: str, warnings: tuple[str, ...]) -> dict[str, Any]:
    """Return what changed, what follows from it, and the settings as they are."""
    told = {"changed": bool(change), "change": change, "warnings": list(warnings)}
    return {**told, "institution": _settings(institution)}


def keys_json(keys: tuple[SigningKey, ...], now: datetime) -> dict[str, Any]:
    """Return an institution's keys."""
    return {"keys": [_key(key, now) for key in keys]}


def key_json(key: SigningKey, now: datetime, warnings: tuple[str, ...], *, is_changed: bool) -> dict[str, Any]:
    """Return a key, whether it was changed, and what follows from that."""
    return {"changed": is_changed, "warnings": list(warnings), "key": _key(key, now)}


def _settings(institution: Institution) -> dict[str, Any]:
    one = institution
    return {
        "id": one.institution_id,
        "version": one.version,
        "state": one.state.value,
        "name": one.name,
        "short_name": one.short_name,
        "address": one.address,
        "phone": one.phone,
        "receipt": "attached" if one.attaches_receipt else "withheld",
        "digest_email": None if one.digest_email is None else mask_email(one.digest_email),
        "opens_at": _hour(one.opens_at),
        "closes_at": _hour(one.closes_at),
        "region": one.region,
        "regime": one.regime.value,
        "norms": [
            {"regime": norm.regime.value, "citation": norm.citation, "channels": [each.value for each in norm.channels]}
            for norm in one.norms
        ],
        "distances": [{"place": row.place, "days": row.days, "norm": row.norm} for row in one.distances],
        "contacts": [
            {
                "subject": each.subject,
                "desk": each.desk,
                "phone": each.phone,
                "email": mask_email(each.email) if each.email else None,
                "hours": each.hours,
            }
            for each in one.contacts
        ],
        "emblem": one.emblem,
        "colours": {"light": one.colours.light, "dark": one.colours.dark} if one.colours else None,
    }


def _key(key: SigningKey, now: datetime) -> dict[str, Any]:
    return {
        "keyid": f"{key.institution_id}:{key.key_id}",
        "key_id": key.key_id,
        "state": key_state(key, now),
        "algorithm": key.algorithm.value,
        "fingerprint": key_fingerprint(key.public_key),
        "not_before": _instant(key.not_before),
        "not_after": _instant(key.not_after),
        "revoked_at": _instant(key.revoked_at) if key.revoked_at else None,
        "used_on": key.used_on.isoformat() if key.used_on else None,
    }


def _hour(hour: time | None) -> str | None:
    return None if hour is None else f"{hour:%H:%M}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
