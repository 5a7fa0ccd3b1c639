"""Suspensions in lists: `/entidad/suspensiones` has what waits for a second person, `/plataforma/suspensiones` all."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import suspension_tools
from chalicelib.bootstrap.reading import suspension_store
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.institution.suspending import officer_of
from chalicelib.domain.reading.suspension import CAUSE_WORDS
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.services.institution.suspend_reading import list_asked_suspensions
from chalicelib.services.page_cursor import cursor_of, position_of

_PAGE_SIZE = 50


def list_asked(request: PageRequest, staff: SignedIn) -> Response:
    """Show the requests that wait for a second person, or that nobody confirmed in time."""
    box = current()
    return show(
        request,
        "institution/asked_suspensions.html",
        entries=list_asked_suspensions(staff.member, tools=suspension_tools(box)),
        me=officer_of(staff.member),
        cause_words=CAUSE_WORDS,
        now=box.clock(),
    )


def list_suspensions(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - that there is one
    """Show a page; nothing of what the notices say is on it."""
    cursor = request.asked("desde") or None
    page = suspension_store(current()).list_all(after=position_of(cursor), limit=_PAGE_SIZE)
    return show(
        request,
        "institution/suspensions.html",
        entries=page.entries,
        cause_words=CAUSE_WORDS,
        next_cursor=cursor_of(page.next_after),
        is_first_page=cursor is None,
    )
