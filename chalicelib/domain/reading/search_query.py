"""Conditions of a search from and to URL parameters: `campo=asunto&operador=contiene&valor=multa&campo=…`.

Each row is one `campo`, one `operador` and one `valor`, in that order of appearance. A row without a value looks for
nothing and is passed over, as a form sends its empty rows too. Every mistake is told at once, beside its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import parse_qs

from chalicelib.domain.errors import InvalidInput, refusal_of
from chalicelib.domain.reading.search import Condition, Kind, Operator, SearchField
from chalicelib.domain.reading.text_fold import fold_text
from chalicelib.domain.typed import read_day

FIELD, OPERATOR, VALUE = "campo", "operador", "valor"
PARAMETERS = (FIELD, OPERATOR, VALUE)
MOST_CONDITIONS = 10
LONGEST_VALUE = 200
_YEAR = re.compile(r"[0-9]{4}")
_YEARS = range(1821, 2200)


@dataclass(frozen=True, slots=True)
class TypedCondition:
    """One row as it was typed, to be shown again."""

    field: str
    operator: str
    value: str


def typed_conditions(query: Mapping[str, Sequence[str]]) -> tuple[TypedCondition, ...]:
    """Return the rows of a query, decoded already; what a row lacks is empty."""
    columns = (query.get(name, ()) for name in PARAMETERS)
    return tuple(TypedCondition(*row) for row in zip_longest(*columns, fillvalue=""))


def typed_query(query: str) -> tuple[TypedCondition, ...]:
    """Return the rows of a query as it stands in a URL; empty values count, or the rows after them would shift."""
    return typed_conditions(parse_qs(query.removeprefix("?"), keep_blank_values=True))


def read_conditions(rows: Sequence[TypedCondition]) -> tuple[Condition, ...]:
    """Return what the rows with a value look for.

    Raises:
        InvalidInput: with all of them in `problems`, each at `condiciones.<row from 0>.<campo, operador or valor>`:
            `search_field_unknown`, `search_operator_unknown`, `search_operator_unsuitable`, `search_value_too_long`,
            `search_date_invalid`, `search_year_invalid`; or `search_too_many`.

    """
    if len(rows) > MOST_CONDITIONS:
        raise InvalidInput("search_too_many", f"Puedes combinar hasta {MOST_CONDITIONS} condiciones.", field=FIELD)
    read: list[Condition] = []
    problems: list[InvalidInput] = []
    for number, row in enumerate(rows):
        if _is_blank(row.value):
            continue
        found = _read(row)
        if isinstance(found, Condition):
            read.append(found)
        else:
            problems += [InvalidInput(code, told, field=f"condiciones.{number}.{part}") for part, code, told in found]
    if problems:
        raise refusal_of(problems)
    return tuple(read)


def to_parameters(conditions: Iterable[Condition]) -> list[tuple[str, str]]:
    """Return the query that `read_conditions` reads as these conditions, as pairs to be encoded."""
    rows = ((one.field.value, one.operator.value, one.value) for one in conditions)
    return [pair for row in rows for pair in zip(PARAMETERS, row, strict=True)]


def _is_blank(typed: str) -> bool:
    """Whether nothing that is seen was typed; what is too long for a value need not be folded to know."""
    spaced = " ".join(typed.split())
    return len(spaced) <= LONGEST_VALUE and not fold_text(spaced)


_Problem = tuple[str, str, str]
"""Part of the row, code, detail."""


def _read(row: TypedCondition) -> Condition | list[_Problem]:
    field = next((one for one in SearchField if one == row.field), None)
    chosen = next((one for one in Operator if one == row.operator), None)
    value: str | _Problem = _value(field, row.value)
    problems = [*_choice_problems(field, chosen), *([] if isinstance(value, str) else [value])]
    if problems or field is None or chosen is None or not isinstance(value, str):
        return problems
    return Condition(field, chosen, value)


def _choice_problems(field: SearchField | None, chosen: Operator | None) -> list[_Problem]:
    problems = []
    if field is None:
        problems.append((FIELD, "search_field_unknown", "Elige uno de los campos de la lista."))
    if chosen is None:
        problems.append((OPERATOR, "search_operator_unknown", "Elige cómo comparar: igual, contiene, desde…"))
    elif field is not None and chosen not in field.operators:
        *some, last = (one.label for one in field.operators)
        told = f"«{field.label}» se compara con {', '.join(some)}{' o ' if some else ''}{last}."
        problems.append((OPERATOR, "search_operator_unsuitable", told))
    return problems


def _value(field: SearchField | None, typed: str) -> str | _Problem:
    value = " ".join(typed.split())
    if len(value) > LONGEST_VALUE:
        return VALUE, "search_value_too_long", f"Escribe hasta {LONGEST_VALUE} caracteres."
    if field is not None and field.kind is Kind.DATE:
        day = read_day(value)
        told = "Escribe una fecha que exista, como 09/03/2026."
        return (VALUE, "search_date_invalid", told) if day is None else day.isoformat()
    if field is not None and field.kind is Kind.YEAR and not (_YEAR.fullmatch(value) and int(value) in _YEARS):
        return VALUE, "search_year_invalid", "Escribe un año de cuatro cifras, como 2026."
    return value
