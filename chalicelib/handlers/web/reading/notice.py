"""`/casilla/{notice_id}`: one notice, its envelope until somebody opens it, everything afterwards (BOX-2, BOX-3).

Opening is a legal act, so a GET of what nobody opened changes nothing: the page's button opens it. Later visits and
downloads are logged by the GET itself.
"""

from __future__ import annotations

from datetime import timedelta

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.reading.reading import DeliveredNotice, Reading
from chalicelib.domain.session import Session
from chalicelib.handlers.admission import with_session
from chalicelib.handlers.commands.reading import NOTICE
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.reading.known_calendar import known_calendar
from chalicelib.renderers.reading.act_words import TITLE_OF_ACT, act_in_words
from chalicelib.renderers.reading.deadline_words import tell_deadline, tell_effect
from chalicelib.renderers.reading.notice_page import failed_in_words, file_name, files_of, history_of, signature_note
from chalicelib.renderers.reading.notice_row import address_of
from chalicelib.renderers.reading.replacement_words import references_of
from chalicelib.services.reading.download_file import RECEIPT, download_file
from chalicelib.services.reading.open_notice import open_notice
from chalicelib.services.reading.read_notice import ReadNotice, read_notice, tell_suspended
from chalicelib.services.reading.tools import delivered_to
from chalicelib.store.reading.reading_store import FoundNotice

_JUST_NOW = timedelta(minutes=1)


@with_session(NOTICE)
def show_notice_page(request: PageRequest, session: Session, found: FoundNotice, **_: str) -> Response:
    """Show the envelope, or record another opening and show everything."""
    delivered = delivered_to(session, found)
    if delivered.suspension is not None:
        return _suspended_page(request, delivered, found.alerts)
    if delivered.reading is Reading.PENDING:
        return _envelope_page(request, delivered, found)
    read = read_notice(session, found, origin=request.origin, tools=reading_tools(current()))
    return _notice_page(request, session, read, found.answers)


@with_session(NOTICE)
def open_by_form(request: PageRequest, session: Session, found: FoundNotice, **_: str) -> Response:
    """Open it."""
    opened = open_notice(session, found, origin=request.origin, tools=reading_tools(current()))
    return go_to(address_of(opened.delivered.notice))


@with_session(NOTICE)
def download_document(request: PageRequest, session: Session, found: FoundNotice, *, name: str, **_: str) -> Response:
    """Lead to the main document or an annex."""
    return _download(request, session, found, file_name(name))


@with_session(NOTICE)
def download_receipt(request: PageRequest, session: Session, found: FoundNotice, **_: str) -> Response:
    """Lead to the receipt."""
    return _download(request, session, found, RECEIPT)


def _download(request: PageRequest, session: Session, found: FoundNotice, name: str) -> Response:
    """Lead to a file; of what nobody opened, the receipt only; else to the page that opens it or says what bars it."""
    delivered = delivered_to(session, found)
    if delivered.suspension is not None or (delivered.opening is None and name != RECEIPT):
        return go_to(address_of(delivered.notice))
    box = current()
    download = download_file(session, found, name, origin=request.origin, tools=reading_tools(box), files=files(box))
    return go_to(download.url)


def _envelope_page(request: PageRequest, delivered: DeliveredNotice, found: FoundNotice) -> Response:
    tools, alerts = reading_tools(current()), found.alerts
    today, calendar = tools.today(), known_calendar()
    return show(
        request,
        "reading/notice_envelope.html",
        notice=delivered.notice,
        address=address_of(delivered.notice),
        is_acknowledgement=delivered.is_fixed_by_opening,
        not_alerted=failed_in_words(() if alerts is None else alerts.failed_channels),
        references=references_of(delivered),
        answers=found.answers,
        deadline=tell_deadline(delivered, today, calendar),
        effect=tell_effect(delivered, today, calendar),
    )


def _suspended_page(request: PageRequest, delivered: DeliveredNotice, alerts: AlertBatch | None) -> Response:
    tools = reading_tools(current())
    return show(
        request,
        "reading/notice_suspended.html",
        notice=delivered.notice,
        suspension=delivered.suspension,
        opening=delivered.opening,
        references=references_of(delivered),
        deadline=tell_deadline(delivered, tools.today(), known_calendar()),
        history=history_of(delivered.notice, tell_suspended(delivered, alerts, tools=tools)),
    )


def _notice_page(request: PageRequest, session: Session, read: ReadNotice, answers: tuple[str, ...]) -> Response:
    tools, delivered = reading_tools(current()), read.opened.delivered
    today, opening, calendar = tools.today(), delivered.opening, known_calendar()
    original, *annexes = files_of(delivered.notice)
    is_mine = opening is not None and opening.opened_by == session.user_id
    return show(
        request,
        "reading/notice.html",
        notice=delivered.notice,
        address=address_of(delivered.notice),
        original=original,
        annexes=annexes,
        signature_note=signature_note(delivered.notice),
        references=references_of(delivered),
        answers=answers,
        deadline=tell_deadline(delivered, today, calendar),
        effect=tell_effect(delivered, today, calendar),
        title_of_act=TITLE_OF_ACT,
        act=act_in_words(delivered.notice.document),
        history=history_of(delivered.notice, read.timeline),
        seen=[(one, delivered.is_contested_at(one.first_at)) for one in delivered.seen],
        just_opened=is_mine and opening is not None and tools.clock() - opening.opened_at < _JUST_NOW,
        opening=opening,
    )
