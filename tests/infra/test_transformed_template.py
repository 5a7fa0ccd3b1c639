"""What CloudFormation sees once SAM's transform is over it: AWS's limits, and everything by the live alias."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.live_alias import ALIAS
from infra.package import ROOT
from infra.release import PARAMETER, release_of
from infra.transform import REGIONS, transformed
from tests.infra.conftest import RELEASE
from tests.infra.resolved import Resolved

LONGEST_STACK_NAME = 43
NAMES: dict[tuple[str, str], int] = {
    ("AWS::Lambda::Function", "FunctionName"): 64,
    ("AWS::Events::Rule", "Name"): 64,
    ("AWS::SES::ConfigurationSet", "Name"): 64,
    ("AWS::ApiGateway::RestApi", "Name"): 1024,
    ("AWS::SNS::Topic", "DisplayName"): 100,
    ("AWS::Logs::LogGroup", "LogGroupName"): 512,
    ("AWS::Backup::BackupVault", "BackupVaultName"): 50,
    ("AWS::WAFv2::WebACL", "Name"): 128,
}
"""Properties that are a resource's own name, with what AWS takes at most."""
OF_ALIAS = {
    "AWS::Lambda::EventSourceMapping": "FunctionName",
    "AWS::Lambda::Permission": "FunctionName",
    "AWS::Lambda::EventInvokeConfig": "Qualifier",
    "AWS::SNS::Subscription": "Endpoint",
}
"""What starts a function, and the property that says which one."""


def of_type(seen: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: one["Properties"] for name, one in seen["Resources"].items() if one["Type"] == kind}


def name_of(value: Any, stack: str, resources: Mapping[str, Any]) -> str:
    """Return a physical name in a stack."""
    if isinstance(value, str):
        return value
    if value == {"Ref": "AWS::StackName"}:
        return stack

    def told(found: re.Match[str]) -> str:
        if found[1] == "AWS::StackName":
            return stack
        return name_of(resources[found[1]]["Properties"]["FunctionName"], stack, resources)

    return re.sub(r"\$\{([\w:]+)\}", told, value["Fn::Sub"])


def names(seen: Mapping[str, Any], stack: str) -> Iterator[tuple[str, str, int]]:
    """Yield each resource's logical id and own name, and how long that may be."""
    for logical_id, one in seen["Resources"].items():
        for (kind, key), longest in NAMES.items():
            if one["Type"] == kind and key in one["Properties"]:
                yield logical_id, name_of(one["Properties"][key], stack, seen["Resources"]), longest


def test_it_stays_within_what_cloudformation_takes(seen: dict[str, Any]) -> None:
    assert len(seen["Resources"]) <= 470  # of 500: the next one in need finds room
    assert len(seen["Parameters"]) <= 200
    assert len(seen["Outputs"]) <= 200
    assert len(json.dumps(seen, separators=(",", ":")).encode()) <= 1_000_000
    assert all(len(text) <= 255 and text.isalnum() for text in seen["Resources"])


def test_every_parameter_is_read(merged_template: dict[str, Any]) -> None:
    read = json.dumps({name: said for name, said in merged_template.items() if name != "Parameters"})
    for name in merged_template["Parameters"]:
        assert f'{{"Ref": "{name}"}}' in read or f"${{{name}}}" in read, name


def written(policy: Mapping[str, Any]) -> int:
    """Return a policy's length as AWS counts it, without white space."""
    return len(re.sub(r"\s", "", json.dumps(policy["PolicyDocument"])))


@pytest.mark.parametrize("restored", [False, True])
def test_what_roles_may_do_stays_within_what_iam_takes(seen: dict[str, Any], *, restored: bool) -> None:
    resolved = Resolved(seen, "s" * LONGEST_STACK_NAME, restored=restored)
    for name, role in of_type(seen, "AWS::IAM::Role").items():
        assert sum(map(written, resolved(role.get("Policies", [])))) <= 10_240, name
        assert len(role.get("ManagedPolicyArns", ())) <= 10, name
    for name, policy in of_type(seen, "AWS::IAM::ManagedPolicy").items():
        assert written(resolved(policy)) <= 6_144, name


def test_a_role_whose_policy_is_long_has_it_whole_in_parts(seen: dict[str, Any]) -> None:
    long = json.loads((ROOT / ".chalice" / "policy-api_handler.json").read_text("utf-8"))["Statement"]
    role = of_type(seen, "AWS::IAM::Role")["ApiHandlerRole"]
    parts = [of_type(seen, "AWS::IAM::ManagedPolicy")[one["Ref"]] for one in role["ManagedPolicyArns"]]
    assert len(parts) > 1
    assert [one["Sid"] for part in parts for one in part["PolicyDocument"]["Statement"]] == [one["Sid"] for one in long]


def test_the_api_has_no_more_resources_than_one_may(seen: dict[str, Any]) -> None:
    [api] = of_type(seen, "AWS::ApiGateway::RestApi").values()
    parts = [path.strip("/").split("/") for path in api["Body"]["paths"]]
    assert len({tuple(each[:end]) for each in parts for end in range(1, len(each) + 1)}) <= 300


def test_the_longest_stack_name_is_what_the_longest_function_and_the_vault_leave(seen: dict[str, Any]) -> None:
    for logical_id, name, longest in names(seen, "s" * LONGEST_STACK_NAME):
        assert len(name) <= longest, logical_id
    over = {logical_id for logical_id, name, longest in names(seen, "s" * 44) if len(name) > longest}
    assert over == {"FinishRegistrations", "BackupVault"}


def test_no_name_is_left_out_of_that(seen: dict[str, Any]) -> None:
    own = {
        (one["Type"], key)
        for one in seen["Resources"].values()
        for key, value in one["Properties"].items()
        if key.endswith("Name") and "AWS::StackName" in json.dumps(value)
    }
    assert own == set(NAMES)


def test_every_function_has_its_alias_and_a_version_of_this_release(seen: dict[str, Any]) -> None:
    functions = of_type(seen, "AWS::Lambda::Function")
    aliases = {one["FunctionName"]["Ref"]: one for one in of_type(seen, "AWS::Lambda::Alias").values()}
    assert aliases.keys() == functions.keys()
    for name, alias in aliases.items():
        version = f"{name}Version{RELEASE[:10]}"
        assert (alias["Name"], alias["FunctionVersion"]) == (ALIAS, {"Fn::GetAtt": [version, "Version"]})
        assert functions[name]["Description"] == RELEASE
        # Else each release leaves the code of all functions behind, and 75 GB are what an account has for it.
        assert seen["Resources"][version]["DeletionPolicy"] == "Delete"


def test_whatever_starts_a_function_starts_its_alias(seen: dict[str, Any]) -> None:
    aliases = {f"{name}Alias{ALIAS}" for name in of_type(seen, "AWS::Lambda::Function")}
    started = set()
    for kind, key in OF_ALIAS.items():
        for name, properties in of_type(seen, kind).items():
            if kind == "AWS::SNS::Subscription" and properties["Protocol"] != "lambda":
                continue
            if kind == "AWS::Lambda::EventInvokeConfig":
                assert properties[key] == ALIAS
                continue
            assert set(properties[key]) == {"Ref"}, name
            assert properties[key]["Ref"] in aliases, name
            started.add(properties[key]["Ref"])
    rules = {name: one for name, one in of_type(seen, "AWS::Events::Rule").items() if "ScheduleExpression" in one}
    for name, rule in rules.items():
        [target] = rule["Targets"]
        assert target["Arn"]["Ref"] in aliases, name
        started.add(target["Arn"]["Ref"])
    assert aliases - started == {f"OperatorAlias{ALIAS}"}


def test_no_policy_and_no_integration_leads_past_the_alias(seen: dict[str, Any]) -> None:
    [api] = of_type(seen, "AWS::ApiGateway::RestApi").values()
    functions = "|".join(of_type(seen, "AWS::Lambda::Function"))
    uris = re.findall(rf"functions/\$\{{({functions})([^}}]*)\}}/invocations", json.dumps(api))
    assert {rest for _, rest in uris} == {f"Alias{ALIAS}"}
    assert len(uris) == len(api["Body"]["paths"])
    [statement] = of_type(seen, "AWS::IAM::ManagedPolicy")["OperatorAccess"]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == {"Ref": f"OperatorAlias{ALIAS}"}


def versions(merged: Mapping[str, Any], parameters: Mapping[str, str]) -> set[str]:
    digest = "1" * 64
    released = {**parameters, PARAMETER: release_of(merged, digest, parameters)}
    return set(of_type(transformed(merged, REGIONS[0], released, digest=digest), "AWS::Lambda::Version"))


def test_another_value_of_a_parameter_alone_publishes_every_function_anew_and_the_same_none(
    merged_template: dict[str, Any],
) -> None:
    before = versions(merged_template, {"MailRate": "14"})
    assert versions(merged_template, {"MailRate": "14"}) == before
    assert not versions(merged_template, {"MailRate": "15"}) & before


def test_a_release_is_another_one_by_its_code_its_template_and_when_asked_for() -> None:
    first = release_of({"Resources": {}}, "1" * 64, {"MailRate": "14"})
    others = {
        release_of({"Resources": {}}, "2" * 64, {"MailRate": "14"}),
        release_of({"Resources": {"A": {}}}, "1" * 64, {"MailRate": "14"}),
        release_of({"Resources": {}}, "1" * 64, {"MailRate": "14"}, again="2026-03-09T12:00:00Z"),
    }
    assert len(others | {first}) == 4
    assert release_of({"Resources": {}}, "1" * 64, {"MailRate": "14", PARAMETER: first}) == first


def test_only_the_apis_functions_pass_slowly_and_stop_by_alarms_of_their_new_version(seen: dict[str, Any]) -> None:
    groups = of_type(seen, "AWS::CodeDeploy::DeploymentGroup")
    assert set(groups) == {"APIHandlerDeploymentGroup", "SenderHandlerDeploymentGroup"}
    for name, group in groups.items():
        function = name.removesuffix("DeploymentGroup")
        policy = seen["Resources"][f"{function}Alias{ALIAS}"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        assert policy["DeploymentGroupName"] == {"Ref": name}
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        assert group["ServiceRoleArn"] == {"Fn::GetAtt": ["RolloutRole", "Arn"]}
        version = {"Fn::GetAtt": [f"{function}Version{RELEASE[:10]}", "Version"]}
        watched = [
            seen["Resources"][alarm["Name"]["Ref"]]["Properties"] for alarm in group["AlarmConfiguration"]["Alarms"]
        ]
        assert watched
        for alarm in watched:
            assert version in [each["Value"] for each in alarm["Dimensions"]]
            assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 1)


def test_who_shifts_requests_may_shift_those_of_the_functions_that_pass_slowly(seen: dict[str, Any]) -> None:
    [policy] = seen["Resources"]["RolloutRole"]["Properties"]["Policies"]
    aliases, alarms = policy["PolicyDocument"]["Statement"]
    assert alarms["Action"] == "cloudwatch:DescribeAlarms"
    slow = [name.removesuffix("DeploymentGroup") for name in of_type(seen, "AWS::CodeDeploy::DeploymentGroup")]
    named = [name_of(seen["Resources"][one]["Properties"]["FunctionName"], "${AWS::StackName}", {}) for one in slow]
    arn = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
    assert [each["Fn::Sub"] for each in aliases["Resource"]] == [
        f"{arn}{name}{end}" for name in named for end in ("", ":*")
    ]


def test_who_needs_it_at_once_has_it_at_once(merged_template: dict[str, Any]) -> None:
    at_once = transformed(merged_template, REGIONS[0], {"Rollout": "AllAtOnce"})
    for group in of_type(at_once, "AWS::CodeDeploy::DeploymentGroup").values():
        assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "AllAtOnce"}
