"""Every table and the documents are copied; copies are kept as long as is said, and leave the account by parameter."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.package import ROOT
from infra.rights.judge import Question, judged
from infra.template import _Loader, load_template

TEMPLATE = load_template()
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
PLAN = RESOURCES["BackupPlan"]["Properties"]["BackupPlan"]
RULES: list[dict[str, Any]] = PLAN["BackupPlanRule"]
OTHER = _Loader((ROOT / "infra" / "copies.yaml").read_text("utf-8")).get_single_data()
READ_ONLY = {"Describe", "Get", "List"}


def statements(resource: dict[str, Any]) -> list[dict[str, Any]]:
    [policy] = resource["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def test_every_table_and_the_documents_are_copied_and_restored_tables_too() -> None:
    selected = RESOURCES["BackupSelection"]["Properties"]["BackupSelection"]["Resources"]
    names = {one["Fn::GetAtt"][0] for one in selected if "Fn::GetAtt" in one}
    tables = {name for name, each in RESOURCES.items() if each.get("Type") == "AWS::DynamoDB::Table"}
    assert names == {*tables, "DocumentsBucket"}
    [restored] = [one["Fn::If"] for one in selected if "Fn::If" in one]
    assert restored[0] == "HasRestoredTables"
    assert restored[1]["Fn::Sub"].endswith(":table/${RestoredTables}-*")


def test_what_is_copied_can_be_copied() -> None:
    assert RESOURCES["DocumentsBucket"]["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    tables = [each for each in RESOURCES.values() if each.get("Type") == "AWS::DynamoDB::Table"]
    assert all(t["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] for t in tables)


def test_there_is_a_copy_each_night_and_one_a_month_that_is_kept_longer() -> None:
    kept = {rule["RuleName"]: rule["Lifecycle"]["DeleteAfterDays"]["Ref"] for rule in RULES}
    assert kept == {"nightly": "BackupDays", "monthly": "BackupMonths"}
    days, months = (TEMPLATE["Parameters"][name] for name in ("BackupDays", "BackupMonths"))
    assert days["Default"] < months["Default"]


@pytest.mark.parametrize("vault", [RESOURCES["BackupVault"], OTHER["Resources"]["Copies"]], ids=["own", "other"])
def test_a_vault_is_locked_and_takes_every_retention_that_can_be_set(vault: dict[str, Any]) -> None:
    lock = vault["Properties"]["LockConfiguration"]
    for name in ("BackupDays", "BackupMonths"):
        parameter = TEMPLATE["Parameters"][name]
        assert lock["MinRetentionDays"] <= parameter["MinValue"]
        assert parameter["MaxValue"] <= lock["MaxRetentionDays"]


@pytest.mark.parametrize("stack", [RESOURCES, OTHER["Resources"]], ids=["own", "other"])
def test_vaults_and_their_keys_outlive_their_stack_but_not_a_first_creation_that_failed(stack: dict[str, Any]) -> None:
    kept = [each for each in stack.values() if each.get("Type") in {"AWS::Backup::BackupVault", "AWS::KMS::Key"}]
    assert kept
    for each in kept:
        assert (each["DeletionPolicy"], each["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_only_the_other_accounts_lock_can_never_be_lifted() -> None:
    own, other = (
        each["Properties"]["LockConfiguration"] for each in (RESOURCES["BackupVault"], OTHER["Resources"]["Copies"])
    )
    assert "ChangeableForDays" not in own
    assert "ChangeableForDays" in other


def test_copies_leave_the_account_where_there_is_a_vault_and_only_then() -> None:
    for rule in RULES:
        condition, copies, none = rule["CopyActions"]["Fn::If"]
        assert (condition, none) == ("HasBackupCopies", {"Ref": "AWS::NoValue"})
        [copy] = copies
        assert copy["DestinationBackupVaultArn"] == {"Ref": "BackupCopyVaultArn"}
        assert copy["Lifecycle"] == rule["Lifecycle"]


def test_the_other_account_may_decrypt_copies_and_nothing_else_of_this_one() -> None:
    keys = {name: json.dumps(each["Properties"]["KeyPolicy"]) for name, each in RESOURCES.items()
            if each.get("Type") == "AWS::KMS::Key"}  # fmt: skip
    assert {name for name, policy in keys.items() if "BackupCopyVaultArn" in policy} == {"BackupKey"}
    granted = [
        one["Fn::If"][1] for one in RESOURCES["BackupKey"]["Properties"]["KeyPolicy"]["Statement"] if "Fn::If" in one
    ]
    assert len(granted) == 2
    assert all("kms:*" not in json.dumps(one["Action"]) for one in granted)


def test_a_change_of_the_keys_policy_does_not_look_like_another_key_of_the_vault() -> None:
    """An attribute counts as changed with whatever is changed of its resource, its name only with its replacement."""
    key = RESOURCES["BackupVault"]["Properties"]["EncryptionKeyArn"]
    assert key == {"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${BackupKey}"}


@pytest.mark.parametrize("metric", ["NumberOfBackupJobsCompleted", "NumberOfCopyJobsCompleted"])
def test_missing_copies_of_one_kind_are_not_hidden_by_those_of_the_other(metric: str) -> None:
    selected = RESOURCES["BackupSelection"]["Properties"]["BackupSelection"]["Resources"]
    copied = {RESOURCES[one["Fn::GetAtt"][0]]["Type"].split("::")[1] for one in selected if "Fn::GetAtt" in one}
    watching = [
        each["Properties"] for each in RESOURCES.values() if each.get("Properties", {}).get("MetricName") == metric
    ]
    vault = {"Name": "BackupVaultName", "Value": {"Ref": "BackupVault"}}

    assert [each["Dimensions"][0] for each in watching] == [vault] * len(watching)
    assert {each["Dimensions"][1]["Name"] for each in watching} == {"ResourceType"}
    assert sorted(each["Dimensions"][1]["Value"] for each in watching) == sorted(copied)


def test_aws_backup_reads_what_it_copies_and_neither_writes_nor_deletes_any_of_it() -> None:
    for statement in statements(RESOURCES["BackupRole"]):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        for action in actions:
            service, _, verb = action.partition(":")
            if service in {"dynamodb", "s3"} and not any(verb.startswith(word) for word in READ_ONLY):
                assert verb in {"StartAwsBackupJob", "PutBucketNotification", "PutInventoryConfiguration"}
        assert "*" not in actions


def test_who_restores_writes_no_table_in_use_beside_what_the_check_found() -> None:
    found = RESOURCES["RestoreAccess"]["Properties"]["PolicyDocument"]["Statement"]
    writing = {
        one["Sid"]: one
        for one in found
        if any(verb in json.dumps(one["Action"]) for verb in ("dynamodb:Put", "dynamodb:Delete", "dynamodb:Update"))
    }
    assert set(writing) == {"IntoRestoredOnes", "ResultOfTheCheck"}
    assert writing["IntoRestoredOnes"]["Resource"]["Fn::Sub"].endswith(":table/${AWS::StackName}-r*")
    assert writing["ResultOfTheCheck"]["Condition"] == {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["#restore"]}
    }
    assert not [one for one in RESOURCES if one.startswith("r") and one.endswith("Table")], "a table in use would match"
    assert "s3:Put" not in json.dumps(found)
    assert "s3:Delete" not in json.dumps(found)


ACCOUNT = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "000000000000",
    "AWS::StackName": "casilla",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:000000000000:stack/casilla/1",
    "DocumentsBucket.Arn": "arn:aws:s3:::documents",
    "Operator.Arn": "arn:aws:lambda:us-east-1:000000000000:function:casilla-operator",
    "InstitutionsTable.Arn": "arn:aws:dynamodb:us-east-1:000000000000:table/casilla-InstitutionsTable-X1",
    "DataKey.Arn": "arn:aws:kms:us-east-1:000000000000:key/data",
}
OBJECT = "arn:aws:s3:::documents/notices/institution/2026/11/AS3B3MEJC22A/documento.pdf"
TABLES = "arn:aws:dynamodb:us-east-1:000000000000:table/casilla-"
COMMANDS = {
    "aws cloudformation describe-stack-resource": [("cloudformation:DescribeStackResource", ACCOUNT["AWS::StackId"])],
    "aws dynamodb get-item": [
        ("dynamodb:GetItem", f"{TABLES}r20261128-NoticesTable"),
        ("kms:Decrypt", ACCOUNT["DataKey.Arn"]),
    ],
    "aws dynamodb put-item": [
        ("dynamodb:PutItem", f"{TABLES}NoticesTable-X1"),
        ("kms:Decrypt", ACCOUNT["DataKey.Arn"]),
    ],
    "aws s3api copy-object": [
        ("s3:GetObjectVersion", OBJECT),
        ("s3:PutObject", OBJECT),
        ("kms:Decrypt", ACCOUNT["DataKey.Arn"]),
        ("kms:GenerateDataKey", ACCOUNT["DataKey.Arn"]),
    ],
}
"""What each command of *One item* and *One object* asks policies for."""


def meant(value: Any) -> Any:
    """Return a part of the template as it is in a stack."""
    if isinstance(value, list):
        return [meant(each) for each in value]
    if not isinstance(value, dict):
        return value
    match list(value.items()):
        case [("Ref", str(name))]:
            return ACCOUNT[name]
        case [("Fn::GetAtt", [resource, attribute])]:
            return ACCOUNT[f"{resource}.{attribute}"]
        case [("Fn::Sub", str(text))]:
            return re.sub(r"\$\{([\w:.]+)\}", lambda name: ACCOUNT[name[1]], text)
    return {key: meant(each) for key, each in value.items()}


def policy_document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = meant(RESOURCES[name]["Properties"]["PolicyDocument"])
    return found


def mending() -> set[str]:
    """Return the commands of AWS that the runbook has for one item and one object."""
    chapter = (
        (ROOT / "docs" / "runbook.md")
        .read_text("utf-8")
        .partition("### One item\n")[2]
        .partition("### The bucket\n")[0]
    )
    blocks = re.findall(r"```sh\n(.*?)```", chapter, re.DOTALL)
    return set(re.findall(r"aws [a-z0-9]+ [a-z-]+", "".join(blocks)))


def test_who_mends_may_do_what_the_runbook_says_and_no_bucket_policy_refuses_it() -> None:
    assert mending() == COMMANDS.keys()
    asked = [one for command in mending() for one in COMMANDS[command]]
    both = {
        "Version": "2012-10-17",
        "Statement": [
            *(one for name in ("RestoreAccess", "MendAccess") for one in policy_document(name)["Statement"]),
            *(one for one in policy_document("DocumentsBucketPolicy")["Statement"]),
        ],
    }
    assert judged([Question(both, *one) for one in asked]) == ["Allow"] * len(asked)
    assert judged([Question(both, "s3:DeleteObjectVersion", OBJECT)]) == ["Deny"], "a mark is a version too"


def test_who_only_restores_writes_no_item_and_no_object_in_use() -> None:
    alone = policy_document("RestoreAccess")
    notices = {"dynamodb:LeadingKeys": ["AS3B3MEJC22A"]}
    assert judged(
        [
            Question(alone, "dynamodb:PutItem", f"{TABLES}NoticesTable-X1", notices),
            Question(alone, "s3:PutObject", OBJECT),
            Question(alone, "dynamodb:PutItem", f"{TABLES}r20261128-NoticesTable", notices),
        ]
    ) == ["ImplicitDeny", "ImplicitDeny", "Allow"]


def test_who_mends_deletes_nothing_and_writes_no_other_document() -> None:
    alone = policy_document("MendAccess")
    asked = [
        ("dynamodb:DeleteItem", f"{TABLES}NoticesTable-X1"),
        ("s3:DeleteObject", OBJECT),
        ("s3:PutObject", "arn:aws:s3:::documents/other"),
        ("s3:PutObject", "arn:aws:s3:::uploads/notices/x"),
    ]
    assert judged([Question(alone, *one) for one in asked]) == ["ImplicitDeny"] * len(asked)
