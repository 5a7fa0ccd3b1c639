"""`/casilla`: the holder's notices, *Pendientes por leer* and *Leídos*, newest first (BOX-1)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.domain.mailbox import Channel, is_principal, lacks_person
from chalicelib.domain.mailbox.channels import registered_channels
from chalicelib.domain.mailbox.failing import failing_for
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.session import Session
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.reading.known_calendar import known_calendar
from chalicelib.renderers.reading.notice_row import row_of
from chalicelib.services.reading.list_notices import PAGE_SIZES, list_notices

READ_TAB = "leidos"
"""What `vista` says in the address of the second tab."""


def show_mailbox(request: PageRequest, session: Session) -> Response:
    """Show one tab's page."""
    tools = reading_tools(current())
    reading = Reading.READ if request.asked("vista") == READ_TAB else Reading.PENDING
    cursor = request.asked("desde") or None
    listed = list_notices(session, reading, cursor=cursor, limit=PAGE_SIZES[0], tools=tools)
    today, calendar = tools.today(), known_calendar()
    return show(
        request,
        "reading/mailbox.html",
        holder=listed.mailbox.holder.name,
        mailbox_id=listed.mailbox.mailbox_id,
        has_mobile=Channel.SMS in registered_channels(listed.mailbox, current().sms_reach),
        failing=failing_for(listed.mailbox, session.user_id, current().sms_reach),
        lacks_person=lacks_person(listed.mailbox) and is_principal(listed.mailbox, session.user_id),
        closed_at=listed.mailbox.closed_at,
        other=listed.other,
        is_principal=is_principal(listed.mailbox, session.user_id),
        counts=listed.counts,
        tab=reading.value,
        tab_address=f"/casilla?vista={READ_TAB}" if reading is Reading.READ else "/casilla",
        rows=[row_of(one, today, calendar) for one in listed.notices],
        next_cursor=listed.cursor,
        is_first_page=cursor is None,
    )
