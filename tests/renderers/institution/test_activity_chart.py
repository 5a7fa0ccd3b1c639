"""Pictures of what a panel counts say what their table says."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.institution.activity import Activity, Period, last_days, last_months, periods_of
from chalicelib.renderers.institution.activity_chart import HEIGHT, WIDTH, tell_days, tell_months

TODAY = date(2026, 3, 9)


def told(counts: dict[tuple[date, Activity], int]) -> tuple[list[Period], list[Period]]:
    days, months = periods_of(counts, TODAY)
    return list(days), list(months)


def test_bars_are_as_high_as_their_numbers_and_the_table_says_them_newest_first() -> None:
    days, _ = told({(TODAY, Activity.DEPOSITED): 40, (date(2026, 3, 8), Activity.DEPOSITED): 10})
    shown = tell_days(days)
    chart = shown.charts[0]

    heights = [bar.height for bar in chart.bars]
    assert (heights[-1], heights[-2], set(heights[:-2])) == (4 * heights[-2], heights[-2], {0.0})
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH and bar.y + bar.height <= HEIGHT for bar in chart.bars)
    assert [row.counts for row in shown.rows[:3]] == [(40, 0, 0), (10, 0, 0), (0, 0, 0)]
    assert (shown.rows[0].name, shown.rows[0].machine_name) == ("09/03/2026", "2026-03-09")
    assert shown.totals == (50, 0, 0)
    assert chart.description.startswith("En total 50, con un máximo de 40 en 09/03/2026.")


def test_the_outline_has_every_bar_that_is_drawn() -> None:
    days, _ = told({(TODAY, Activity.OPENED): 3, (date(2026, 3, 1), Activity.OPENED): 1})
    chart, quiet = tell_days(days).charts[1], tell_days(days).charts[0]
    drawn = [bar for bar in chart.bars if bar.height]
    assert [part.split(" ")[0] for part in chart.outline.split("M")[1:]] == [f"{bar.x:g}" for bar in drawn]
    assert (len(drawn), quiet.outline) == (2, "")


def test_little_beside_much_is_seen_and_nothing_is_not() -> None:
    days, _ = told({(TODAY, Activity.FAILED): 1_000_000, (date(2026, 3, 8), Activity.FAILED): 1})
    bars = tell_days(days).charts[2].bars
    assert bars[-2].height == 2.0
    assert {bar.height for bar in bars[:-2]} == {0.0}


def test_quiet_months_are_drawn_without_bars_and_said_so() -> None:
    _, months = told({})
    shown = tell_months(months)
    assert {bar.height for chart in shown.charts for bar in chart.bars} == {0.0}
    assert shown.charts[1].description.startswith("En total 0. ")
    assert (shown.rows[0].name, shown.rows[-1].name) == ("Marzo de 2026", "Abril de 2025")


@pytest.mark.parametrize("tell", [tell_days, tell_months])
def test_every_kind_has_a_pattern_of_its_own(tell: object) -> None:
    days, months = told({})
    charts = (tell_days(days) if tell is tell_days else tell_months(months)).charts
    assert len({chart.pattern for chart in charts}) == len({chart.key for chart in charts}) == len(Activity)


def test_days_and_months_are_those_that_are_counted() -> None:
    days, months = told({})
    assert [day.begins for day in days] == list(last_days(TODAY))
    assert [month.begins for month in months] == list(last_months(TODAY))
