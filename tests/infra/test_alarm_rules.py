"""What tests say of filters and alarms is what CloudWatch's manual says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.alarms import Alarm, Line, Metric, Point, State, Transition, metric_of, watch
from tests.filter_patterns import NotUnderstood, fields_of, fields_read_by, matches, value_of

START = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)
BEFORE = State.INSUFFICIENT_DATA
"""Stands for whatever the state was."""
ALARM: dict[str, Any] = {
    "Namespace": "AWS/SQS",
    "MetricName": "Messages",
    "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Failed", "QueueName"]}}],
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 3,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}
FILTER = {
    "LogGroupName": {"Ref": "SweepLogGroup"},
    "FilterPattern": '{ $.message = "job done" }',
    "MetricTransformations": [{"MetricNamespace": "Casilla", "MetricName": "failed", "MetricValue": "$.failed"}],
}


def resources(alarm: Mapping[str, Any], metric_filter: Mapping[str, Any] = FILTER) -> dict[str, Any]:
    return {
        "Sweep": {"Properties": {"FunctionName": {"Fn::Sub": "${AWS::StackName}-sweep"}}},
        "Failed": {"Type": "AWS::Logs::MetricFilter", "Properties": metric_filter},
        "A": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
    }


def measured(alarm: Mapping[str, Any], **values: float) -> list[Point]:
    """Return points by minute, such as `m3=1`."""
    return [
        Point(START + timedelta(minutes=int(minute[1:]), seconds=30), metric_of(alarm), value)
        for minute, value in values.items()
    ]


def states(alarm: Mapping[str, Any], points: list[Point], *, minutes: int = 120) -> list[tuple[int, State]]:
    """Return the transitions of an alarm by minutes after the start."""
    changes = watch((), points, since=START, until=START + timedelta(minutes=minutes), resources=resources(alarm))["A"]
    return [(int((change.at - START).total_seconds() // 60), change.state) for change in changes]


@pytest.mark.parametrize(
    ("to_alarm", "data", "ignore", "breaching", "not_breaching"),
    [
        (3, "0-X-X", "OK", "OK", "OK"),
        (3, "0----", "OK", "OK", "OK"),
        (3, "-----", BEFORE, "ALARM", "OK"),
        (3, "0XX-X", "ALARM", "ALARM", "ALARM"),
        (3, "--X--", BEFORE, "ALARM", "OK"),
        (2, "0-X-X", "ALARM", "ALARM", "ALARM"),
        (2, "00X0X", "ALARM", "ALARM", "ALARM"),
        (2, "0-X--", "OK", "ALARM", "OK"),
        (2, "----0", "OK", "ALARM", "OK"),
        (2, "---X-", BEFORE, "ALARM", "OK"),
    ],
)
def test_the_tables_of_the_manual_on_missing_data(
    to_alarm: int, data: str, ignore: str, breaching: str, not_breaching: str
) -> None:
    values = [{"0": 0.0, "X": 1.0, "-": None}[each] for each in data]
    for treatment, state in {"ignore": ignore, "breaching": breaching, "notBreaching": not_breaching}.items():
        alarm = Alarm.of({**ALARM, "DatapointsToAlarm": to_alarm, "TreatMissingData": treatment})
        assert alarm.judge(values, BEFORE) == state


def test_a_period_is_judged_at_each_minute_and_holds_until_nothing_of_it_is_looked_at() -> None:
    alarm = {**ALARM, "EvaluationPeriods": 1}

    assert states(alarm, measured(alarm, m10=1)) == [(0, State.OK), (11, State.ALARM), (26, State.OK)]
    assert states(alarm, measured(alarm, m10=1, m12=0, m17=0)) == [(0, State.OK), (11, State.ALARM), (16, State.OK)]


def test_the_values_of_a_period_are_added_up_or_the_highest_counts() -> None:
    points = measured(ALARM, m10=4, m11=4, m12=4)
    for statistic, rings in {"Sum": True, "Maximum": False}.items():
        alarm = {**ALARM, "EvaluationPeriods": 1, "Threshold": 10, "Statistic": statistic}
        assert ((13, State.ALARM) in states(alarm, points)) == rings


def test_a_threshold_that_is_reached_is_not_exceeded() -> None:
    alarm = {**ALARM, "EvaluationPeriods": 1, "Threshold": 10}
    assert states(alarm, measured(alarm, m10=10)) == [(0, State.OK)]
    assert (11, State.ALARM) in states(alarm, measured(alarm, m10=10.5))


def test_as_many_periods_as_told_have_to_breach_and_not_in_a_row() -> None:
    alarm = {**ALARM, "DatapointsToAlarm": 2}
    every = {f"m{minute}": 0 for minute in range(60)}

    assert states(alarm, measured(alarm, **{**every, "m10": 1})) == [(0, State.OK)]
    assert states(alarm, measured(alarm, **{**every, "m10": 1, "m20": 1})) == [
        (0, State.OK),
        (21, State.ALARM),
        (26, State.OK),
    ]


def test_silence_breaches_once_no_period_that_is_looked_at_has_a_value() -> None:
    alarm = {**ALARM, "ComparisonOperator": "LessThanThreshold", "Threshold": 1, "TreatMissingData": "breaching"}
    runs = measured(alarm, m0=1, m5=1, m10=1, m60=1)

    assert states(alarm, runs) == [
        (0, State.ALARM),
        (1, State.OK),
        (36, State.ALARM),  # three periods of five minutes, and two to spare, after the run of minute 10
        (61, State.OK),
        (86, State.ALARM),
    ]


def test_what_is_not_told_changes_nothing_where_it_is_ignored() -> None:
    alarm = {**ALARM, "EvaluationPeriods": 1, "TreatMissingData": "ignore"}
    assert states(alarm, measured(alarm, m10=1, m90=0)) == [(11, State.ALARM), (91, State.OK)]


def test_periods_of_more_than_a_day_are_judged_at_full_hours() -> None:
    alarm = {**ALARM, "Period": 3600, "EvaluationPeriods": 25}
    points = [Point(START + timedelta(hours=hour, minutes=10), metric_of(alarm), 1) for hour in range(25)]
    until = START + timedelta(hours=40)

    changes = watch((), points, since=START + timedelta(minutes=5), until=until, resources=resources(alarm))["A"]
    assert changes[:2] == (
        Transition(START + timedelta(hours=1), State.OK),
        Transition(START + timedelta(hours=25), State.ALARM),
    )


def test_a_percentile_and_a_mean_are_of_all_points_of_a_period() -> None:
    shared = {**ALARM, "EvaluationPeriods": 1, "Threshold": 2}
    percentile = {key: value for key, value in shared.items() if key != "Statistic"} | {"ExtendedStatistic": "p99"}
    for alarm, rings in ((percentile, True), ({**shared, "Statistic": "Average"}, False)):
        points = measured(alarm, m10=0, m11=0, m12=5)
        assert ((13, State.ALARM) in states(alarm, points)) == rings


def test_a_query_adds_up_what_is_measured_of_everything() -> None:
    query = {"Id": "all", "Expression": 'SELECT SUM(Throttled) FROM SCHEMA("AWS/X", A, B)', "Period": 300}
    kept = {"ComparisonOperator", "EvaluationPeriods", "Threshold", "TreatMissingData"}
    alarm = {key: value for key, value in ALARM.items() if key in kept} | {"Metrics": [query], "EvaluationPeriods": 1}
    assert metric_of(alarm) == Metric("AWS/X", "Throttled")
    points = measured(alarm, m10=4)
    points += [Point(each.at, Metric("AWS/X", "Throttled", (("A", "a"),)), 4) for each in measured(alarm, m12=4)]
    assert (13, State.ALARM) in states({**alarm, "Threshold": 7}, points)
    assert (13, State.ALARM) not in states({**alarm, "Threshold": 8}, points)


def test_how_often_something_was_told_is_counted_whatever_was() -> None:
    alarm = {**ALARM, "EvaluationPeriods": 1, "Threshold": 2, "Statistic": "SampleCount"}
    assert (13, State.ALARM) in states(alarm, measured(alarm, m10=0, m11=0, m12=0))
    assert (13, State.ALARM) not in states(alarm, measured(alarm, m10=9, m12=9))


@pytest.mark.parametrize(
    "wrong",
    [
        {"Period": 90},
        {"Period": 3000, "EvaluationPeriods": 29},
        {"Period": 3600, "EvaluationPeriods": 169},
        {"DatapointsToAlarm": 4},
        {"Statistic": "Minimum"},
        {"Metrics": [{"Id": "a", "Expression": "SUM(METRICS())", "Period": 300}]},
        {"Metrics": [{"Id": "a", "Expression": 'SELECT SUM(A) FROM SCHEMA("B", C) GROUP BY C', "Period": 300}]},
        {"ComparisonOperator": "GreaterThanOrEqualToThreshold"},
        {"TreatMissingData": "missing"},
        {"ExtendedStatistic": "p99"},
    ],
)
def test_an_alarm_that_cloudwatch_or_this_does_not_understand_is_refused(wrong: dict[str, Any]) -> None:
    assert Alarm.of(ALARM).periods == 3
    with pytest.raises(NotUnderstood):
        Alarm.of({**ALARM, **wrong})


def test_a_line_becomes_a_point_of_its_functions_filters() -> None:
    alarm = {**ALARM, "Namespace": "Casilla", "MetricName": "failed", "Dimensions": [], "EvaluationPeriods": 1}
    told = json.dumps({"message": "job done", "failed": 2})
    for text, rings in {told: True, told.replace("2", "0"): False, told.replace("done", "begun"): False}.items():
        line = Line(START + timedelta(minutes=3), "sweep", text)
        changes = watch([line], since=START, until=START + timedelta(minutes=5), resources=resources(alarm))["A"]
        assert (Transition(START + timedelta(minutes=4), State.ALARM) in changes) == rings


def test_a_metric_with_a_dimension_is_another_one() -> None:
    transformation = {**FILTER["MetricTransformations"][0], "Dimensions": [{"Key": "Job", "Value": "$.job"}]}  # type: ignore[index]
    by_job = {**FILTER, "MetricTransformations": [transformation]}
    line = Line(START, "sweep", json.dumps({"message": "job done", "failed": 2, "job": "sweep"}))
    for dimensions, rings in ([], False), ([{"Name": "Job", "Value": "sweep"}], True):
        alarm = {**ALARM, "Namespace": "Casilla", "MetricName": "failed", "Dimensions": dimensions}
        alarm["EvaluationPeriods"] = 1
        until = START + timedelta(minutes=5)
        changes = watch([line], since=START, until=until, resources=resources(alarm, by_job))["A"]
        assert (State.ALARM in {change.state for change in changes}) == rings


def test_a_line_of_a_function_that_the_template_lacks_is_refused() -> None:
    with pytest.raises(KeyError):
        watch([Line(START, "other", "{}")], since=START, until=START, resources=resources(ALARM))


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ('{ $.message = "job done" }', True),
        ('{ $.message = "job" }', False),
        ('{ $.Message = "job done" }', False),
        ("{ $.ok IS FALSE }", True),
        ("{ $.ok IS TRUE }", False),
        ("{ $.absent IS FALSE }", False),
        ("{ $.failed IS FALSE }", False),
        ('{ ($.message = "job done") && ($.ok IS FALSE) }', True),
        ('{ ($.message = "other") && ($.ok IS FALSE) }', False),
        ('{ ($.message = "other") || ($.ok IS FALSE) }', True),
        ('{ ($.message = "other") || ($.ok IS TRUE) }', False),
        ("{ $.status = 401 }", True),
        ("{ $.status = 40 }", False),
        ("{ $.failed = 1 }", False),
        ("{ $.absent = 0 }", False),
        ("{ $.ok = 0 }", False),
        ('{ ($.message = "job done") && ($.status = 401) }', True),
    ],
)
def test_a_pattern_fits_what_it_says(pattern: str, fits: bool) -> None:
    fields = {"message": "job done", "ok": False, "failed": 0, "status": 401}
    assert matches(pattern, fields) == fits


@pytest.mark.parametrize(
    "pattern",
    [
        "job done",
        '{ $.message = "job*" }',
        '{ $.message = "job done" || $.ok IS TRUE }',
        '{ ($.message = "job done") || ($.ok IS TRUE) && ($.failed = 0) }',
        "{ $.status = 4* }",
        '{ $.message = "job done" && $.ok IS TRUE }',
        '{ (($.message = "other") && ($.ok IS TRUE)) }',
        "{ $.ok IS false }",
        "{ $.ok NOT EXISTS }",
        "{ $.failed > 0 }",
        "{ $.a.b IS TRUE }",
        '{ ($.message = "other") && ($.failed > 0) }',
        "{ }",
        "",
    ],
)
def test_a_pattern_that_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(NotUnderstood):
        matches(pattern, {"message": "job done"})


def test_only_a_json_object_has_fields() -> None:
    assert fields_of("START RequestId: 1") is None
    assert fields_of('["job done"]') is None
    assert fields_of('{"message": "job done"}') == {"message": "job done"}
    assert fields_read_by('{ ($.message = "job done") && ($.is_complete IS FALSE) }') == {"message", "is_complete"}


def test_a_value_is_the_fields_or_written_out() -> None:
    name = {"MetricNamespace": "Casilla", "MetricName": "m"}
    by_job = [{"Key": "Job", "Value": "$.job"}]

    assert value_of({**name, "MetricValue": "$.failed"}, {"failed": 3}) == 3
    assert value_of({**name, "MetricValue": "$.failed"}, {}) is None
    assert value_of({**name, "MetricValue": "1"}, {}) == 1
    assert value_of({**name, "MetricValue": "1", "Dimensions": by_job}, {"job": "j"}) == 1
    assert value_of({**name, "MetricValue": "1", "Dimensions": by_job}, {}) is None
    for value in ("3", True, None):
        with pytest.raises(NotUnderstood):
            value_of({**name, "MetricValue": "$.failed"}, {"failed": value})
    with pytest.raises(NotUnderstood):
        value_of({**name, "MetricValue": "1", "DefaultValue": 0}, {})


def test_points_of_other_metrics_change_nothing() -> None:
    other = Point(START, Metric("AWS/SQS", "Messages", (("QueueName", "Other"),)), 1)
    assert states(ALARM, [other]) == [(0, State.OK)]
