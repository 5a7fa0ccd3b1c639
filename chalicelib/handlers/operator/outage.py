"""The commands about outages: announcing one, ending it, and those that there were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.bootstrap import Container, current
from chalicelib.bootstrap.outage import outage_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import Event
from chalicelib.domain.outage.outage import Outage
from chalicelib.handlers.operator.act import act_of
from chalicelib.handlers.operator.command import Told
from chalicelib.renderers.outage import outage_text
from chalicelib.renderers.outage.outage_text import OutageAct
from chalicelib.renderers.outage.outage_words import ShownOutage, show_outage
from chalicelib.services.outage import change_outages
from chalicelib.services.outage.change_outages import Announcement, OutageTools, outage_unknown

_PAGE = 20


def announce(given: Mapping[str, Any]) -> Told:
    """Announce an outage, which may correct one that was announced wrongly."""
    box = current()
    asked = Announcement(
        _instant(box, given["from"]), _instant(box, given["until"]), given["affects"], given["words"], given["corrects"]
    )
    outage, is_new = change_outages.announce_outage(asked, _tools(box, given))
    return Told(outage_text.announced_text(_shown(box, outage), is_new=is_new), _json(box, outage))


def end(given: Mapping[str, Any]) -> Told:
    """End an outage, or call one off that did not begin."""
    box = current()
    outage, is_new = change_outages.end_announced_outage(
        given["interrupción"], _instant(box, given["at"]), _tools(box, given)
    )
    return Told(outage_text.ended_text(_shown(box, outage), is_new=is_new), _json(box, outage))


def list_outages(given: Mapping[str, Any]) -> Told:
    """Show a page of all that was announced, the newest first."""
    box = current()
    found = outage_store(box).list_before(given["after"] or "9", limit=_PAGE + 1)
    page = found[:_PAGE]
    last = page[-1].outage_id if len(found) > _PAGE else ""
    acts = [_acts(box, one) for one in page]
    shown = [(_shown(box, one), _in_words(box, done)) for one, done in zip(page, acts, strict=True)]
    data = [_with_acts(box, one, done) for one, done in zip(page, acts, strict=True)]
    return Told(outage_text.list_text(shown, last=last), outage_text.list_json(data, last=last))


def show(given: Mapping[str, Any]) -> Told:
    """Show one outage."""
    box = current()
    outage = outage_store(box).find(given["interrupción"])
    if outage is None:
        raise outage_unknown(given["interrupción"])
    acts = _acts(box, outage)
    return Told(outage_text.outage_text(_shown(box, outage), _in_words(box, acts)), _with_acts(box, outage, acts))


def _tools(box: Container, given: Mapping[str, Any]) -> OutageTools:
    return OutageTools(outage_store(box), box.calendar, act_of(given))


def _instant(box: Container, local: datetime | None) -> datetime | None:
    return None if local is None else local.replace(tzinfo=box.calendar.zone).astimezone(UTC)


def _shown(box: Container, outage: Outage) -> ShownOutage:
    return show_outage(outage, box.clock(), box.calendar.local)


def _acts(box: Container, outage: Outage) -> tuple[Event, ...]:
    return event_store(box).list_for_subject(f"outage#{outage.outage_id}")


def _in_words(box: Container, acts: Iterable[Event]) -> list[OutageAct]:
    return [outage_text.act_of(one, box.calendar.local) for one in acts]


def _with_acts(box: Container, outage: Outage, acts: Iterable[Event]) -> dict[str, Any]:
    return _json(box, outage) | {"acts": [outage_text.act_json(one) for one in acts]}


def _json(box: Container, outage: Outage) -> dict[str, Any]:
    return outage_text.outage_json(outage, box.clock())
