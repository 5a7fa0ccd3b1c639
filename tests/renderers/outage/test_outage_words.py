"""How outages are said."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.outage.outage import Affected, Outage
from chalicelib.renderers.outage.outage_words import AFFECTED, STATES, duration_in_words, show_outage
from tests.domain.outage.test_outage import NOW, an_outage


def local(instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo("America/Lima"))


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=10), "1 minuto"),
        (timedelta(minutes=5), "5 minutos"),
        (timedelta(hours=1), "1 hora"),
        (timedelta(hours=2, minutes=15), "2 horas y 15 minutos"),
        (timedelta(days=1), "1 día"),
        (timedelta(days=2, hours=1, minutes=5), "2 días, 1 hora y 5 minutos"),
        (timedelta(minutes=59, seconds=40), "1 hora"),
    ],
)
def test_durations_are_said_to_the_minute(time: timedelta, words: str) -> None:
    assert duration_in_words(time) == words


def test_date_hour_and_duration_are_those_of_the_country() -> None:
    shown = show_outage(an_outage(ended_at=NOW + timedelta(minutes=75)), NOW + timedelta(days=1), local)

    assert (shown.began, shown.ended) == ("lunes 9 de marzo de 2026, 15:15", "lunes 9 de marzo de 2026, 16:30")
    assert (shown.lasted, shown.state_words) == ("1 hora y 15 minutos", "Terminada")


@pytest.mark.parametrize("outage", [an_outage(), an_outage(starts_at=NOW + timedelta(days=1), ended_at=NOW)])
def test_without_an_end_or_a_beginning_no_duration_is_told(outage: Outage) -> None:
    shown = show_outage(outage, NOW, local)

    assert (shown.ended, shown.lasted) == ("", "")


def test_every_kind_and_every_state_has_its_words() -> None:
    assert AFFECTED.keys() == set(Affected)
    assert all(STATES.values())
    shown = show_outage(an_outage(affects=(Affected.ACCESS, Affected.ALERTS)), NOW, local)
    assert shown.affects.endswith("; los avisos por correo y por mensaje de texto")
