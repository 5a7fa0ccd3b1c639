"""`/entidad` and `/plataforma`: where the staff begins."""

from __future__ import annotations

from dataclasses import dataclass

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import activity_store
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.institution.activity import Activity
from chalicelib.domain.institution.permission import Act, may
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.keys import key_warning
from chalicelib.handlers.web.institution.staff_page import CONSOLE_HOME, PLATFORM_HOME
from chalicelib.renderers.institution.activity_chart import ActivityTold, tell_days, tell_months
from chalicelib.services.institution.read_sent import read_panel


def show_console(request: PageRequest, staff: SignedIn) -> Response:
    """Show an institution's people what they can do."""
    if staff.institution is None:
        return go_to(PLATFORM_HOME)
    panel = _panel(staff) if may(staff.member, Act.SEE_SENT) else None
    return show(
        request, "institution/home.html", panel=panel, kinds=[one.label for one in Activity], **key_warning(staff)
    )


def _panel(staff: SignedIn) -> tuple[ActivityTold, ...]:
    """Return what was counted, or nothing where that cannot be read: the rest of the page does not wait for it."""
    box = current()
    try:
        read = read_panel(staff, box.calendar.local(box.clock()).date(), counts=activity_store(box))
    except Unavailable as error:
        log_refusal(error)
        return ()
    return tell_days(read.days), tell_months(read.months)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for who administers the platform: what it is called, how many, and where they are."""

    what: str
    count: str
    at: str


def show_platform(request: PageRequest, staff: SignedIn, waiting: Waiting | None = None) -> Response:
    """Show the same to who administers the platform, with what waits for them."""
    if staff.institution is not None:
        return go_to(CONSOLE_HOME)
    return show(request, "institution/platform.html", waiting=waiting)
