"""`/casilla/buscar`: conditions of field, operator and value that all have to hold; the address has them (BOX-4).

The form begins with one. Its buttons add another, with the operators that fit its field, or take one away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.reading import reading_tools, search_tools
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.reading.search import Condition, Kind, Operator, Search, SearchField
from chalicelib.domain.reading.search_query import (
    FIELD,
    MOST_CONDITIONS,
    TypedCondition,
    read_conditions,
    to_parameters,
    typed_conditions,
)
from chalicelib.domain.session import Session
from chalicelib.domain.typed import read_day
from chalicelib.handlers.fields import FieldError
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.reading.known_calendar import known_calendar
from chalicelib.renderers.reading.notice_row import row_of
from chalicelib.renderers.reading.search_json import looked_in_words
from chalicelib.services.reading.search_notices import search_notices

_PAGE_SIZE = 50
_ADDED, _REMOVED = "agregar", "quitar"
"""What the buttons that change the form send along."""
_OFFERED_FIRST = (SearchField.SENT_ON, SearchField.SENDER, SearchField.SUBJECT)
"""What most people narrow a search by; whichever is not there yet is what the next condition is offered on."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A condition as its form shows it; `field` is None for one that no form sends."""

    field: SearchField | None
    operator: str
    value: str

    @property
    def kind(self) -> Kind:
        """What its field holds."""
        return Kind.TEXT if self.field is None else self.field.kind

    @property
    def operators(self) -> list[tuple[str, str]]:
        """Return those that fit the field, with their words."""
        return [(one.value, one.label) for one in (Operator if self.field is None else self.field.operators)]


def show_search(request: PageRequest, session: Session) -> Response:
    """Show the form, and what the address asks for; buttons of the same form add and take away conditions."""
    typed = typed_conditions(request.query)
    if _ADDED in request.query:
        return _page(request, (*typed, _new(request.asked("nuevo"))))
    if _REMOVED in request.query:
        return _page(request, tuple(one for place, one in enumerate(typed) if str(place) != request.asked(_REMOVED)))
    if FIELD not in request.query:
        return _page(request, typed)
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
    errors: tuple[FieldError, ...] = (),
    **results: Any,
) -> Response:
    shown = [_row(one) for one in (typed or (_new(""),))][:MOST_CONDITIONS]
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
        next_field=next((one.value for one in _OFFERED_FIRST if one not in [row.field for row in shown]), ""),
        can_add=len(shown) < MOST_CONDITIONS,
        **{**values, **results},
    )


def _new(field: str) -> TypedCondition:
    """Return an empty condition on a field, or on all; of dates the first day is what people have in mind."""
    chosen = next((one for one in SearchField if one == field), SearchField.ALL)
    usual = Operator.SINCE if chosen.kind is Kind.DATE else chosen.operators[0]
    return TypedCondition(chosen.value, usual.value, "")


def _row(typed: TypedCondition) -> _Row:
    """Return a condition to be shown; a date in an address of our own is written as people do."""
    row = _Row(next((one for one in SearchField if one == typed.field), None), typed.operator, typed.value)
    day = read_day(row.value) if row.kind is Kind.DATE else None
    return row if day is None else replace(row, value=f"{day:%d/%m/%Y}")


def _errors_of(error: InvalidInput) -> tuple[FieldError, ...]:
    """Tell each mistake beside its place: `condiciones.2.valor` is the field `valor-2`."""
    found = []
    for one in error.problems or (error,):
        _, _, place = (one.field or "").partition(".")
        row, _, part = place.partition(".")
        found.append(FieldError(f"{part}-{row}" if part else "condicion-0", one.detail))
    return tuple(found)
