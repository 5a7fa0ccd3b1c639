"""`/casilla/buscar`: rows of field, operator and value, all of which have to hold; the address holds them (BOX-4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.reading import reading_tools, search_tools
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.reading.search import Condition, Operator, Search, SearchField
from chalicelib.domain.reading.search_query import (
    FIELD,
    MOST_CONDITIONS,
    TypedCondition,
    read_conditions,
    to_parameters,
    typed_conditions,
)
from chalicelib.domain.session import Session
from chalicelib.handlers.fields import FieldError
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.reading.known_calendar import known_calendar
from chalicelib.renderers.reading.notice_row import row_of
from chalicelib.renderers.reading.search_json import looked_in_words
from chalicelib.services.reading.search_notices import search_notices

_PAGE_SIZE = 50
_USUAL_ROWS = (("asunto", "contiene"), ("emisor", "contiene"), ("fecha_envio", "desde"))
"""What an empty form offers: three rows, so that no script is needed for most searches."""


def show_search(request: PageRequest, session: Session) -> Response:
    """Show the form, and what the address asks for; a button of the same form adds a row."""
    typed = typed_conditions(request.query)
    adds_row = bool(request.asked("agregar"))
    if adds_row or FIELD not in request.query:
        return _page(request, typed, adds_row=adds_row)
    try:
        conditions = read_conditions(typed)
    except InvalidInput as error:
        return _page(request, typed, errors=_errors_of(error))
    if not conditions:
        return _page(request, typed, errors=(FieldError("valor-0", "Escribe al menos un valor para buscar."),))
    return _results(request, session, typed, conditions)


def _results(
    request: PageRequest, session: Session, typed: tuple[TypedCondition, ...], conditions: tuple[Condition, ...]
) -> Response:
    box = current()
    today, calendar = reading_tools(box).today(), known_calendar()
    cursor = request.asked("desde") or None
    found = search_notices(
        session, Search(conditions), cursor=cursor, limit=_PAGE_SIZE, tools=search_tools(box)
    ).matches
    pairs = to_parameters(conditions)
    until = found.looked_until
    return _page(
        request,
        typed,
        rows=[row_of(one, today, calendar) for one in found.notices],
        pairs=pairs,
        looked_in=looked_in_words(until and box.calendar.local(until), is_complete=found.is_complete),
        first_address=f"{request.path}?{urlencode(pairs)}",
        next_address=found.cursor and f"{request.path}?{urlencode([*pairs, ('desde', found.cursor)])}",
        is_first_page=cursor is None,
    )


def _page(
    request: PageRequest,
    typed: tuple[TypedCondition, ...],
    *,
    adds_row: bool = False,
    errors: tuple[FieldError, ...] = (),
    **results: Any,
) -> Response:
    shown = [*typed, *([TypedCondition("asunto", "contiene", "")] if adds_row else [])][:MOST_CONDITIONS]
    shown += [TypedCondition(field, chosen, "") for field, chosen in _USUAL_ROWS[len(shown) :]]
    values: dict[str, Any] = {
        "rows": None,
        "pairs": (),
        "looked_in": "",
        "first_address": "",
        "next_address": None,
        "is_first_page": True,
    }
    return show(
        request,
        "reading/search.html",
        status=422 if errors else 200,
        errors=errors,
        conditions=shown,
        fields=[(field.value, field.label) for field in SearchField],
        operators=[(one.value, one.label) for one in Operator],
        can_add=len(shown) < MOST_CONDITIONS,
        **{**values, **results},
    )


def _errors_of(error: InvalidInput) -> tuple[FieldError, ...]:
    """Tell each mistake beside its place: `condiciones.2.valor` is the field `valor-2`."""
    found = []
    for one in error.problems or (error,):
        _, _, place = (one.field or "").partition(".")
        row, _, part = place.partition(".")
        found.append(FieldError(f"{part}-{row}" if part else "campo-0", one.detail))
    return tuple(found)
