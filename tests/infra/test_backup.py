"""Every table and the documents are copied; copies are kept as long as is said, and leave the account by parameter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.package import ROOT
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
