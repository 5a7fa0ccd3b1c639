"""Institutions' systems have a function of their own, whatever the map of doors says tomorrow."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.sender.fair_share import share_of, share_refusal
from chalicelib.handlers.door import JSON, NOTHING, SESSION, SIGNED, Door
from chalicelib.handlers.doors import DOORS
from infra.any_method import ANY
from infra.package import ROOT
from infra.sender_function import FUNCTION, signed_paths
from infra.template import load_template
from tests.filter_patterns import matches


def a_door(path: str, access: str, method: str = "GET") -> Door:
    return Door(method, path, access, NOTHING if method == "GET" else JSON, "api.deposit.deposits:create_deposit")


@pytest.fixture
def resources(merged: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(merged.read_text(encoding="utf-8"))["Resources"]
    return found


def test_a_path_is_the_senders_if_every_door_on_it_asks_for_a_signature() -> None:
    doors = (
        a_door("/v1/a", SIGNED),
        a_door("/v1/a", SIGNED, "POST"),
        a_door("/v1/b", SIGNED),
        a_door("/v1/b", SESSION, "POST"),
        a_door("/v1/c", SESSION),
    )
    assert signed_paths(doors) == {"/v1/a"}


def test_no_signed_door_shares_its_path_with_others() -> None:
    assert signed_paths() == {door.path for door in DOORS if door.access == SIGNED}
    assert "/v1/deposits" in signed_paths()


@pytest.mark.deep
def test_what_senders_sign_leads_to_their_function_and_all_else_to_the_other(transformed: dict[str, Any]) -> None:
    paths = transformed["Resources"]["RestAPI"]["Properties"]["Body"]["paths"]
    led = {path: json.dumps(methods[ANY]["x-amazon-apigateway-integration"]["uri"]) for path, methods in paths.items()}
    assert {path for path, uri in led.items() if f"${{{FUNCTION}Aliaslive}}" in uri} == signed_paths()
    assert all("${APIHandlerAliaslive}" in uri for path, uri in led.items() if path not in signed_paths())


@pytest.mark.deep
def test_the_gateway_may_start_it(transformed: dict[str, Any]) -> None:
    permissions = [r["Properties"] for r in transformed["Resources"].values() if r["Type"] == "AWS::Lambda::Permission"]
    by_gateway = [each for each in permissions if each["Principal"] == "apigateway.amazonaws.com"]
    started = {each["FunctionName"]["Ref"]: each for each in by_gateway}
    assert started.keys() == {"APIHandlerAliaslive", f"{FUNCTION}Aliaslive"}
    assert started[f"{FUNCTION}Aliaslive"]["SourceArn"] == started["APIHandlerAliaslive"]["SourceArn"]


@pytest.mark.deep
def test_it_runs_the_same_code_the_same_way(resources: dict[str, dict[str, Any]]) -> None:
    own = {"FunctionName", "Role", "ReservedConcurrentExecutions", "DeploymentPreference"}
    api, sender = (
        {name: said for name, said in resources[function]["Properties"].items() if name not in own}
        for function in ("APIHandler", FUNCTION)
    )
    assert sender == api
    assert resources[FUNCTION]["Properties"]["Role"] == {"Fn::GetAtt": ["SenderHandlerRole", "Arn"]}


def test_it_has_none_of_the_rights_that_only_people_need() -> None:
    policies = {
        function: json.loads((ROOT / ".chalice" / f"policy-{function}.json").read_text("utf-8"))["Statement"]
        for function in ("api_handler", "sender_handler")
    }
    actions = {action for statement in policies["sender_handler"] for action in statement["Action"]}
    assert not {action.partition(":")[0] for action in actions} & {"ses", "sns", "sqs"}
    assert "dynamodb:DeleteItem" not in actions
    named = json.dumps(policies["sender_handler"])
    for of_people in ("AccountsTable", "StaffTable", "StaffKey", "RegistrationsTable", "RequestsTable", "ExportsTable"):
        assert of_people in json.dumps(policies["api_handler"])
        assert of_people not in named


def test_a_sender_that_waits_for_its_share_wakes_nobody() -> None:
    filters = load_template()["Resources"]
    for name in ("ApiHandlerRefused429", "SenderHandlerRefused429"):
        pattern = filters[name]["Properties"]["FilterPattern"]
        assert matches(pattern, {"message": "refused", "status": 429, "code": "undelivered_limit"})
        assert not matches(pattern, {"message": "refused", "status": 429, "code": share_refusal_code()})


def share_refusal_code() -> str:
    return share_refusal(share_of(1), timedelta(seconds=1)).code


@pytest.mark.deep
def test_what_its_log_tells_is_counted_as_the_other_ones(resources: dict[str, dict[str, Any]]) -> None:
    filters = {name: r["Properties"] for name, r in resources.items() if r["Type"] == "AWS::Logs::MetricFilter"}
    counted = {
        json.dumps([each["FilterPattern"], each["MetricTransformations"]])
        for name, each in filters.items()
        if each["LogGroupName"] == {"Ref": "SenderHandlerLogGroup"} and name != "SenderHandlerFailingAnswers"
    }
    both = {name: each for name, each in filters.items() if each["LogGroupName"] == {"Ref": "ApiHandlerLogGroup"}}
    of_people = ("CodesNeeded", "Budgets", "Identities", "Cookies")
    by_version = "FailingAnswers"  # which each function numbers by itself
    shared = {name for name in both if name.removeprefix("ApiHandler") not in (*of_people, by_version)}
    assert counted == {
        json.dumps([both[name]["FilterPattern"], both[name]["MetricTransformations"]]) for name in shared
    }
