from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.notice import CaseFile, Notice
from chalicelib.domain.reading.search import Condition, Operator, SearchField, SentRange, matches, sent_range, year_of
from tests.builders import a_notice

LIMA = ZoneInfo("America/Lima")
SENT, ISSUED, YEAR = SearchField.SENT_ON, SearchField.ISSUED_ON, SearchField.YEAR
IS, HAS, STARTS, SINCE, UNTIL = Operator


def notice(**document: Any) -> Notice:
    plain = a_notice()
    return replace(plain, document=replace(plain.document, **document))


def sent(*instant: int) -> Notice:
    return a_notice(deposited_at=datetime(*instant, tzinfo=UTC))  # type: ignore[misc,arg-type]


def found(one: Notice, field: SearchField, chosen: Operator, value: str) -> bool:
    return matches(one, [Condition(field, chosen, value)], LIMA)


def test_no_condition_matches_everything() -> None:
    assert matches(a_notice(), [], LIMA)


def test_all_conditions_have_to_hold() -> None:
    right, wrong = Condition(SearchField.SUBJECT, HAS, "solicitud"), Condition(SearchField.OFFICE, HAS, "tesorería")
    assert matches(a_notice(), [right, right], LIMA)
    assert not matches(a_notice(), [right, wrong], LIMA)


SIGNS = ("N° ", "N°", "Nº ", "Nº", "No. ", "No.", "N.º ", "N.º", "Nro. ", "Nro.")


@pytest.mark.parametrize("written", SIGNS)
@pytest.mark.parametrize("wanted", SIGNS)
def test_signs_of_number_find_each_other(written: str, wanted: str) -> None:
    one = notice(number=f"{written}000079-2026", subject=f"Traslado del Informe {written}15-2026/DG y anexos")
    one = replace(one, case_file=replace(one.case_file, number=f"EXP. {written}98"))
    assert found(one, SearchField.DOCUMENT_NUMBER, IS, f"{wanted}000079-2026")
    assert found(one, SearchField.DOCUMENT_NUMBER, STARTS, f"{wanted}0000")
    assert found(one, SearchField.SUBJECT, HAS, f"informe {wanted}15-2026")
    assert found(one, SearchField.CASE_FILE, HAS, f"{wanted}98")
    assert not found(one, SearchField.SUBJECT, HAS, f"{wanted}16-2026")


@pytest.mark.parametrize("wanted", ["respuesta", "ciudadania", "demostracion", "carta", "000079", "exp-2026"])
def test_all_is_every_text_and_one_of_them_is_enough(wanted: str) -> None:
    assert found(a_notice(), SearchField.ALL, HAS, wanted)
    assert not found(a_notice(), SearchField.ALL, HAS, f"{wanted}x")
    assert SearchField.ALL.operators == (HAS,)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (SearchField.SUBJECT, "respuesta a su SOLICITUD de informacion"),
        (SearchField.OFFICE, "oficina de atención a la ciudadania"),
        (SearchField.SENDER, "ENTIDAD DE DEMOSTRACION"),
        (SearchField.DOCUMENT_TYPE, "carta"),
        (SearchField.DOCUMENT_NUMBER, "000079-2026"),
        (SearchField.CASE_FILE, "exp-2026-000098"),
    ],
)
def test_each_text_is_compared_whole_in_part_and_by_its_beginning(field: SearchField, value: str) -> None:
    middle = value[1:-1]
    assert found(a_notice(), field, IS, value)
    assert found(a_notice(), field, HAS, middle)
    assert found(a_notice(), field, STARTS, value[:-1])
    assert not found(a_notice(), field, IS, middle)
    assert not found(a_notice(), field, STARTS, middle)
    assert not found(a_notice(), field, HAS, value + "x")


@pytest.mark.parametrize(
    ("subject", "typed"),
    [
        ("Señor Peña", "senor pena"),
        ("Señor Peña", "SEN\u0303OR PEN\u0303A"),
        ("Senor Pena", "señor peña"),
        ("Notificaci\u006f\u0301n", "notificación"),
        ("Ampliación de plazo \u2013 2026", "ampliacion de plazo - 2026"),
    ],
)
def test_texts_are_found_whatever_the_keyboard(subject: str, typed: str) -> None:
    assert found(notice(subject=subject), SearchField.SUBJECT, IS, typed)


@pytest.mark.parametrize("typed", [".*", "%", "_", "[a-z]+", "' OR '1'='1", "\\", "${jndi}", "=1+1", "<script>", "*"])
def test_signs_mean_nothing_but_themselves(typed: str) -> None:
    assert not found(a_notice(), SearchField.SUBJECT, HAS, typed)
    assert found(notice(subject=f"antes {typed} después"), SearchField.SUBJECT, HAS, typed)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ((2026, 3, 9, 4, 59, 59), "2026-03-08"),
        ((2026, 3, 9, 5, 0, 0), "2026-03-09"),
        ((2026, 3, 10, 4, 59, 59), "2026-03-09"),
        ((2026, 3, 10, 5, 0, 0), "2026-03-10"),
    ],
)
def test_a_day_begins_and_ends_at_midnight_in_lima(instant: tuple[int, ...], day: str) -> None:
    one = sent(*instant)
    is_the_ninth = day == "2026-03-09"
    assert found(one, SENT, IS, "2026-03-09") == is_the_ninth
    assert found(one, SENT, SINCE, "2026-03-09") == (day >= "2026-03-09")
    assert found(one, SENT, UNTIL, "2026-03-09") == (day <= "2026-03-09")
    document = notice(issued_at=one.deposited_at)
    assert found(document, ISSUED, IS, "2026-03-09") == is_the_ninth


@pytest.mark.parametrize(("instant", "year"), [((2026, 1, 1, 4, 59, 59), 2025), ((2026, 1, 1, 5, 0, 0), 2026)])
def test_the_year_is_that_of_the_deposit_in_lima(instant: tuple[int, ...], year: int) -> None:
    one = sent(*instant)
    assert year_of(one, LIMA) == year
    assert found(one, YEAR, IS, str(year))
    assert found(one, YEAR, SINCE, "2026") == (year == 2026)
    assert found(one, YEAR, UNTIL, "2025") == (year == 2025)


def range_of(*conditions: tuple[SearchField, Operator, str]) -> SentRange:
    return sent_range([Condition(*one) for one in conditions], LIMA)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_what_says_nothing_about_the_sending_leaves_the_range_open() -> None:
    assert range_of((ISSUED, IS, "2026-03-09"), (SearchField.SUBJECT, HAS, "2026")) == SentRange()


def test_the_range_is_the_narrowest_that_year_and_dates_leave() -> None:
    assert range_of((SENT, IS, "2026-03-09")) == SentRange(utc(2026, 3, 9, 5), utc(2026, 3, 10, 5))
    assert range_of((SENT, SINCE, "2026-03-09")) == SentRange(utc(2026, 3, 9, 5), None)
    assert range_of((SENT, UNTIL, "2026-12-31")) == SentRange(None, utc(2027, 1, 1, 5))
    assert range_of((YEAR, IS, "2026")) == SentRange(utc(2026, 1, 1, 5), utc(2027, 1, 1, 5))
    narrow = range_of((YEAR, IS, "2026"), (SENT, SINCE, "2025-06-01"), (SENT, UNTIL, "2026-02-01"))
    assert narrow == SentRange(utc(2026, 1, 1, 5), utc(2026, 2, 2, 5))


def test_conditions_that_exclude_each_other_leave_nothing() -> None:
    assert range_of((YEAR, IS, "2025"), (YEAR, IS, "2026")) == SentRange(utc(2026, 1, 1, 5), utc(2026, 1, 1, 5))
    same_day = range_of((SENT, SINCE, "2026-03-09"), (SENT, UNTIL, "2026-03-09"))
    assert same_day == SentRange(utc(2026, 3, 9, 5), utc(2026, 3, 10, 5))


@pytest.mark.parametrize("hour", [0, 4, 5, 23])
@pytest.mark.parametrize("day", [8, 9, 10])
@pytest.mark.parametrize("chosen", [IS, SINCE, UNTIL])
def test_the_range_never_leaves_out_what_the_condition_matches(chosen: Operator, day: int, hour: int) -> None:
    one = sent(2026, 3, day, hour)
    condition = (SENT, chosen, "2026-03-09")
    within = range_of(condition)
    is_within = (within.first is None or within.first <= one.deposited_at) and (
        within.before is None or one.deposited_at < within.before
    )
    assert is_within == found(one, *condition)


def test_conditions_are_told_in_words() -> None:
    assert Condition(SearchField.SUBJECT, STARTS, "multa").in_words == "Asunto empieza con «multa»"
    assert Condition(SENT, SINCE, "2026-03-09").in_words == "Fecha de envío desde 09/03/2026"
    assert Condition(YEAR, IS, "2026").in_words == "Año igual 2026"


def test_case_file_is_searched_and_no_column() -> None:
    one = a_notice(case_file=CaseFile("Ñ-77", a_notice().case_file.opened_on))
    assert found(one, SearchField.CASE_FILE, HAS, "n-77")
