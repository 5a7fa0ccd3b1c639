"""At which minute an alarm of the template goes off, by what functions wrote to their logs and what AWS measured.

It follows what CloudWatch's manual says of a metric alarm with a threshold, and refuses what it does not implement:

- A line's or a measurement's value belongs to its minute. A period's value is the sum or the maximum of its points.
- An alarm is evaluated at each full minute, at each full hour if its periods together exceed a day, over the periods
  that end there. So periods slide.
- More periods are looked at than are evaluated, in case some are empty: `spare`, two in the manual's tables, which say
  that the number varies. If as many periods as are evaluated have a value, the latest of these are. Otherwise missing
  ones are filled in, as few as possible.
- An alarm of which nothing is known is `INSUFFICIENT_DATA`.

CloudWatch's own delay, a minute or two until a point can be seen, is not counted.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil
from operator import gt, lt
from statistics import fmean
from typing import Any

from infra.template import load_template
from tests.filter_patterns import NotUnderstood, field_of, fields_of, matches, value_of

SPARE = 2
_HOUR, _DAY, _WEEK = 60, 24 * 60, 7 * 24 * 60
_AS_TOLD = {"AlarmDescription", "AlarmActions", "OKActions"}
_UNDERSTOOD = _AS_TOLD | {
    *("Namespace", "MetricName", "Dimensions", "Statistic", "Period", "EvaluationPeriods", "DatapointsToAlarm"),
    *("Threshold", "ComparisonOperator", "TreatMissingData", "ExtendedStatistic", "Metrics"),
}
_QUERY = re.compile(r'SELECT SUM\((\w+)\) FROM SCHEMA\("([^"]+)", [\w, ]+\)')
"""A query over all metrics of a name, whatever they are about."""


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[ceil(len(values) * 0.99) - 1]


_STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Average": fmean,
    "SampleCount": len,
    "p99": _p99,
}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {"GreaterThanThreshold": gt, "LessThanThreshold": lt}


class State(StrEnum):
    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric; `dimensions` are pairs of name and value, a resource standing for its name."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A value that AWS measured, or that a filter took from a line."""

    at: datetime
    metric: Metric
    value: float


@dataclass(frozen=True, slots=True)
class Line:
    """What a function wrote to its log; `function` is the name that the template gives it, without the stack's."""

    at: datetime
    function: str
    text: str


@dataclass(frozen=True, slots=True)
class Transition:
    at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm; periods are in minutes."""

    metric: Metric
    statistic: str
    period: int
    periods: int
    to_alarm: int
    threshold: float
    comparison: str
    missing: str
    over_all: bool
    """Whether its metric is asked for whatever the dimensions are."""

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> Alarm:
        """Read what the template says.

        Raises:
            NotUnderstood: it says what is not implemented here, or what CloudWatch refuses.

        """
        unknown = properties.keys() - _UNDERSTOOD
        [queried] = properties.get("Metrics", [{"Period": properties.get("Period")}])
        period, rest = divmod(queried["Period"], 60)
        alarm = cls(
            metric_of(properties),
            "Sum" if "Metrics" in properties else properties.get("Statistic") or properties["ExtendedStatistic"],
            period,
            properties["EvaluationPeriods"],
            properties.get("DatapointsToAlarm", properties["EvaluationPeriods"]),
            _number(properties["Threshold"]),
            properties["ComparisonOperator"],
            properties["TreatMissingData"],
            "Metrics" in properties,
        )
        window = alarm.period * alarm.periods
        if (
            unknown
            or sum(key in properties for key in ("Statistic", "ExtendedStatistic", "Metrics")) != 1
            or rest
            or not 0 < window <= (_WEEK if alarm.period >= _HOUR else _DAY)
            or not 0 < alarm.to_alarm <= alarm.periods
            or alarm.statistic not in _STATISTICS
            or alarm.comparison not in _COMPARISONS
            or alarm.missing not in {"breaching", "notBreaching", "ignore"}
        ):
            raise NotUnderstood(dict(properties))
        return alarm

    @property
    def every(self) -> int:
        """How many minutes lie between evaluations."""
        return _HOUR if self.period * self.periods > _DAY else 1

    def judge(self, values: Sequence[float | None], before: State) -> State:
        """Return the state by the values of the periods looked at, the oldest first; None is a missing one."""
        exceeds = _COMPARISONS[self.comparison]
        real = [exceeds(value, self.threshold) for value in values if value is not None][-self.periods :]
        filled = self.periods - len(real)
        if filled and self.missing == "breaching":
            real += [True] * filled
        elif filled and self.missing == "ignore" and all(real) and sum(real) < self.to_alarm:
            return before  # nothing but values that breach, and too few
        return State.ALARM if sum(real) >= self.to_alarm else State.OK


def metric_of(properties: Mapping[str, Any]) -> Metric:
    """Return the metric that an alarm watches.

    Raises:
        NotUnderstood: a calculation that is not implemented here.

    """
    if "Metrics" in properties:
        [queried] = properties["Metrics"]
        found = _QUERY.fullmatch(_told(queried["Expression"]))
        if found is None or queried.keys() != {"Id", "Expression", "Period"}:
            raise NotUnderstood(dict(properties))
        return Metric(found[2], found[1])
    dimensions = tuple((each["Name"], _told(each["Value"])) for each in properties["Dimensions"])
    return Metric(_told(properties["Namespace"]), properties["MetricName"], dimensions)


def alarms_of(resources: Mapping[str, Any]) -> dict[str, Alarm]:
    """Return the template's alarms."""
    return {name: Alarm.of(properties) for name, properties in _of_type(resources, "AWS::CloudWatch::Alarm")}


def points_of(resources: Mapping[str, Any], lines: Iterable[Line]) -> list[Point]:
    """Return what the template's filters make of lines.

    Raises:
        NotUnderstood: a filter says what is not implemented here.
        KeyError: a function that the template does not have.

    """
    filters: dict[str, list[Mapping[str, Any]]] = {
        properties["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-"): []
        for resource in resources.values()
        if "FunctionName" in (properties := resource.get("Properties", {}))
    }
    for _, properties in _of_type(resources, "AWS::Logs::MetricFilter"):
        filters[function_of(resources, properties)].append(properties)
    return [point for line in lines for each in filters[line.function] for point in _points(each, line)]


def function_of(resources: Mapping[str, Any], metric_filter: Mapping[str, Any]) -> str:
    """Return the function whose log a filter reads."""
    log_group = metric_filter["LogGroupName"]["Ref"]
    own_name = resources.get(log_group, {}).get("Properties", {}).get("LogGroupName", {}).get("Fn::Sub")
    found = re.fullmatch(r"/aws/lambda/\$\{(\w+)\}", own_name) if own_name else None
    function = resources[found[1] if found else log_group.removesuffix("LogGroup")]
    name: str = function["Properties"]["FunctionName"]["Fn::Sub"]
    return name.removeprefix("${AWS::StackName}-")


def line_of(record: logging.LogRecord, at: datetime, function: str) -> Line:
    """Return what is written for a record of the functions' own logger, such as a job's last one."""
    [handler] = logging.getLogger("casilla").handlers
    return Line(at, function, handler.format(record))


def watch(  # noqa: PLR0913 - what happened, when, and by which rules
    lines: Iterable[Line],
    measured: Iterable[Point] = (),
    *,
    since: datetime,
    until: datetime,
    spare: int = SPARE,
    resources: Mapping[str, Any] | None = None,
) -> dict[str, tuple[Transition, ...]]:
    """Return how each alarm's state changes from `since`, when none is known, to `until`."""
    resources = resources or load_template()["Resources"]
    series: dict[Metric, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for point in (*points_of(resources, lines), *measured):
        series[point.metric][_minute(point.at)].append(point.value)
    minutes = range(_minute(since), _minute(until) + 1)
    return {
        name: tuple(_transitions(alarm, _watched_by(alarm, series), minutes, spare))
        for name, alarm in alarms_of(resources).items()
    }


def _watched_by(alarm: Alarm, series: Mapping[Metric, Mapping[int, list[float]]]) -> Mapping[int, list[float]]:
    if not alarm.over_all:
        return series.get(alarm.metric, {})
    together: dict[int, list[float]] = defaultdict(list)
    for metric, values in series.items():
        if (metric.namespace, metric.name) == (alarm.metric.namespace, alarm.metric.name):
            for minute, points in values.items():
                together[minute] += points
    return together


def _transitions(alarm: Alarm, series: Mapping[int, list[float]], minutes: range, spare: int) -> Iterable[Transition]:
    known = sorted(series)
    state = State.INSUFFICIENT_DATA
    for now in minutes:
        if now % alarm.every:
            continue
        looked_at = alarm.periods + spare
        found: dict[int, list[float]] = {}
        for minute in known[bisect_left(known, now - looked_at * alarm.period) : bisect_left(known, now)]:
            found.setdefault((now - 1 - minute) // alarm.period, []).extend(series[minute])
        values = [
            _STATISTICS[alarm.statistic](found[age]) if age in found else None for age in reversed(range(looked_at))
        ]
        judged = alarm.judge(values, state)
        if judged is not state:
            yield Transition(datetime.fromtimestamp(now * 60, UTC), judged)
        state = judged


def _points(metric_filter: Mapping[str, Any], line: Line) -> Iterable[Point]:
    fields = fields_of(line.text)
    if fields is None or not matches(metric_filter["FilterPattern"], fields):
        return
    for transformation in metric_filter["MetricTransformations"]:
        value = value_of(transformation, fields)
        if value is not None:
            dimensions = tuple(
                (each["Key"], str(fields[field_of(each["Value"]) or ""]))
                for each in transformation.get("Dimensions", ())
            )
            namespace = _told(transformation["MetricNamespace"])
            yield Point(line.at, Metric(namespace, transformation["MetricName"], dimensions), value)


def _of_type(resources: Mapping[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    return [(name, each["Properties"]) for name, each in resources.items() if each.get("Type") == kind]


def _number(value: Any) -> float:
    """Return a threshold: as it is, or the default of the parameter that it is taken from."""
    if isinstance(value, dict):
        value = load_template()["Parameters"][value["Ref"]]["Default"]
    return float(value)


def _told(value: Any) -> str:
    """Return a text, or what stands for it: a reference's resource, or text with the template's own variables."""
    if isinstance(value, str):
        return value
    [(function, argument)] = value.items()
    if function == "Fn::GetAtt":
        return str(argument[0])
    if function in {"Ref", "Fn::Sub", "Fn::Select"}:
        return str(argument)
    raise NotUnderstood(value)


def _minute(at: datetime) -> int:
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(minutes=1))
