"""What a job reports is read by the template's metrics or told in the runbook, and both read what is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from logging import StreamHandler, getLogger
from pathlib import Path
from typing import Any

import pytest

from chalicelib.bootstrap.files import files, upload_store
from chalicelib.domain.upload.upload import staging_key
from chalicelib.handlers.jobs import JOBS
from chalicelib.handlers.workers.reports import NIGHT_TIME, SWEEP_TIME
from chalicelib.store.tables import UploadItem
from infra.template import load_template
from tests.alarms import Line, State, alarms_of, function_of, line_of, points_of, watch
from tests.alert_world import refusing
from tests.deposit_world import NOW, World
from tests.filter_patterns import field_of, fields_of, fields_read_by
from tests.upload_world import an_upload

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
RESOURCES: dict[str, dict[str, Any]] = load_template()["Resources"]
ALL_FILTERS: dict[str, dict[str, Any]] = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource.get("Type") == "AWS::Logs::MetricFilter"
}
FILTERS = [
    name
    for name, each in ALL_FILTERS.items()
    if function_of(RESOURCES, each) in {job.name for job in JOBS} and '"job done"' in each["FilterPattern"]
]
"""Those that read the jobs' last lines; what else is written is tested where it is written."""
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
    "count_activity": [{"dynamodb": {"SequenceNumber": "1", "NewImage": {"type": {"S": "alert.resent"}}}}],
    "record_deliveries": [{"Sns": {"Message": '{"eventType": "Open"}', "Subject": None, "MessageAttributes": {}}}],
}
"""Batches in which there is nothing to do; the queues' are empty."""
OF_EVERY_LINE = {"level", "location", "message", "timestamp", "service", "job", "function_request_id"}

Lines = Callable[..., list[Line]]


def job_of(name: str) -> str:
    """Return the job whose log a filter reads."""
    return function_of(RESOURCES, ALL_FILTERS[name])


def transformation(name: str) -> dict[str, Any]:
    [one] = ALL_FILTERS[name]["MetricTransformations"]
    transformed: dict[str, Any] = one
    return transformed


def fields_read(name: str) -> set[str]:
    """Return the fields of the line that a filter reads."""
    read = {field_of(transformation(name)["MetricValue"])}
    read |= {field_of(each["Value"]) for each in transformation(name).get("Dimensions", ())}
    return {*fields_read_by(ALL_FILTERS[name]["FilterPattern"]), *filter(None, read)} - {"message"}


@pytest.fixture
def run(world: World, caplog: pytest.LogCaptureFixture) -> Lines:
    """Run a job, with nothing to do unless there is, and return what it wrote to its log."""

    def run_job(job: str, records: list[dict[str, Any]] | None = None) -> list[Line]:
        caplog.clear()
        world.client.lambda_.invoke(job, {**EVENT, "Records": RECORDS.get(job, []) if records is None else records})
        return [line_of(record, world.clock.now, job) for record in caplog.records if record.name == "casilla"]

    return run_job


def report_in(lines: list[Line]) -> dict[str, Any]:
    """Return the fields of the line that ends a job."""
    found = [dict(fields_of(line.text) or {}) for line in lines]
    [report] = [fields for fields in found if fields["message"] == "job done"]
    return report


def ringing(lines: list[Line]) -> set[str]:
    """Return the alarms that lines have gone off; those of schedules that are silent are not meant."""
    at = lines[0].at
    watched = watch(lines, since=at, until=at + timedelta(minutes=5))
    went_off = {name for name, changes in watched.items() if State.ALARM in {change.state for change in changes}}
    return {name for name in went_off if not name.endswith("NotRun")}


def test_each_line_of_a_run_has_the_number_by_which_lambda_calls_it_and_no_two_runs_have_the_same(
    run: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [{"dynamodb": {"SequenceNumber": "1", "NewImage": {"type": {"S": "notice.deposited"}}}}]
    numbers = []
    run("count_activity", [])  # makes the handler, where none is yet
    for _ in range(2):
        printed = StringIO()
        for handler in getLogger("casilla").handlers + getLogger("chalicelib").handlers:
            if isinstance(
                handler, StreamHandler
            ):  # which writes to what was stdout when it was made; pytest's own as well
                monkeypatch.setattr(handler, "stream", printed)
        run("count_activity", broken)
        lines = [json.loads(line) for line in printed.getvalue().splitlines() if line.startswith("{")]
        assert [line["message"] for line in lines] == ["record failed", "job done"]
        numbers.append({line["function_request_id"] for line in lines})

    assert [len(each) for each in numbers] == [1, 1]
    assert len(numbers[0] | numbers[1]) == 2
    assert all(len(number) > 30 for each in numbers for number in each)


@pytest.mark.parametrize("job", [job.name for job in JOBS])
def test_every_count_of_a_job_is_watched_or_told_in_the_runbook(job: str, run: Lines) -> None:
    report = report_in(run(job))
    watched = {field for name in FILTERS if job_of(name) == job for field in fields_read(name)}
    [told] = re.findall(rf"^- `{job}`: (.+?)(?=\n[-\n])", RUNBOOK, re.MULTILINE | re.DOTALL)

    assert report["is_complete"] is True
    assert set(report) - OF_EVERY_LINE <= watched | set(re.findall(r"`(\w+)`", told))
    assert set(re.findall(r"`(\w+)`", told)) <= set(report)


@pytest.mark.parametrize("name", FILTERS)
def test_a_metric_is_read_from_the_line_that_its_job_writes(name: str, run: Lines) -> None:
    alone = {key: resource for key, resource in RESOURCES.items() if key not in ALL_FILTERS or key == name}
    lines = run(job_of(name))
    [last] = [line for line in lines if fields_of(line.text) == report_in(lines)]
    unfinished = Line(last.at, last.function, json.dumps({**report_in(lines), "is_complete": False}))
    is_of_unfinished = transformation(name)["MetricName"] == "unfinished"

    assert len(points_of(alone, lines)) == (0 if is_of_unfinished else 1)
    assert len(points_of(alone, [unfinished])) == 1
    assert fields_read(name) <= set(report_in(lines))


@pytest.mark.parametrize("job", [job.name for job in JOBS])
def test_a_job_with_nothing_to_do_rings_nothing(job: str, run: Lines) -> None:
    assert ringing(run(job)) == set()


def test_an_item_that_cannot_be_read_rings(world: World, run: Lines) -> None:
    upload_store(world.container).add(an_upload(upload_id="u1", object_key="files/u1"))
    UploadItem("u1").update([UploadItem.data.set({})])
    world.clock.now = NOW + timedelta(days=8)

    assert ringing(run("expire_uploads")) == {"ItemsFailed", "SweepsUnfinished"}


def test_a_list_that_takes_longer_than_the_night_rings(world: World, run: Lines) -> None:
    for number in range(5):
        upload_store(world.container).add(an_upload(upload_id=f"u{number}", object_key=f"files/u{number}"))
    world.clock.now = NOW + timedelta(days=8)
    world.clock.step = timedelta(minutes=4)
    lines = run("expire_uploads")
    world.clock.step = timedelta(0)

    assert ringing(lines) == {"SweepsUnfinished"}


@pytest.mark.parametrize(("minutes", "alarms"), [(15, set()), (16, {"UploadsWaiting"})])
def test_a_file_whose_check_does_not_get_on_rings(world: World, run: Lines, minutes: int, alarms: set[str]) -> None:
    sent = int((world.clock.now - timedelta(minutes=minutes)).timestamp() * 1000)
    body = {"Records": [{"s3": {"object": {"key": staging_key("entidad-demo", "u1")}}}]}
    message = {
        "messageId": "m1",
        "receiptHandle": "r1",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "9", "SentTimestamp": str(sent)},
    }
    client = files(world.container)._client  # noqa: SLF001 - the engine's own hooks
    with refusing(client, "HeadObject", "SlowDown", status=503):
        assert ringing(run("check_uploads", [message])) == alarms


def test_every_job_tells_that_it_ran_and_what_failed_and_every_schedule_of_what_it_did_not_finish() -> None:
    published = {(transformation(name)["MetricName"], job_of(name)) for name in FILTERS}
    assert {job for metric, job in published if metric == "failed"} == {job.name for job in JOBS}
    assert {job for metric, job in published if metric == "unfinished"} == set(SCHEDULED)


def test_every_metric_has_an_alarm_and_every_alarm_its_metric() -> None:
    published = {
        (transformation(name)["MetricName"], job_of(name) if "Job" in json.dumps(transformation(name)) else "")
        for name in ALL_FILTERS
    }
    own = [alarm for alarm in alarms_of(RESOURCES).values() if not alarm.metric.namespace.startswith("AWS/")]
    of_all = {alarm.metric.name for alarm in own if alarm.over_all}
    watched = {(alarm.metric.name, dict(alarm.metric.dimensions).get("Job", "")) for alarm in own if not alarm.over_all}
    assert {job for metric, job in watched if metric == "failed"} == set(SCHEDULED)
    watched |= {(metric, job) for metric, job in published if metric in of_all}
    assert watched == published


@pytest.mark.parametrize("job", SCHEDULED)
def test_a_job_ends_by_itself_before_lambda_ends_it(job: str) -> None:
    working = SWEEP_TIME if SCHEDULED[job].startswith("rate") else NIGHT_TIME
    assert working + timedelta(minutes=1) <= TIMEOUTS[job]
