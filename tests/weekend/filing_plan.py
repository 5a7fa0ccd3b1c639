"""A week in which the providers take nothing over a weekend and two days more, and the job that tells ends stops."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain.alert.filing_news import Occasion
from tests.weekend.plan import Plan, Window

_FILED, _OBSERVED, _LAPSING, _CORRECTED, _LAPSED, _LAPSED_THERE = (
    Occasion.FILED,
    Occasion.OBSERVED,
    Occasion.LAPSING,
    Occasion.CORRECTED,
    Occasion.LAPSED,
    Occasion.LAPSED_THERE,
)
WEEK = Plan(
    hours=162,
    surges=(),
    windows=(
        Window("mail paused", 1.5, 74.0),  # Friday, half past eight, until Monday at nine
        Window("sms throttled", 1.5, 74.0),
        Window("reminders stopped", 60.0, 72.5),
        Window("mail paused", 96.5, 146.0),  # Tuesday, half past seven, until Thursday at nine
        Window("sms throttled", 96.5, 146.0),
        Window("reminders stopped", 109.0, 157.0),  # two days, in which observations end
        Window("stream stopped", 30.0, 33.0),
        Window("sweeper stopped", 76.0, 77.0),
        Window("outcomes refused", 74.0, 74.3),
        Window("mail uncertain", 146.0, 146.5),
    ),
    refused_for_ever=(),
    reported_within=1.0,
    death=0.006,
    rejects_after=10_000.0,  # it throws nothing away that it took: that is followed up, by the other channel
    at_longest=20,
    bounced=0.0,
    sweep_every_s=3600,  # seldom, so that a week takes half a minute
    remind_every_s=3600,
    thrown_away=0.005,
)
QUIET_WEEK = replace(WEEK, sweep_every_s=7200)
"""The same, for defects: each is seen in it, in a third of the time."""


@dataclass(frozen=True)
class Course:
    """What becomes of a filing, in hours from Friday at seven, and what has to be told of it, each once."""

    name: str
    told: frozenset[Occasion]
    filed: float
    observed: float | None = None
    corrected: float | None = None
    answered: float | None = None


COURSES = (
    Course("filed before the pause", frozenset({_FILED}), 0.4),
    Course("filed on Saturday evening, and answered at once", frozenset({_FILED}), 37.0, answered=37.5),
    Course("corrected on Sunday", frozenset({_FILED, _CORRECTED}), 0.5, observed=3.0, corrected=55.0),
    Course("corrected and answered on Sunday", frozenset({_FILED, _CORRECTED}), 0.5, 3.0, 55.0, 56.0),
    Course("told in time", frozenset({_FILED, _OBSERVED, _LAPSING, _CORRECTED}), 0.5, observed=3.0, corrected=82.0),
    Course(
        "lapses in the second pause, without the job",  # Wednesday at midnight
        frozenset({_FILED, _OBSERVED, _LAPSING, _LAPSED, _LAPSED_THERE}),
        0.5,
        observed=3.0,
    ),
    Course("corrected before it is reminded of", frozenset({_FILED, _OBSERVED, _CORRECTED}), 60.0, 75.5, 123.0),
    Course("lapses before it is reminded of", frozenset({_FILED, _OBSERVED, _LAPSED, _LAPSED_THERE}), 60.0, 75.5),
    Course("observed and over in the second pause", frozenset({_FILED, _CORRECTED}), 78.0, 98.0, 140.0),
)
