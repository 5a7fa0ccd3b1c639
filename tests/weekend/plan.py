"""What happens in the days: who deposits when, and what fails from when to when. Times are hours from the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

START = datetime(2026, 3, 13, 12, tzinfo=UTC)
"""Friday, seven in the morning in Lima."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `begin` to `end`; `kind` says what fails."""

    kind: str
    begin: float
    end: float

    @property
    def seconds(self) -> tuple[float, float]:
        return self.begin * 3600, self.end * 3600


@dataclass(frozen=True, slots=True)
class Surge:
    """So many notices, evenly spread by chance."""

    notices: int
    begin: float
    end: float


@dataclass(frozen=True)
class Plan:
    """Days. `refused_for_ever` are hours at which a notice comes whose e-mail the provider never takes."""

    hours: float
    surges: tuple[Surge, ...]
    windows: tuple[Window, ...]
    refused_for_ever: tuple[float, ...]
    overdue: int = 0
    """Notices deposited 71 hours before the start, which nobody has sent and the provider never takes."""
    deadly: tuple[float, ...] = ()
    """Hours at which a notice comes that kills the first few workers that send it."""
    rejects_after: float = 0.0
    """From when on the provider throws away some of what it took."""
    reported_within: float = 6.0
    """How many hours the latest reports take."""
    death: float = 0.0006
    """The chance that a process dies at one of its calls."""
    at_longest: float = 80
    """How many hours after the days it may take until all is at rest."""
    bounced: float = 0.02
    """The chance that a message that was taken comes back for good, and that one comes back for now."""
    sweep_every_s: int = 120
    remind_every_s: int = 300
    thrown_away: float = 0.05
    """The chance, every ten minutes, that a process that has nothing to do is thrown away."""
    seed: int = field(default=1, compare=False)


WEEKEND = Plan(
    hours=72,
    surges=(
        Surge(500, 0.0, 5.0),
        Surge(900, 1.0, 1.025),  # the morning's peak: 15 e-mails a second for a minute and a half
        Surge(300, 5.0, 13.0),
        Surge(80, 13.0, 19.0),
        Surge(250, 19.0, 23.0),  # institutions that deposit at night, while nothing is taken
        Surge(400, 23.0, 24.0),  # and the next morning, on top of the night's
        Surge(500, 24.0, 47.0),
        Surge(250, 47.0, 72.0),
    ),
    windows=(
        Window("stream stopped", 4.0, 5.0),
        Window("sweeper stopped", 6.0, 6.5),
        Window("events refused", 8.0, 8.0 + 28 / 60),
        Window("outcomes refused", 10.0, 10.0 + 10 / 60),
        Window("mail paused", 13.0, 23.0),
        Window("sms throttled", 28.0, 28.0 + 7 / 60),
        Window("sms spent", 30.0, 33.0),
        Window("events refused", 36.0, 36.0 + 10 / 60),
        Window("mail down", 36.0, 36.0 + 10 / 60),
        Window("mail uncertain", 38.0, 38.0 + 5 / 60),
    ),
    refused_for_ever=(47.013, 50.0, 50.01, 55.0, 60.0, 71.9),
    deadly=(26.0, 40.0, 44.0),
    rejects_after=42.0,
)
SHORT = Plan(
    hours=7,
    surges=(
        Surge(60, 0.0, 6.8),
        Surge(80, 0.3, 0.32),
        Surge(15, 2.45, 2.6),
        Surge(25, 3.2, 5.0),
        Surge(40, 6.2, 6.3),
    ),
    windows=(
        Window("stream stopped", 0.8, 1.2),
        Window("sweeper stopped", 1.4, 1.9),
        Window("events refused", 2.0, 2.0 + 20 / 60),
        Window("outcomes refused", 2.5, 2.5 + 10 / 60),
        Window("mail paused", 3.2, 5.0),
        Window("sms throttled", 5.3, 5.4),
        Window("sms spent", 5.5, 5.8),
        Window("mail uncertain", 6.2, 6.3),
    ),
    refused_for_ever=(),
    overdue=3,
    deadly=(6.4,),
    rejects_after=6.0,
    reported_within=1.0,
    death=0.004,
    at_longest=6,
)
"""A working day in little, for tests."""
