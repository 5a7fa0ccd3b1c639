"""At which minute alarms have to go off, by what happened and not by what jobs say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.template import load_template
from tests.alarms import Metric, Point, State, Transition, watch
from tests.weekend.days import Days
from tests.weekend.plan import START

RESOURCES: dict[str, dict[str, Any]] = load_template()["Resources"]
NEVER_HERE = ("NotRun", "Unconfirmed", "Missing")
"""How alarms end that ring since these days have neither other jobs nor a calendar nor copies."""
_AWAKE = timedelta(minutes=20)
"""How long the schedule's alarm may take to learn that it runs."""
_MINUTE = timedelta(minutes=1)
_LONG = timedelta(minutes=15)
"""How long an alert waits before it rings."""
_SWEPT = timedelta(minutes=7)
"""Until the next sweep has ended, and its minute has: one of every two minutes takes four, and is not cut off."""
_LATE = timedelta(minutes=10)
"""How long an alarm of what failed in some minutes may stay or come later."""
_QUEUES = {"AlertsFailed": timedelta(hours=2), "DeliveriesFailed": timedelta(hours=1)}
"""How long operators take to empty it."""
_LISTS = {"AlertsGivenUp": 0, "AlertsWaiting": 900, "AlertsRefused": 21600}
_FOLLOWS = {
    "AlertsPilingUp": ("mail paused", "sms spent", "sms throttled", "mail uncertain", "mail down", "outcomes refused"),
    "AlertsUnsent": ("stream stopped", "events refused", "outcomes refused"),
    "DeliveriesUnrecorded": ("outcomes refused",),
    "AlertsLate": ("stream stopped", "outcomes refused", "peak"),
    "SendAlertsErrors": ("death",),
    "SweepAlertsErrors": ("death",),
    "RecordDeliveriesErrors": ("death", "outcomes refused"),
    "ItemsFailed": ("outcomes refused",),
    "SweepsUnfinished": ("outcomes refused", "peak", "mail paused"),
}
"""What each other alarm may go off by."""

Spans = list[tuple[datetime, datetime]]


@dataclass
class Bells:
    """What went off, and what ought to have."""

    days: Days
    went: dict[str, tuple[Transition, ...]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def judge(self) -> None:
        """Compare them, minute by minute where the minute is known."""
        until = START + timedelta(seconds=self.days.log.sweeps[-1][0])
        points = [*self.days.platform.points, *self._queues(until)]
        self.went = watch(self.days.log.lines, points, since=START, until=until, resources=RESOURCES)
        for name, limit in _LISTS.items():
            position = 1 if name == "AlertsGivenUp" else 0
            values = [(at, told[position]) for at, *told in self.days.log.sweeps]
            expected = tuple(_list_alarm(values, limit, until))
            if self.went[name] != expected:
                self.complaints.append(f"{name}: {_shown(self.went[name])}, not {_shown(expected)}")
        self._judge_schedule()
        self._judge_pauses()
        for name, causes in _FOLLOWS.items():
            spans = [span for cause in causes for span in self._spans(cause)]
            for at in _rises(self.went[name]):
                if not any(begin <= at <= end + _LATE for begin, end in spans):
                    self.complaints.append(f"{name} rings for nothing: {at:%d %H:%M}")
        for name in self.went.keys() - _LISTS.keys() - _FOLLOWS.keys():
            if not name.endswith(NEVER_HERE) and _rises(self.went[name]):
                self.complaints.append(f"{name} rings for nothing")

    def rises(self, name: str) -> list[float]:
        """Return when an alarm went off, in hours from the start."""
        return [(at - START) / timedelta(hours=1) for at in _rises(self.went[name])]

    def _judge_schedule(self) -> None:
        rises = [at for at in _rises(self.went["SweepAlertsNotRun"]) if at > START + _AWAKE]
        spans = self._spans("sweeper stopped")
        for begin, end in spans:
            found = [at for at in rises if begin + 10 * _MINUTE <= at <= begin + 19 * _MINUTE]
            ends = [each.at for each in self.went["SweepAlertsNotRun"] if each.state is State.OK and each.at > begin]
            if len(found) != 1 or not ends or ends[0] > end + 6 * _MINUTE:
                self.complaints.append(f"SweepAlertsNotRun: {_shown(self.went['SweepAlertsNotRun'])}")
        if len(rises) != len(spans):
            self.complaints.append(f"SweepAlertsNotRun rings for nothing: {_shown(self.went['SweepAlertsNotRun'])}")

    def _judge_pauses(self) -> None:
        """In a pause somebody has waited for a quarter of an hour at a minute that follows from the ledger alone."""
        truth, went = self.days.truth, self.went["AlertsWaiting"]
        waits = [
            (START + timedelta(seconds=truth.deposited[notice]) + _LONG, START + timedelta(seconds=settled))
            for (notice, _), settled in truth.settled.items()
        ]
        too_long = sorted((since, until) for since, until in waits if since < until)
        for begin, end in self._spans("mail paused"):
            first = next((since for since, until in too_long if until > begin), begin)
            if first > begin and not any(first < at <= first + _SWEPT for at in _rises(went)):
                self.complaints.append(f"AlertsWaiting of a pause from {begin:%d %H:%M}: {_shown(went)}")
            ends = [each.at for each in went if each.state is State.OK and each.at > end]
            last = max((until for since, until in too_long if not ends or since < ends[0]), default=begin)
            if not ends or not last < ends[0] <= last + 4 * _SWEPT:
                self.complaints.append(f"AlertsWaiting after a pause until {end:%d %H:%M}: {_shown(went)}")

    def _spans(self, cause: str) -> Spans:
        """Return from when to when something went on that alarms may follow from."""
        if cause == "death":
            return [(point.at, point.at) for point in self.days.platform.points if point.metric.name == "Errors"]
        if cause == "peak":
            hours = [(surge.begin, surge.end + 1) for surge in self.days.plan.surges if surge.end - surge.begin < 2]
        else:
            hours = [(window.begin, window.end) for window in self.days.plan.windows if window.kind == cause]
        return [(START + timedelta(hours=begin), START + timedelta(hours=end)) for begin, end in hours]

    def _queues(self, until: datetime) -> Iterator[Point]:
        """Yield what SQS measures of dead letters, each minute until operators have emptied the queue."""
        for queue, kept in _QUEUES.items():
            minutes = {
                at.replace(second=0, microsecond=0) + n * _MINUTE
                for at, name in self.days.platform.dead_letters
                if name == queue
                for n in range(kept // _MINUTE)
            }
            metric = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", (("QueueName", queue),))
            yield from (Point(minute, metric, 1) for minute in sorted(minutes) if minute < until)


def _list_alarm(values: Iterable[tuple[float, float]], limit: float, until: datetime) -> Iterator[Transition]:
    """Yield how an alarm has to change by what was true when sweeps ended: the greatest of the last five minutes.

    While no sweep ended for so long, those of the five minutes before count, and of the five before these.
    """
    by_minute: dict[int, float] = {}
    for at, value in values:
        minute = int(at // 60)
        by_minute[minute] = max(value, by_minute.get(minute, 0))
    state = State.INSUFFICIENT_DATA
    for now in range((until - START) // _MINUTE + 1):
        spans = [range(now - 5 * n - 5, now - 5 * n) for n in range(3)]
        known = [[by_minute[minute] for minute in span if minute in by_minute] for span in spans]
        latest = next((each for each in known if each), None)
        judged = state if latest is None else State.ALARM if max(latest) > limit else State.OK
        if judged is not state:
            yield Transition(START + now * _MINUTE, judged)
        state = judged


def _rises(changes: tuple[Transition, ...]) -> list[datetime]:
    return [change.at for change in changes if change.state is State.ALARM]


def _shown(changes: tuple[Transition, ...]) -> str:
    return ", ".join(f"{change.state.value} {change.at:%d %H:%M}" for change in changes)
