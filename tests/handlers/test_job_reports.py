"""What a job reports is read by the template's metrics or told in the runbook, and both read what is there."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.handlers.jobs import JOBS
from chalicelib.handlers.workers.reports import NIGHT_TIME, SWEEP_TIME
from infra.template import load_template
from tests.deposit_world import World

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
RESOURCES: dict[str, dict[str, Any]] = load_template()["Resources"]
NAMESPACE = {"Fn::Sub": "Casilla/${AWS::StackName}"}
NAMES: dict[str, str] = {
    name: resource["Properties"]["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
    for name, resource in RESOURCES.items()
    if "FunctionName" in resource.get("Properties", {})
}
FILTERS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource.get("Type") == "AWS::Logs::MetricFilter"
}
ALARMS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource.get("Type") == "AWS::CloudWatch::Alarm"
}
SCHEDULED = {job.name: job.settings["expression"] for job in JOBS if "expression" in job.settings}
TIMEOUTS = {
    name: timedelta(seconds=function["lambda_timeout"])
    for name, function in json.loads((ROOT / ".chalice" / "config.json").read_text())["lambda_functions"].items()
}
EVENT = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)
"""A schedule's event."""
RECORDS = {
    "send_alerts": [{"dynamodb": {"SequenceNumber": "1", "NewImage": {"type": {"S": "alert.sent"}}}}],
    "record_deliveries": [{"Sns": {"Message": '{"eventType": "Open"}', "Subject": None, "MessageAttributes": {}}}],
}
"""Batches in which there is nothing to do; the queues' are empty."""
SILENT = {"send_alerts", "sweep_alerts"}
"""Jobs that do not report yet what their filters read."""
PYTHONS = {*vars(logging.makeLogRecord({})), "message", "asctime"}
"""What every record of Python's logging has."""


def job_of(name: str) -> str:
    """Return the job whose log a filter reads."""
    return NAMES[FILTERS[name]["LogGroupName"]["Ref"].removesuffix("LogGroup")]


def transformation(name: str) -> dict[str, Any]:
    [one] = FILTERS[name]["MetricTransformations"]
    transformed: dict[str, Any] = one
    return transformed


def fields_of(name: str) -> set[str]:
    """Return the fields of the line that a filter reads."""
    read = json.dumps([FILTERS[name]["FilterPattern"], transformation(name)])
    return set(re.findall(r"\$\.(\w+)", read)) - {"message"}


def report_of(job: str, world: World, caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """Run a job with nothing to do, and return the fields of its last line."""
    world.client.lambda_.invoke(job, {**EVENT, "Records": RECORDS.get(job, [])})
    [line] = [vars(record) for record in caplog.records if record.message == "job done"]
    return {key: line[key] for key in set(line) - PYTHONS}


@pytest.mark.parametrize("job", [job.name for job in JOBS if job.name not in SILENT])
def test_every_count_of_a_job_is_watched_or_told_in_the_runbook(
    job: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    report = report_of(job, world, caplog)
    watched = {field for name in FILTERS if job_of(name) == job for field in fields_of(name)}
    [told] = re.findall(rf"^- `{job}`: (.+?)(?=\n[-\n])", RUNBOOK, re.MULTILINE | re.DOTALL)

    assert report["is_complete"] is True
    assert set(report) - {"job"} <= watched | set(re.findall(r"`(\w+)`", told))
    assert set(re.findall(r"`(\w+)`", told)) <= set(report)


@pytest.mark.parametrize("name", [name for name in FILTERS if job_of(name) not in SILENT])
def test_a_metric_reads_what_its_job_reports(name: str, world: World, caplog: pytest.LogCaptureFixture) -> None:
    assert fields_of(name) <= set(report_of(job_of(name), world, caplog))
    assert '$.message = "job done"' in FILTERS[name]["FilterPattern"]
    assert transformation(name)["MetricNamespace"] == NAMESPACE


def test_every_job_tells_of_items_that_failed_and_every_schedule_of_runs_and_of_what_it_did_not_finish() -> None:
    published = {(transformation(name)["MetricName"], job_of(name)) for name in FILTERS}
    assert {job for metric, job in published if metric == "failed"} == {job.name for job in JOBS}
    assert {job for metric, job in published if metric == "unfinished"} == set(SCHEDULED)
    assert {job for metric, job in published if metric == "runs"} == set(SCHEDULED)


def test_every_metric_has_an_alarm_and_every_alarm_its_metric() -> None:
    published = set()
    for name in FILTERS:
        metric = transformation(name)["MetricName"]
        published.add((metric, job_of(name) if "Dimensions" in transformation(name) else ""))
    watched = {
        (alarm["MetricName"], alarm["Dimensions"][0]["Value"] if alarm["Dimensions"] else "")
        for alarm in ALARMS.values()
        if alarm["Namespace"] == NAMESPACE
    }
    assert watched == published


@pytest.mark.parametrize("job", SCHEDULED)
def test_a_schedule_that_does_not_run_is_told(job: str) -> None:
    [alarm] = [alarm for alarm in ALARMS.values() if alarm.get("Dimensions") == [{"Name": "Job", "Value": job}]]
    window = timedelta(seconds=alarm["Period"] * alarm["EvaluationPeriods"])
    rate = re.fullmatch(r"rate\((\d+) minutes\)", SCHEDULED[job])

    assert (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"]) == ("Sum", "LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"
    if rate:
        every = timedelta(minutes=int(rate[1]))
        assert every * 3 + TIMEOUTS[job] <= window + every <= every * 4 + TIMEOUTS[job] + timedelta(minutes=3)
    else:
        assert timedelta(hours=26) <= window <= timedelta(hours=30)
    assert alarm["Period"] % 60 == 0
    assert window <= (timedelta(days=7) if alarm["Period"] >= 3600 else timedelta(days=1))  # CloudWatch takes no more


@pytest.mark.parametrize("job", SCHEDULED)
def test_a_job_ends_by_itself_before_lambda_ends_it(job: str) -> None:
    working = SWEEP_TIME if SCHEDULED[job].startswith("rate") else NIGHT_TIME
    assert working + timedelta(minutes=1) <= TIMEOUTS[job]
