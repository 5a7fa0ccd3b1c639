"""`/entidad/auditoria`: a coordinator asks for one looker's looks between two days, sees them and takes them along."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.audit import audit_tools
from chalicelib.domain.audit.audit import MOST_DAYS, MOST_LOOKS, PRINTED_LOOKS, LookerKind, require_span
from chalicelib.domain.audit.look import read_position
from chalicelib.domain.errors import CasillaError, InvalidInput, collect, refusal_of
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.typed import day_problem, read_day
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.composition_fields import typed_day
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.renderers.audit.audit_rows import row_of
from chalicelib.renderers.audit.look_words import days_in_words
from chalicelib.renderers.spanish import size_in_short
from chalicelib.services.audit.ask_audit import (
    FORM_USED,
    AuditWish,
    ask_audit,
    audit_file_link,
    find_audit,
    lookers_of,
    shown_looks,
)

AUDITS_PAGE = "/entidad/auditoria"
_LABELS = {**STAFF_LABELS, "looker": "Consultas de", "first_day": "Primer día", "last_day": "Último día"}
_REQUEST = re.compile(r"[0-9a-f]{32}")
_REFERENCE = re.compile(r"[0-9]{4}-[0-9]{6}")
_LISTED = 50
_LONGEST = 500


def list_audits(request: PageRequest, staff: SignedIn) -> Response:
    """List what was asked for, the newest first."""
    after = request.asked("desde")
    if after and not _REFERENCE.fullmatch(after):
        raise InvalidInput("cursor_invalid", "Esa página no existe. Vuelve al inicio de la lista.", field="desde")
    page = audit_tools(current()).audits.list_for_institution(
        staff.own.institution_id, after=after or None, limit=_LISTED
    )
    return show(
        request,
        "audit/audits.html",
        audits=page.audits,
        days_in_words=days_in_words,
        next_after=page.next_after,
        is_first_page=not after,
    )


def show_new_audit(request: PageRequest, staff: SignedIn) -> Response:
    """Ask whose looks of which days, and why."""
    return _form_page(request, staff)


def ask_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Keep it under the next number, and lead to it; the same form again leads to the same."""
    try:
        wish = _read(request)
        audit = ask_audit(wish, staff, origin=request.origin, tools=audit_tools(current()))
    except CasillaError as error:
        return _form_page(request, staff, error)
    return go_to(f"{AUDITS_PAGE}/{audit.reference}")


def show_audit(request: PageRequest, staff: SignedIn, reference: str) -> Response:
    """Show how far it is, or what is in it: then that it was looked at is an event too."""
    box = current()
    tools, after = audit_tools(box), read_position(request.asked("desde"))
    audit = find_audit(staff, reference, tools=tools)
    shown: dict[str, Any] = {"rows": (), "next_after": None, "is_first_page": after is None}
    if audit.made is not None:
        page = shown_looks(audit, staff, after=after, origin=request.origin, tools=tools)
        shown["rows"] = [row_of(look, box.mailbox_prefixes, box.calendar.zone) for look in page.looks]
        shown["next_after"] = page.next_after
        shown["sizes"] = {"csv": size_in_short(audit.made.csv.size), "pdf": size_in_short(audit.made.pdf.size)}
    return show(
        request,
        "audit/audit.html",
        audit=audit,
        days=days_in_words(audit.span),
        is_of_key=audit.looker.kind is LookerKind.KEY,
        most_looks=MOST_LOOKS,
        printed=PRINTED_LOOKS,
        **shown,
    )


def download_file(request: PageRequest, staff: SignedIn, reference: str, name: str) -> Response:
    """Lead to one of its files."""
    tools = audit_tools(current())
    audit = find_audit(staff, reference, tools=tools)
    return go_to(audit_file_link(audit, staff, name, origin=request.origin, tools=tools))


def _read(request: PageRequest) -> AuditWish:
    problems: list[InvalidInput] = []
    request_id = request.value("request_id")
    if not _REQUEST.fullmatch(request_id):
        raise InvalidInput("form_stale", "El formulario no llegó completo. Ábrelo de nuevo y vuelve a enviarlo.")
    looker = request.value("looker")[:_LONGEST]
    if not looker:
        problems.append(InvalidInput("field_missing", "Elige de quién son las consultas.", field="looker"))
    first = collect(problems, lambda: _day(request, "first_day"), None)
    last = collect(problems, lambda: _day(request, "last_day"), None)
    reason = collect(problems, lambda: read_reason(request.value("reason")[:_LONGEST]), "")
    today, span = current().calendar.local(current().clock()).date(), None
    if first is not None and last is not None:
        days = first, last
        span = collect(problems, lambda: require_span(*days, today), None)
    if problems or span is None:
        raise refusal_of(problems)
    return AuditWish(request_id, looker, span, reason)


def _day(request: PageRequest, name: str) -> date | None:
    typed = typed_day(request, name)
    if not typed:
        raise InvalidInput("field_missing", "Escribe la fecha.", field=name)
    if problem := day_problem(typed):
        raise InvalidInput("field_format", f"El campo «{_LABELS[name]}»: {problem}.", field=name)
    return read_day(typed)


def _form_page(request: PageRequest, staff: SignedIn, error: CasillaError | None = None) -> Response:
    box = current()
    lookers = lookers_of(staff.own.institution_id, tools=audit_tools(box))
    refused = request.answer.code if error is None and request.answer is not None else getattr(error, "code", "")
    sent = request.value("request_id")  # kept while a form is mended; one that was another request's is not
    kinds = {LookerKind.MEMBER: "{}", LookerKind.KEY: "Clave {}"}
    return show_form(
        request,
        "audit/audit_new.html",
        error,
        _LABELS,
        options=[("", "Elige"), *((one.actor, kinds[one.kind].format(one.name)) for one in lookers)],
        looker=request.value("looker"),
        first_day=typed_day(request, "first_day"),
        last_day=typed_day(request, "last_day"),
        reason=request.value("reason"),
        request_id=sent if sent and refused != FORM_USED else box.chance.new_event_id(),
        most_days=MOST_DAYS,
    )
