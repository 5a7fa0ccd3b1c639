"""`/entidad/enviadas`: what the institution sent, by local month, newest first; as Excel; one notice with its story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.deposit import unreached_store
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.institution import export_sent_tools, office_store, sent_tools
from chalicelib.bootstrap.reading import reading_store
from chalicelib.bootstrap.storage import event_store, notice_store
from chalicelib.domain.deposit.sent_search import FIELDS, SentSearch, office_of, read_search, this_month
from chalicelib.domain.deposit.sent_state import SentState
from chalicelib.domain.deposit.unreached import advice_on
from chalicelib.domain.errors import CasillaError, InvalidInput, TooLarge
from chalicelib.domain.institution.permission import Act, may, reaches
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.institution.suspending import open_request
from chalicelib.domain.sender.office import Office
from chalicelib.handlers.fields import errors_of
from chalicelib.handlers.http import log_refusal, status_of
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.institution import sent_rows as told
from chalicelib.renderers.reading.act_words import TITLE_OF_ACT, act_in_words
from chalicelib.services.deposit.find_sent import SentPage, find_sent
from chalicelib.services.deposit.read_deposit_status import DepositStatus
from chalicelib.services.deposit.read_deposits import deposit_number
from chalicelib.services.institution.export_sent import export_sent
from chalicelib.services.institution.read_sent import (
    RECEIPT,
    list_unreached_sent,
    read_sent,
    sent_file_link,
    within_reach,
)
from chalicelib.services.together import together
from chalicelib.store.reading.answered_filings import find_answered

_CURSOR = "desde"
_LABELS = {
    "mes": "Mes",
    "dia": "Día",
    "estado": "Estado",
    "destinatario": "Documento del destinatario",
    "tipo": "Tipo de documento",
    "numero": "Número de documento",
    "oficina": "Oficina",
}


def show_sent(request: PageRequest, staff: SignedIn) -> Response:
    """Show a page of a month."""
    try:
        return _list_page(request, staff, _find(request, staff))
    except InvalidInput as error:
        return _list_page(request, staff, error=error)


def download_sent(request: PageRequest, staff: SignedIn) -> Response:
    """Lead to the month as an Excel; one that is too long is told on the list's page."""
    try:
        return go_to(export_sent(staff, _search(request), tools=export_sent_tools(current())))
    except TooLarge as error:
        return _list_page(request, staff, _find(request, staff), error)
    except InvalidInput as error:
        return _list_page(request, staff, error=error)


def show_sent_notice(request: PageRequest, staff: SignedIn, notice_id: str) -> Response:
    """Show all of one notice: what it is, its dates and files, what became of it, and what to do."""
    box = current()
    status, answers = _read(staff, notice_id)
    delivered, notice = status.delivered, status.delivered.issued
    original, *annexes = told.sent_files(notice)
    return show(
        request,
        "institution/sent_notice.html",
        notice=notice,
        address=told.sent_address(notice),
        original=original,
        annexes=annexes,
        facts=told.facts_of(notice, box.calendar.zone),
        dates=told.dates_now(delivered, box.calendar.local(box.clock()).date()),
        issued=told.dates_issued(notice, box.calendar.zone),
        title_of_act=TITLE_OF_ACT,
        act=act_in_words(notice.document),
        advice=advice_on(delivered, status.alerts),
        is_opening_contested=delivered.is_opening_contested,
        history=told.sent_history(notice, status.timeline),
        references=told.references(delivered),
        answers=answers,
        can_replace=delivered.replaced_by is None and reaches(staff.member, Act.COMPOSE, office_of(notice)),
        can_suspend=reaches(staff.member, Act.SUSPEND_READING, office_of(notice)),
        suspension=delivered.suspension,
        suspension_asked=open_request(delivered, box.clock()),
    )


def _read(staff: SignedIn, notice_id: str) -> tuple[DepositStatus, tuple[str, ...]]:
    """Read a notice with what became of it, and at once, for who attends to filings, those that it answers."""
    box, number = current(), deposit_number(notice_id)
    found: list[DepositStatus] = []
    answers: list[str] = []
    reads = [lambda: found.append(read_sent(staff, number, readings=reading_store(box), events=event_store(box)))]
    if may(staff.member, Act.ATTEND):
        reads.append(lambda: answers.extend(find_answered(number, connection=connection(box))))
    together(reads)
    return found[0], tuple(answers)


def download_document(request: PageRequest, staff: SignedIn, notice_id: str, name: str) -> Response:  # noqa: ARG001
    """Lead to what was deposited."""
    return _file(staff, notice_id, "" if name == RECEIPT else name)


def download_receipt(request: PageRequest, staff: SignedIn, notice_id: str) -> Response:  # noqa: ARG001
    """Lead to the receipt."""
    return _file(staff, notice_id, RECEIPT)


def show_unreached(request: PageRequest, staff: SignedIn) -> Response:
    """Show the work list of alerts that reached nobody, with what to do about each notice."""
    box, cursor = current(), request.asked(_CURSOR)
    page = list_unreached_sent(staff, cursor=cursor or None, store=unreached_store(box))
    return show(
        request,
        "institution/unreached.html",
        rows=[told.unreached_row(one, box.calendar.zone) for one in page.deposits],
        next_address=page.cursor and f"{request.path}?{urlencode({_CURSOR: page.cursor})}",
        is_first_page=not cursor,
    )


def _file(staff: SignedIn, notice_id: str, name: str) -> Response:
    box = current()
    return go_to(sent_file_link(staff, notice_id, name, notices=notice_store(box), files=files(box)))


def _search(request: PageRequest) -> SentSearch:
    box = current()
    return read_search(request.asked, now=box.clock(), zone=box.calendar.zone)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was looked for, a page of it, and the offices that can be chosen."""

    search: SentSearch
    page: SentPage
    offices: tuple[Office, ...] = ()


def _find(request: PageRequest, staff: SignedIn) -> _Found:
    """Look, beside the offices; who is limited to one chooses among none."""
    search, cursor, own = _search(request), request.asked(_CURSOR) or None, staff.own.institution_id
    pages: list[SentPage] = []
    offices: list[tuple[Office, ...]] = []
    reads = [
        lambda: pages.append(find_sent(own, within_reach(staff, search), cursor=cursor, tools=sent_tools(current())))
    ]
    if staff.member.office_id is None:
        reads.append(lambda: offices.append(office_store(current()).list_for_institution(own)))
    together(reads)
    return _Found(search, pages[0], *offices)


def _list_page(
    request: PageRequest, staff: SignedIn, found: _Found | None = None, error: CasillaError | None = None
) -> Response:
    """Show the list with its form; what was typed stays in it, also where it cannot be read."""
    box = current()
    zone, now = box.calendar.zone, box.clock()
    if error is not None:
        log_refusal(error)
    typed = {name: request.asked(name) for name in FIELDS}
    month = found.search.month if found else this_month(now, zone)
    asked = {name: value for name, value in typed.items() if value}
    values: dict[str, Any] = {"rows": None, "next_address": None, "looked_until": None}
    if found is not None:
        page = found.page
        following = {**asked, "mes": month, _CURSOR: page.cursor}
        values = {
            "rows": [told.sent_row(row.notice, row.state, zone) for row in page.rows],
            "next_address": page.cursor and f"{told.SENT_HOME}?{urlencode(following)}",
            "looked_until": page.looked_until,
        }
    return show(
        request,
        "institution/sent.html",
        status=200 if error is None else status_of(error)[0],
        errors=() if error is None else errors_of(error, _LABELS),
        typed={**typed, "mes": month},
        offices=told.offices_offered(found.offices if found else ()),
        months=told.months_offered(now.astimezone(zone).date(), month),
        states=[(state.value, state.label) for state in SentState],
        month_words=told.month_in_words(month),
        is_narrow=any(asked.keys() - {"mes"}),
        is_bounded=found is not None and within_reach(staff, found.search).is_narrow,
        first_address=f"{told.SENT_HOME}?{urlencode({**asked, 'mes': month})}",
        month_address=f"{told.SENT_HOME}?{urlencode({'mes': month})}",
        file_address=f"{told.SENT_HOME}/excel?{urlencode({**asked, 'mes': month})}",
        is_first_page=not request.asked(_CURSOR),
        **values,
    )
