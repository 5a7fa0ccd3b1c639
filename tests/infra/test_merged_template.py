"""What chalice makes of the app's functions and the template."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from chalicelib.handlers.doors import DOORS
from chalicelib.handlers.jobs import JOBS
from chalicelib.handlers.workers.alert import OF_FILINGS
from chalicelib.services.alert.renew import MAY_LIVE_AFTER
from infra import package
from infra.any_method import ANY
from infra.restored_tables import with_a_choice
from infra.sender_function import signed_paths
from infra.template import load_template

pytestmark = pytest.mark.deep

FUNCTIONS = {
    "APIHandler": "api_handler",
    "SenderHandler": "sender_handler",
    "Operator": "operator",
    **{job.name.title().replace("_", ""): job.name for job in JOBS},
}
"""What each function is called in the template."""


def test_cloudformation_would_take_it(merged: Path) -> None:
    package.lint(merged)


def test_the_apps_functions_are_those_the_template_completes(resources: dict[str, dict[str, Any]]) -> None:
    functions = {name for name, r in resources.items() if r["Type"] == "AWS::Serverless::Function"}
    assert functions == set(FUNCTIONS)


def test_every_method_of_every_address_reaches_the_app(resources: dict[str, dict[str, Any]]) -> None:
    paths = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    assert set(paths) == {door.path for door in DOORS}
    for path, methods in paths.items():
        [(method, operation)] = methods.items()
        integration = operation["x-amazon-apigateway-integration"]
        assert (method, integration["type"]) == (ANY, "aws_proxy"), path
        function = "SenderHandler" if path in signed_paths() else "APIHandler"
        assert f"/${{{function}.Alias}}/" in integration["uri"]["Fn::Sub"], path
        named = [parameter["name"] for parameter in operation.get("parameters", ())]
        assert named == re.findall(r"{(\w+)}", path), path


@pytest.mark.parametrize("name", FUNCTIONS)
def test_lambda_finds_what_it_is_to_call(resources: dict[str, dict[str, Any]], name: str) -> None:
    module, _, attribute = resources[name]["Properties"]["Handler"].rpartition(".")

    assert callable(getattr(import_module(module), attribute))


def test_every_overlay_completes_something_that_chalice_writes(resources: dict[str, dict[str, Any]]) -> None:
    assert all("Type" in resource for resource in resources.values())
    for name in FUNCTIONS:
        for event in load_template()["Resources"][name]["Properties"].get("Events", {}):
            assert "Type" in resources[name]["Properties"]["Events"][event]


@pytest.mark.parametrize(("name", "function"), FUNCTIONS.items())
def test_a_function_has_its_own_policy_and_only_that(
    resources: dict[str, dict[str, Any]], name: str, function: str
) -> None:
    role = resources[resources[name]["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
    attached = [resources[one["Ref"]]["Properties"] for one in role.get("ManagedPolicyArns", ())]
    documents = [policy["PolicyDocument"] for policy in (*role.get("Policies", ()), *attached)]
    written = json.loads((package.ROOT / ".chalice" / f"policy-{function}.json").read_text(encoding="utf-8"))
    tables = {name for name, each in resources.items() if each["Type"] == "AWS::DynamoDB::Table"}
    allowed = {**documents[0], "Statement": [said for one in documents for said in one["Statement"]]}
    assert allowed == with_a_choice(written, tables)
    assert len(documents) == 1 or not role.get("Policies")
    assert resources[name]["Properties"]["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{function}"}


@pytest.mark.parametrize(("name", "function"), FUNCTIONS.items())
def test_a_function_writes_to_its_own_log_only(resources: dict[str, dict[str, Any]], name: str, function: str) -> None:
    [log] = [r for r in resources.values() if r["Type"] == "AWS::Logs::LogGroup" and f"${{{name}}}" in json.dumps(r)]
    assert log["Properties"]["RetentionInDays"] == 400
    policy = (package.ROOT / ".chalice" / f"policy-{function}.json").read_text(encoding="utf-8")
    assert f"log-group:/aws/lambda/${{AWS::StackName}}-{function}:*" in policy


def test_nothing_starts_the_operators_function_and_one_policy_lets_it_be_invoked(
    resources: dict[str, dict[str, Any]],
) -> None:
    assert "Events" not in resources["Operator"]["Properties"]
    assert "Operator" not in json.dumps(resources["RestAPI"])
    permissions = [each for each in resources.values() if each["Type"] == "AWS::Lambda::Permission"]
    assert "Operator" not in json.dumps(permissions)
    [statement] = resources["OperatorAccess"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == (
        "lambda:InvokeFunction",
        {"Ref": "Operator.Alias"},
    )


def test_functions_run_on_arm(resources: dict[str, dict[str, Any]]) -> None:
    assert {tuple(resources[name]["Properties"]["Architectures"]) for name in FUNCTIONS} == {("arm64",)}


@pytest.mark.parametrize(
    ("function", "queue"), [("CheckUploads", "UploadsArrived"), ("PrepareExports", "ExportsRequested")]
)
def test_a_message_is_hidden_while_its_function_may_still_run(
    resources: dict[str, dict[str, Any]], function: str, queue: str
) -> None:
    timeout = resources[function]["Properties"]["Timeout"]
    assert resources[queue]["Properties"]["VisibilityTimeout"] >= 6 * timeout


def test_the_stream_starts_the_alerts_with_deposits_filings_and_what_lets_an_address_live(
    resources: dict[str, dict[str, Any]],
) -> None:
    stream = resources["SendAlerts"]["Properties"]["Events"]["SendAlertsDynamodbEventSource"]["Properties"]
    assert stream["Stream"] == with_a_choice({"Fn::Sub": "${EventsTable.StreamArn}"}, {"EventsTable"})
    [pattern] = [json.loads(f["Pattern"]) for f in stream["FilterCriteria"]["Filters"]]
    kinds = pattern["dynamodb"]["NewImage"]["type"]["S"]
    assert sorted(kinds) == sorted(["notice.deposited", *OF_FILINGS, *(kind.value for kind in MAY_LIVE_AFTER)])
    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"]
