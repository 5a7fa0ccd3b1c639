from itertools import product
from urllib.parse import parse_qs, urlencode

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.reading.search import Condition, Kind, Operator, SearchField
from chalicelib.domain.reading.search_query import (
    TypedCondition,
    read_conditions,
    to_parameters,
    typed_conditions,
    typed_query,
)


def read(*rows: tuple[str, str, str]) -> tuple[Condition, ...]:
    return read_conditions([TypedCondition(*row) for row in rows])


def refused(*rows: tuple[str, str, str]) -> list[tuple[str, str | None]]:
    with pytest.raises(InvalidInput) as caught:
        read(*rows)
    assert (caught.value.code, caught.value.field) == (caught.value.problems[0].code, caught.value.problems[0].field)
    return [(one.code, one.field) for one in caught.value.problems]


def test_rows_are_read_in_their_order() -> None:
    query = "campo=asunto&operador=contiene&valor=multa&campo=anio&operador=igual&valor=2026"
    assert read_conditions(typed_conditions(parse_qs(query))) == (
        Condition(SearchField.SUBJECT, Operator.CONTAINS, "multa"),
        Condition(SearchField.YEAR, Operator.EQUALS, "2026"),
    )


def test_an_empty_row_shifts_no_other() -> None:
    query = "?campo=asunto&operador=contiene&valor=&campo=emisor&operador=igual&valor=Entidad&cursor=x"
    assert read_conditions(typed_query(query)) == (Condition(SearchField.SENDER, Operator.EQUALS, "Entidad"),)


def test_nothing_asked_is_no_condition() -> None:
    assert read_conditions(typed_conditions({})) == ()


@pytest.mark.parametrize("blank", ["", "   ", "\u00a0", "\u200b", "\u0301", "\x00"])
def test_a_row_without_a_value_is_passed_over(blank: str) -> None:
    asked = ("emisor", "igual", "Entidad")
    assert read(("asunto", "contiene", blank), asked, ("", "", blank)) == read(asked)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("09/03/2026", "2026-03-09"),
        ("9/3/2026", "2026-03-09"),
        (" 09-03-2026 ", "2026-03-09"),
        ("09.03.2026", "2026-03-09"),
        ("2026-03-09", "2026-03-09"),
        ("29/02/2028", "2028-02-29"),
    ],
)
def test_dates_are_typed_as_in_peru_or_in_iso(typed: str, day: str) -> None:
    [condition] = read(("fecha_envio", "desde", typed))
    assert condition.value == day


@pytest.mark.parametrize(
    "typed",
    ["31/02/2026", "29/02/2027", "2026-13-01", "03/2026", "ayer", "09/03/26", "0001-01-01", "9999-12-31", "٠٩/٠٣/٢٠٢٦"],
)
def test_a_date_that_does_not_exist_is_told_beside_its_row(typed: str) -> None:
    rows = (("asunto", "contiene", "multa"), ("fecha_emision", "hasta", typed))
    assert refused(*rows) == [("search_date_invalid", "condiciones.1.valor")]


@pytest.mark.parametrize("typed", ["26", "20266", "dos mil", "-2026", "2026.0", "0000", "9999", "٢٠٢٦"])
def test_a_year_has_four_digits(typed: str) -> None:
    assert refused(("anio", "igual", typed)) == [("search_year_invalid", "condiciones.0.valor")]


def test_all_mistakes_are_told_at_once() -> None:
    assert refused(
        ("color", "igual", "azul"),
        ("asunto", "parecido", "multa"),
        ("asunto", "desde", "multa"),
        ("", "", "multa"),
        ("fecha_envio", "contiene", "marzo"),
        ("asunto", "contiene", "x" * 201),
    ) == [
        ("search_field_unknown", "condiciones.0.campo"),
        ("search_operator_unknown", "condiciones.1.operador"),
        ("search_operator_unsuitable", "condiciones.2.operador"),
        ("search_field_unknown", "condiciones.3.campo"),
        ("search_operator_unknown", "condiciones.3.operador"),
        ("search_operator_unsuitable", "condiciones.4.operador"),
        ("search_date_invalid", "condiciones.4.valor"),
        ("search_value_too_long", "condiciones.5.valor"),
    ]


def test_a_row_that_lacks_a_part_is_told() -> None:
    rows = typed_conditions({"campo": ["asunto", "emisor"], "operador": ["contiene"], "valor": ["a", "b", "c"]})
    with pytest.raises(InvalidInput) as caught:
        read_conditions(rows)
    assert [one.field for one in caught.value.problems] == [
        "condiciones.1.operador",
        "condiciones.2.campo",
        "condiciones.2.operador",
    ]


def test_more_conditions_than_anyone_types_are_refused() -> None:
    row = ("asunto", "contiene", "a")
    assert len(read(*[row] * 10)) == 10
    with pytest.raises(InvalidInput, match="search_too_many"):
        read(*[row] * 11)


@pytest.mark.parametrize(("field", "chosen"), list(product(SearchField, Operator)))
def test_every_pair_of_field_and_operator_is_accepted_or_refused_by_kind(field: SearchField, chosen: Operator) -> None:
    value = {Kind.TEXT: "multa", Kind.DATE: "2026-03-09", Kind.YEAR: "2026"}[field.kind]
    if chosen in field.operators:
        assert read((field.value, chosen.value, value)) == (Condition(field, chosen, value),)
    else:
        assert refused((field.value, chosen.value, value)) == [("search_operator_unsuitable", "condiciones.0.operador")]


def test_the_url_gives_the_same_conditions_again() -> None:
    conditions = (
        Condition(SearchField.SUBJECT, Operator.CONTAINS, "a&b=c+d «ñ» %20 #?"),
        Condition(SearchField.SENT_ON, Operator.SINCE, "2026-03-09"),
        Condition(SearchField.SUBJECT, Operator.STARTS, "=1+1"),
    )
    assert read_conditions(typed_query(urlencode(to_parameters(conditions)))) == conditions
