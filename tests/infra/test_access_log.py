"""What the gateway and its firewall write down tells how the doors fare, and nothing of who came or what for."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.template import load_template

RESOURCES: dict[str, dict[str, Any]] = load_template()["Resources"]
FORMAT: str = RESOURCES["RestAPI"]["Properties"]["AccessLogSetting"]["Format"]
TOLD = {
    "extendedRequestId",
    "requestTimeEpoch",
    "httpMethod",
    "resourcePath",
    "protocol",
    "status",
    "responseLength",
    "responseLatency",
    "integration.latency",
    "integration.status",
    "integration.integrationStatus",
    "error.responseType",
    "waf.status",
}
"""None of them holds what the caller wrote: `path`, `requestOverride.path`, `identity.*`, `error.message` do."""
LOGS = ("ApiAccessLog", "FirewallLog")


def test_a_line_is_json_of_what_no_caller_chooses() -> None:
    assert set(re.findall(r"\$context\.([\w.]+)", FORMAT)) == TOLD
    line = json.loads(re.sub(r"\$context\.[\w.]+", "x", FORMAT))
    assert set(line.values()) == {"x"}
    assert line["request"]


def test_the_log_and_the_stage_agree_on_its_name(transformed: dict[str, Any]) -> None:
    [stage] = [r["Properties"] for r in transformed["Resources"].values() if r["Type"] == "AWS::ApiGateway::Stage"]
    assert stage["AccessLogSetting"]["Format"] == FORMAT
    arn = stage["AccessLogSetting"]["DestinationArn"]["Fn::Sub"]
    assert arn.endswith(":log-group:${ApiAccessLog}")  # without `:*`, and of the log that is made here
    api = transformed["Resources"]["RestAPI"]
    assert "ApiLogAccount" in api["DependsOn"]


test_the_log_and_the_stage_agree_on_its_name = pytest.mark.deep(test_the_log_and_the_stage_agree_on_its_name)


@pytest.mark.parametrize("name", LOGS)
def test_a_log_ends_and_is_encrypted_by_a_key_that_lets_it(name: str) -> None:
    log = RESOURCES[name]["Properties"]
    assert log["KmsKeyId"] == {"Fn::GetAtt": ["DataKey", "Arn"]}
    assert 0 < log["RetentionInDays"] <= 400
    [statement] = [
        each
        for each in RESOURCES["DataKey"]["Properties"]["KeyPolicy"]["Statement"]
        if each["Sid"] == "LogsOfTheGateway"
    ]
    allowed = statement["Condition"]["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"]
    assert f":log-group:{log['LogGroupName']['Fn::Sub']}" in " ".join(each["Fn::Sub"] for each in allowed)
    assert len(allowed) == len(LOGS)


def test_the_accounts_role_outlives_the_stack_that_gave_it() -> None:
    for name in ("ApiLogRole", "ApiLogAccount"):
        assert RESOURCES[name]["DeletionPolicy"] == RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


def test_the_firewall_writes_down_only_what_it_met_and_nothing_that_opens_anything() -> None:
    logging = RESOURCES["FirewallLogging"]["Properties"]
    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"
    redacted = {next(iter(field)) for field in logging["RedactedFields"]}
    headers = {field["SingleHeader"]["Name"] for field in logging["RedactedFields"] if "SingleHeader" in field}
    assert redacted == {"UriPath", "QueryString", "SingleHeader"}
    assert headers == {"cookie", "authorization", "referer"}
    assert RESOURCES["FirewallLog"]["Properties"]["RetentionInDays"] <= 30
    assert RESOURCES["FirewallLog"]["Properties"]["LogGroupName"]["Fn::Sub"].startswith("aws-waf-logs-")


def test_no_sample_of_whole_requests_is_kept() -> None:
    firewall = RESOURCES["Firewall"]["Properties"]
    shown = [firewall["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in firewall["Rules"])]
    assert [each["SampledRequestsEnabled"] for each in shown] == [False] * (1 + len(firewall["Rules"]))
