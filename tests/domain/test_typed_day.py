"""Dates as people type them: what is read, and which part is told to be wrong."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.typed import day_parts, day_problem, join_day, read_day, wrong_parts


@pytest.mark.parametrize(
    "parts",
    [
        ("9", "3", "2026"),
        ("09", "03", "2026"),
        (" 9 ", "\u00a03", "2026 "),
        ("\uff19", "\uff13", "\uff12\uff10\uff12\uff16"),
        ("9", "marzo", "2026"),
        ("9", "Mar.", "2026"),
        ("9", "MARZO", "2026"),
        ("9/3/2026", "", ""),
        ("9 de marzo de 2026", "", ""),
    ],
)
def test_three_fields_are_read_however_they_are_filled(parts: tuple[str, str, str]) -> None:
    assert read_day(join_day(*parts)) == date(2026, 3, 9)
    assert wrong_parts(join_day(*parts)) == ()
    assert day_problem(join_day(*parts)) == ""


@pytest.mark.parametrize(
    "text",
    ["9/3/2026", "09-03-2026", "9 3 2026", "9.3.2026", "09032026", "2026-03-09", "9 de marzo del 2026", "9 mar 2026"],
)
def test_one_field_is_read_however_its_parts_are_separated(text: str) -> None:
    assert read_day(text) == date(2026, 3, 9)
    assert read_day("/".join(day_parts(text))) == date(2026, 3, 9)


@pytest.mark.parametrize("name", ["setiembre", "septiembre", "set", "sep", "Sept."])
def test_the_ninth_month_has_two_names(name: str) -> None:
    assert read_day(f"1/{name}/2025") == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("parts", "wrong", "told"),
    [
        (("", "3", "1990"), ("day",), "falta el día"),
        (("9", "", "1990"), ("month",), "falta el mes"),
        (("9", "3", ""), ("year",), "falta el año"),
        (("", "", "1990"), ("day", "month"), "faltan el día y el mes"),
        (("32", "3", "1990"), ("day",), "el día va de 1 a 31"),
        (("0", "3", "1990"), ("day",), "el día va de 1 a 31"),
        (("9", "13", "1990"), ("month",), "el mes va de 1 a 12, o se escribe con su nombre"),
        (("9", "ma", "1990"), ("month",), "el mes va de 1 a 12, o se escribe con su nombre"),
        (("9", "3", "90"), ("year",), "el año tiene cuatro cifras, como 1985"),
        (("9", "3", "0000"), ("year",), "el año tiene cuatro cifras, como 1985"),
        (("31", "2", "1990"), ("day",), "febrero de 1990 tiene 28 días"),
        (("31", "abril", "1990"), ("day",), "abril de 1990 tiene 30 días"),
        (("ayer", "", ""), ("day", "month", "year"), "escribe día, mes y año, como 27 3 1985"),
        (("9", "x", "y"), ("month", "year"), "escribe día, mes y año, como 27 3 1985"),
    ],
)
def test_what_is_wrong_is_told_by_its_part(parts: tuple[str, str, str], wrong: tuple[str, ...], told: str) -> None:
    text = join_day(*parts)
    assert read_day(text) is None
    assert wrong_parts(text) == wrong
    assert day_problem(text) == told
    assert day_parts(text) == parts


@pytest.mark.parametrize("text", ["", "1990", "3/2026", "27/3/85", "9/3/2026x", "1/2/3/2026", "\u0661/\u0663/2026"])
def test_nothing_is_guessed(text: str) -> None:
    assert read_day(text) is None
    assert wrong_parts(text)


def test_what_fills_no_field_comes_back_in_the_first() -> None:
    assert day_parts("hace poco") == ("hace poco", "", "")
    assert day_parts("a/b c") == ("a/b c", "", "")
    assert join_day("1/2", "3", "1990") == "1 2/3/1990"
