"""How outages are said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.outage.outage import ANNOUNCED_AHEAD, Affected, Board, Outage, OutageState
from chalicelib.renderers.outage.outage_words import AFFECTED, LABELS, STATES, banner_of, duration_in_words, show_outage
from tests.domain.outage.test_outage import HOUR, NOW, an_outage


def local(instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo("America/Lima"))


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(0), "menos de 1 minuto"),
        (timedelta(minutes=1), "1 minuto"),
        (timedelta(minutes=5), "5 minutos"),
        (timedelta(hours=1), "1 hora"),
        (timedelta(hours=2, minutes=15), "2 horas y 15 minutos"),
        (timedelta(days=1), "1 día"),
        (timedelta(days=2, hours=1, minutes=5), "2 días, 1 hora y 5 minutos"),
    ],
)
def test_durations_are_said_to_the_minute(time: timedelta, words: str) -> None:
    assert duration_in_words(time) == words


def test_date_hour_and_duration_are_those_of_the_country() -> None:
    shown = show_outage(an_outage(ended_at=NOW + timedelta(minutes=75)), NOW + timedelta(days=1), local)

    assert (shown.began, shown.ended) == ("lunes 9 de marzo de 2026, 15:15", "lunes 9 de marzo de 2026, 16:30")
    assert (shown.lasted, shown.state_words) == ("1 hora y 15 minutos", "Terminada")


@pytest.mark.parametrize(
    ("begin", "end", "lasted"),
    [
        ("20:10:50", "20:14:55", "4 minutos"),
        ("20:10:10", "20:14:50", "4 minutos"),
        ("20:10:59", "20:11:01", "1 minuto"),
        ("20:10:01", "20:10:59", "menos de 1 minuto"),
        ("20:10:59", "21:10:01", "1 hora"),
    ],
)
def test_a_duration_is_what_the_two_hours_that_are_shown_say(begin: str, end: str, lasted: str) -> None:
    starts_at, ended_at = (datetime.fromisoformat(f"2026-03-09T{hour}+00:00") for hour in (begin, end))
    shown = show_outage(an_outage(starts_at=starts_at, ended_at=ended_at), NOW + HOUR, local)

    assert (shown.began[-5:-3], shown.lasted) == ("15", lasted)


@pytest.mark.parametrize(
    "outage",
    [
        an_outage(),
        an_outage(starts_at=NOW + timedelta(days=1), expected_until=NOW + timedelta(days=2), ended_at=NOW),
        an_outage(starts_at=NOW - 2 * HOUR, expected_until=NOW - HOUR, announced_at=NOW - 3 * HOUR),
        an_outage(starts_at=NOW - HOUR, ended_at=NOW, corrected_by="2026-03-09-02"),
    ],
)
def test_what_nobody_knows_or_what_is_not_so_has_no_duration(outage: Outage) -> None:
    assert show_outage(outage, NOW, local).lasted == ""


def test_what_did_not_happen_is_not_told_as_if_it_had() -> None:
    ahead: dict[str, Any] = {"starts_at": NOW + timedelta(days=2), "announced_at": NOW - HOUR}
    called_off = show_outage(an_outage(ended_at=NOW, **ahead), NOW, local)
    assert (called_off.state_words, called_off.labels.begins, called_off.labels.ends) == (
        "Cancelada",
        "Iba a empezar",
        "Cancelada el",
    )
    assert called_off.ended == "lunes 9 de marzo de 2026, 15:15"

    passed = an_outage(starts_at=NOW - 2 * HOUR, expected_until=NOW - HOUR, announced_at=NOW - 3 * HOUR)
    unconfirmed = show_outage(passed, NOW, local)
    assert (unconfirmed.state_words, unconfirmed.labels.begins, unconfirmed.labels.ends) == (
        "Fin sin confirmar",
        "Prevista para",
        "Prevista hasta",
    )
    assert unconfirmed.ended == "lunes 9 de marzo de 2026, 14:15; sin confirmar"

    for labels in (called_off.labels, unconfirmed.labels):
        assert not {"No funcionó", "Empezó", "Terminó", "Duró"} & {labels.affects, labels.begins, labels.ends}


def test_the_banner_is_short_and_keeps_date_and_hour() -> None:
    words = "No se puede ingresar a la casilla ni leer lo que hay en ella, y tampoco se reciben avisos por correo."
    end = NOW + timedelta(hours=12)
    banner = banner_of(Board((an_outage(words=words, expected_until=end),)), NOW, local)

    [one] = banner.named
    assert one.short_words == "No se puede ingresar a la casilla ni leer lo…"
    assert one.short_times == "Desde el 09/03, 15:15, hasta el 10/03, 03:15."
    same_day = show_outage(an_outage(expected_until=NOW + HOUR), NOW, local)
    assert same_day.short_times == "Desde el 09/03, 15:15, hasta las 16:15."
    assert show_outage(an_outage(), NOW, local).short_times == "Desde el 09/03, 15:15."
    assert (banner.more, banner.is_under_way) == (0, True)


def test_the_banner_names_the_next_planned_one_also_while_two_run() -> None:
    running = [an_outage(number) for number in (1, 2, 3)]
    planned = [an_outage(number, starts_at=NOW + ANNOUNCED_AHEAD - number * HOUR) for number in (4, 5)]

    def numbers(*outages: Outage) -> tuple[list[int], int]:
        banner = banner_of(Board(outages), NOW, local)
        return [int(one.outage_id[-2:]) for one in banner.named], banner.more

    assert numbers(*running, *planned) == ([1, 2, 5], 2)
    assert numbers(running[0], *planned) == ([1, 5], 1)
    assert numbers(*planned) == ([5, 4], 0)
    assert numbers(*running) == ([1, 2], 1)
    assert not banner_of(Board(tuple(planned)), NOW, local).is_under_way
    assert banner_of(Board(), NOW, local).named == ()


def test_every_kind_and_every_state_has_its_words() -> None:
    assert AFFECTED.keys() == set(Affected)
    assert STATES.keys() == LABELS.keys() == set(OutageState)
    shown = show_outage(an_outage(affects=(Affected.ACCESS, Affected.ALERTS)), NOW, local)
    assert shown.affects.endswith("; los avisos por correo y por mensaje de texto")
