"""The commands about alerts: what was given up, what waits, and sending again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.domain.alert.work_list import Resending, Resent
from chalicelib.domain.event import EventType
from chalicelib.handlers.operator.act import act_of, log_indexed
from chalicelib.handlers.operator.command import Told
from chalicelib.renderers.alert import work_list_json, work_list_text
from chalicelib.services.alert import list_given_up as listing
from chalicelib.services.alert.index_alerts import index_alerts
from chalicelib.services.alert.resend_alerts import ResendingTools, resend_alerts, resend_all

RESENDING_TIME = timedelta(seconds=40)
"""Nothing more is begun after this; the function may run twenty seconds longer."""
_AT_ONCE = 200
_DONE = frozenset({Resending.RESENT, Resending.NOT_GIVEN_UP})


def list_given_up(given: Mapping[str, Any]) -> Told:
    """Show a page of the list of what was given up."""
    box = current()
    work = listing.list_given_up(batches=alert_batch_store(box), limit=given["limit"], after=given["after"])
    return Told(work_list_text.list_text(work, box.calendar.zone), work_list_json.list_json(work))


def show(given: Mapping[str, Any]) -> Told:
    """Show all that is known of one notice's alerts."""
    box = current()
    batch = listing.read_alerts(given["notificación"], batches=alert_batch_store(box))
    return Told(work_list_text.batch_text(batch, box.calendar.zone), work_list_json.batch_json(batch))


def show_waiting(_: Mapping[str, Any]) -> Told:
    """Show how much waits, and which notices wait longest."""
    box = current()
    waiting = listing.list_waiting(batches=alert_batch_store(box), now=box.clock)
    return Told(work_list_text.waiting_text(waiting, box.calendar.zone), work_list_json.waiting_json(waiting))


def resend(given: Mapping[str, Any]) -> Told:
    """Have what was given up sent again: of the notices that are named, or of a part of the list."""
    box = current()
    tools = ResendingTools(alert_batch_store(box), act_of(given))
    if given["all"]:
        done = resend_all(tools, at_most=_AT_ONCE, until=box.clock() + RESENDING_TIME)
        text, data = work_list_text.resent_all_text(done), work_list_json.resent_all_json(done)
        return Told(text, data, is_done=_all_done(done.notices))
    notices = resend_alerts(given["notificación"], tools)
    return Told(work_list_text.resent_text(notices), work_list_json.resent_json(notices), is_done=_all_done(notices))


def index(given: Mapping[str, Any]) -> Told:
    """Put what a package before left into the lists, as far as there is time."""
    box = current()
    done = index_alerts(
        batches=alert_batch_store(box), after=given["after"], now=box.clock, until=box.clock() + RESENDING_TIME
    )
    log_indexed(given, EventType.ALERTS_INDEXED, looked_at=done.looked_at, changed=done.moved, failed=done.failed)
    return Told(work_list_text.indexed_text(done), work_list_json.indexed_json(done), is_done=not done.failed)


def _all_done(notices: tuple[Resent, ...]) -> bool:
    return all(notice.outcome in _DONE for notice in notices)
