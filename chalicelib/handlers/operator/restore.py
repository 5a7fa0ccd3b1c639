"""The commands about restores: whether jobs wait, having them wait, and letting them go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.storage import hold_store
from chalicelib.domain.hold import held_since
from chalicelib.handlers.operator.act import act_of
from chalicelib.handlers.operator.command import Told
from chalicelib.renderers.hold_text import held_text, hold_json, hold_text, released_text
from chalicelib.services.hold_jobs import hold_jobs, release_jobs


def show(_: Mapping[str, Any]) -> Told:
    """Show whether jobs wait, since when, and what the last check found."""
    box = current()
    stored, check, tables = hold_store(box).find(), hold_store(box).find_check(), box.config.restored_tables
    since = held_since(stored, tables)
    text = hold_text(stored, check, tables=tables, since=since, zone=box.calendar.zone)
    return Told(text, hold_json(stored, check, tables=tables, since=since))


def hold(given: Mapping[str, Any]) -> Told:
    """Have jobs wait."""
    box = current()
    held = hold_jobs(holds=hold_store(box), tables=box.config.restored_tables, act=act_of(given))
    return Told(held_text(held, box.calendar.zone), hold_json(held, None, tables=held.tables, since=held.since))


def release(given: Mapping[str, Any]) -> Told:
    """Let them go on."""
    box = current()
    released = release_jobs(holds=hold_store(box), tables=box.config.restored_tables, act=act_of(given))
    return Told(released_text(released), hold_json(released, None, tables=released.tables, since=None))
