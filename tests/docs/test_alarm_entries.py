"""Each alarm leads to a command that exists, and watches what something really writes or AWS publishes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from chalicelib.handlers.jobs import JOBS
from infra.template import load_template
from tests.alarms import function_of
from tests.filter_patterns import field_of, fields_read_by
from tests.log_lines import LogLine, log_lines, refusal_codes
from tests.runbook import COMMAND_WORDS, ENTRIES, RUNBOOK, inline_commands

RESOURCES: dict[str, dict[str, Any]] = load_template()["Resources"]
ALARMS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource.get("Type") == "AWS::CloudWatch::Alarm"
}


QUERY = re.compile(r'SELECT \w+\((?P<metric>\w+)\) FROM SCHEMA\("(?P<namespace>[^"]+)", (?P<dimensions>[\w, ]+)\)')


def watched(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the metrics that an alarm reads, one or those of its arithmetic."""
    if "Metrics" not in alarm:
        return [alarm]
    named = [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]
    asked = [
        QUERY.fullmatch(text) for one in alarm["Metrics"] if "SELECT" in (text := _text(one.get("Expression", "")))
    ]
    return named + [
        {
            "Namespace": found["namespace"]
            if found["namespace"].startswith("AWS/")
            else {"Fn::Sub": found["namespace"]},
            "MetricName": found["metric"],
            "Dimensions": [{"Name": name, "Value": ""} for name in found["dimensions"].split(", ")],
        }
        for found in asked
        if found
    ]


def _text(expression: str | dict[str, str]) -> str:
    return expression if isinstance(expression, str) else expression["Fn::Sub"]


def is_ours(metric: dict[str, Any]) -> bool:
    return not isinstance(metric["Namespace"], str)


WATCHED = [(name, metric) for name, alarm in ALARMS.items() for metric in watched(alarm)]
OURS = [pytest.param(metric, id=name) for name, metric in WATCHED if is_ours(metric)]
OF_AWS = [pytest.param(metric, id=name) for name, metric in WATCHED if not is_ours(metric)]
FILTERS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource.get("Type") == "AWS::Logs::MetricFilter"
}
METRICS = tomllib.loads((Path(__file__).parents[1] / "aws_metrics.toml").read_text("utf-8"))
OF_EVERY_LINE = {"message", "level", "location", "timestamp", "service"}
JOBS_END = "job done"


def is_written(pattern: str, line: LogLine) -> bool:
    """Tell whether a line's message and fields are what a filter, or one of its alternatives, asks for."""
    if "||" in pattern and "&&" not in pattern:
        return any(is_written("{ " + alternative.strip(" {()}") + " }", line) for alternative in pattern.split("||"))
    messages = re.findall(r'\$\.message\s*=\s*"([^"]*)"', pattern)
    codes = set(re.findall(r'\$\.code\s*=\s*"([^"]*)"', pattern))
    if messages and messages != [line.message]:
        return False
    if codes and not (codes & line.codes or ("code" in line.fields and not line.codes)):
        return False
    return fields_read_by(pattern) - OF_EVERY_LINE <= line.fields


@pytest.mark.parametrize("alarm", sorted(ALARMS))
def test_an_entry_has_a_command_to_begin_with(alarm: str) -> None:
    commands = inline_commands(ENTRIES[alarm])

    assert commands, f"nothing in the entry can be typed: one of {sorted(COMMAND_WORDS)}"


def test_each_alarm_watches_something() -> None:
    assert {name for name, _ in WATCHED} == ALARMS.keys()


@pytest.mark.parametrize("metric", OURS)
def test_a_metric_of_ours_has_a_filter_that_feeds_it(metric: dict[str, Any]) -> None:
    dimensions = metric.get("Dimensions", [])
    feeding = [
        (name, transformation)
        for name, each in FILTERS.items()
        for transformation in each["MetricTransformations"]
        if transformation["MetricName"] == metric["MetricName"]
        and transformation["MetricNamespace"] == metric["Namespace"]
        and [one["Key"] for one in transformation.get("Dimensions", ())] == [one["Name"] for one in dimensions]
    ]

    assert feeding
    jobs = [one["Value"] for one in dimensions if one["Name"] == "Job" and one["Value"]]
    assert not jobs or set(jobs) <= {function_of(RESOURCES, FILTERS[name]) for name, _ in feeding}


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_a_filter_matches_a_line_that_the_code_writes(name: str) -> None:
    properties = FILTERS[name]
    pattern = properties["FilterPattern"]
    if f'"{JOBS_END}"' in pattern:  # tests/handlers/test_job_reports.py runs each job and reads its line
        assert function_of(RESOURCES, properties) in {job.name for job in JOBS}
        return
    lines = [line for line in log_lines() if is_written(pattern, line)]
    values = {field_of(one["MetricValue"]) for one in properties["MetricTransformations"]} - {None}

    assert lines, f"nothing writes {pattern}"
    assert any(values <= line.fields for line in lines)
    written = refusal_codes() | {code for line in log_lines() for code in line.codes}
    assert set(re.findall(r'\$\.code\s*=\s*"([^"]*)"', pattern)) <= written


@pytest.mark.parametrize("metric", OF_AWS)
def test_a_metric_of_aws_is_one_that_aws_publishes_of_that_kind(metric: dict[str, Any]) -> None:
    known, dimensions = METRICS[metric["Namespace"]], metric.get("Dimensions", [])

    assert metric["MetricName"] in known["metrics"]
    assert sorted(one["Name"] for one in dimensions) in [sorted(names) for names in known["dimensions"]]
    for one in dimensions:
        if isinstance(one["Value"], dict) and one["Name"] in {"QueueName", "FunctionName"}:
            [target] = one["Value"].values()
            target = target[0] if isinstance(target, list) else target
            kind = RESOURCES[target].get("Type", "AWS::Serverless::Function")  # chalice says it of its own
            assert kind == known["of"]


def test_what_is_looked_for_in_logs_is_a_line_that_they_show() -> None:
    levels = {"error", "exception", "critical"}
    pattern = re.findall(r"^logs\(\) .*--filter-pattern '([^']*)'", RUNBOOK, re.MULTILINE)[0]
    levels |= {"warning"} if "?WARNING" in pattern else set()
    shown = {line.message for line in log_lines() if line.level in levels}
    written = {line.message for line in log_lines()}
    hidden = []
    for sentence in re.split(r"(?<=[.:])\s|\n- \*\*", RUNBOOK):
        told = {" ".join(one.split()) for one in re.findall(r"`([^`]+)`", sentence)}
        if any(re.match(r"logs \w+$", one) for one in told):
            hidden += sorted((told & written) - shown)

    assert hidden == []
