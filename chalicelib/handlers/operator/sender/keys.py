"""The commands about the keys that institutions' systems sign with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.sender.institution_warnings import without_keys
from chalicelib.handlers.operator.command import Told
from chalicelib.handlers.operator.sender.tools import institution_tools
from chalicelib.renderers.sender import institution_json, institution_text
from chalicelib.services.sender.institution_tools import read_institution
from chalicelib.services.sender.register_key import NewKey, register_key, revoke_key

_DAY = timedelta(days=1)


def list_all(given: Mapping[str, Any]) -> Told:
    """Show the keys of an institution."""
    box = current()
    institution = read_institution(given["entidad"], institution_store(box))
    keys, now = institution_store(box).list_keys(institution.institution_id), box.clock()
    return Told(institution_text.keys_text(keys, box.calendar.zone, now), institution_json.keys_json(keys, now))


def add(given: Mapping[str, Any]) -> Told:
    """Register a key, good from the beginning of one day to the end of another."""
    box = current()
    new = NewKey(
        institution_id=given["entidad"],
        key_id=given["key-id"],
        public_key=given["public-key"],
        not_before=_begins(given["from"]),
        not_after=_begins(given["until"] + _DAY),
    )
    done, now = register_key(new, institution_tools(given)), box.clock()
    text = institution_text.key_added_text(done.key, box.calendar.zone, now, is_new=done.is_changed)
    return Told(text, institution_json.key_json(done.key, now, (), is_changed=done.is_changed))


def revoke(given: Mapping[str, Any]) -> Told:
    """Revoke a key at once and for good."""
    box = current()
    others = [key for key in institution_store(box).list_keys(given["entidad"]) if key.key_id != given["clave"]]
    done, now = revoke_key(given["entidad"], given["clave"], institution_tools(given)), box.clock()
    warnings = without_keys(others, now) if done.is_changed else ()
    text = institution_text.key_revoked_text(done.key, box.calendar.zone, now, warnings, is_new=done.is_changed)
    return Told(text, institution_json.key_json(done.key, now, warnings, is_changed=done.is_changed))


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), current().calendar.zone).astimezone(UTC)
