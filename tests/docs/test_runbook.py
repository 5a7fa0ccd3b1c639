"""Who is woken by an alarm finds its entry, and what the entry names exists."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from chalice.app import CloudWatchEvent, ScheduledEventConfig

from app import app
from chalicelib.handlers.operator.arguments import read_arguments
from chalicelib.handlers.operator.commands import COMMANDS
from infra.template import load_template
from tests.alarms import metric_of

RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text("utf-8")
RESOURCES = load_template()["Resources"]
ENTRIES = dict(re.findall(r"^### (\w+)\n(.+?)(?=\n#|\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
ALARMS = {name for name, resource in RESOURCES.items() if resource.get("Type") == "AWS::CloudWatch::Alarm"}
FUNCTIONS = {"api_handler", "sender_handler", *(function.name for function in app.pure_lambda_functions)}
FUNCTIONS |= {source.name for source in app.event_sources}
SCHEDULED = {source.name for source in app.event_sources if isinstance(source, ScheduledEventConfig)}


def test_every_alarm_has_its_entry_and_every_entry_its_alarm() -> None:
    assert set(ENTRIES) == ALARMS


@pytest.mark.parametrize("alarm", sorted(ENTRIES))
def test_an_entry_says_meaning_harm_first_look_and_what_to_do_and_not(alarm: str) -> None:
    assert re.findall(r"\*\*(\w+(?:'t)?)\*\*", ENTRIES[alarm]) == ["Means", "Harm", "Look", "Do", "Don't"]


@pytest.mark.parametrize("alarm", sorted(ALARMS))
def test_an_entry_names_what_its_alarm_watches(alarm: str) -> None:
    dimensions = RESOURCES[alarm]["Properties"].get("Dimensions")
    if not dimensions or dimensions[0]["Value"] == {"Ref": "AWS::StackName"}:
        assert f"`{metric_of(RESOURCES[alarm]['Properties']).name}`" in ENTRIES[alarm]
        return
    watched = dimensions[0]["Value"]
    if isinstance(watched, str):
        assert f"`{watched}`" in ENTRIES[alarm]
    elif "Fn::GetAtt" in watched:
        assert f"`{watched['Fn::GetAtt'][0]}`" in ENTRIES[alarm]
    elif RESOURCES[watched["Ref"]].get("Type"):
        assert f"`{watched['Ref']}`" in ENTRIES[alarm]
    else:
        name = RESOURCES[watched["Ref"]]["Properties"]["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        assert f"`{name}`" in ENTRIES[alarm]


def test_the_runbook_says_who_is_woken_by_what() -> None:
    [listed] = re.findall(r"^These page: ([\w,\s]+)\.$", RUNBOOK, re.MULTILINE)
    woken = {alarm for alarm in ALARMS if RESOURCES[alarm]["Properties"]["AlarmActions"] == [{"Ref": "PageTopic"}]}
    assert re.findall(r"\w+", listed) == sorted(woken)


@pytest.mark.parametrize(
    ("alarm", "affected"),
    [
        ("ApiErrors", "all"),
        ("SenderErrors", "deposits"),
        ("ApiDown", "all"),
        ("ApiFailing", "registration"),
        ("SmsFailing", "alerts"),
        *((alarm, "alerts") for alarm in ("SendAlertsErrors", "SweepAlertsNotRun", "AlertsPilingUp", "AlertsRefused")),
        *((alarm, "deposits") for alarm in ("CheckUploadsErrors", "UploadsStuck", "UploadsWaiting")),
        *((alarm, "registration") for alarm in ("FinishRegistrationsErrors", "RegistrationsWaiting")),
    ],
)
def test_an_alarm_of_what_people_notice_leads_to_its_announcement(alarm: str, affected: str) -> None:
    assert f"`outage announce --affects {affected}`" in ENTRIES[alarm]


def test_the_calendars_alarm_can_be_acknowledged_without_confirming_a_year() -> None:
    assert "disable-alarm-actions" in ENTRIES["CalendarUnconfirmed"]
    assert "Deposits go on" in ENTRIES["CalendarUnconfirmed"]


def test_every_function_and_queue_of_a_command_exists() -> None:
    looked_at = set(re.findall(r"`(?:logs|done_by)\s(\w+)`", RUNBOOK))
    run = set(re.findall(r"`run\s(\w+)`", RUNBOOK))
    queues = set(re.findall(r"(?:peek|redrive|queue) (\w+Failed)\b", RUNBOOK))

    assert looked_at == FUNCTIONS
    assert run == SCHEDULED
    assert queues <= set(RESOURCES)


def test_every_command_of_the_operator_is_one_and_is_given_rightly() -> None:
    [_, payload] = re.findall(r"--payload '(\{.+\})'", RUNBOOK)
    told = re.findall(r'(?:`|^)operator "([^"]+)"', RUNBOOK, re.MULTILINE)
    lines = [line for line in told if not line.startswith("help")]

    assert {command.name for command in COMMANDS} == {" ".join(line.split()[:2]) for line in lines}
    for line in [*lines, json.loads(payload)["command"]]:
        words = shlex.split(line)
        [command] = [command for command in COMMANDS if command.name.split() == words[:2]]
        if "$" not in line:  # what a shell fills in is given in test_runbook_commands.py
            assert read_arguments(command, words[2:])
    for line in set(told) - set(lines):
        assert app.handler_map["operator"]({"command": line}, None)["exit"] == 0


def test_a_scheduled_job_takes_the_event_that_runs_it_by_hand() -> None:
    [payload, _] = re.findall(r"--payload '(\{.+\})'", RUNBOOK)

    assert CloudWatchEvent(json.loads(payload), None).source == "operator"
