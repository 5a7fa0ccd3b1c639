"""What a run records of functions is told without ids, and what is new in it fails the run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.cloud import Cloud
from infra.deploy.use.deployment import Deployment
from infra.deploy.use.rights import hold_rights, record_rights
from infra.local.ministack import Ministack
from infra.local.strict_engine import leading_keys
from infra.rights import calls
from infra.rights.calls import Call, kept_calls, named_calls

AT, ACCOUNT = "us-east-1", "000000000000"
RESOURCES = {
    "DocumentsBucket": "casilla-documentsbucket-1f",
    "ExportsBucket": "casilla-exportsbucket-2f",
    "TokensTable": "casilla-TokensTable-3F",
    "StaffTable": "casilla-StaffTable-4F",
    "ExportsRequested": f"https://localhost:1/{ACCOUNT}/casilla-ExportsRequested-5F",
    "TokenSecret": "casilla-TokenSecret-6F",
    "DataKey": "ee9e8864-dd94-4e4e-8cf4-e6a0555fbb15",
    "AccessMail": "casilla-access-mail",
}
SES = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}"
DOCUMENTS, TOKENS = (
    "arn:aws:s3:::casilla-documentsbucket-1f",
    f"arn:aws:dynamodb:{AT}:{ACCOUNT}:table/casilla-TokensTable-3F",
)


@pytest.mark.parametrize(
    ("arn", "told", "named"),
    [
        (f"{DOCUMENTS}/notices/2026/11/28/TFWR-37HA-M9FP/00", {}, "${DocumentsBucket.Arn}/notices/{}"),
        (f"{DOCUMENTS}/desk/muni/registration-f1/9.pdf", {}, "${DocumentsBucket.Arn}/desk/{}/registration-{}"),
        (f"{DOCUMENTS}/uploads/person.u1/f1/a.pdf", {}, "${DocumentsBucket.Arn}/uploads/person.{}"),
        (f"{DOCUMENTS}/desk/muni/7KQ2-M9XA/9.pdf", {}, "${DocumentsBucket.Arn}/desk/{}"),
        ("arn:aws:s3:::casilla-exportsbucket-2f/2026/11/28/a/b", {}, "${ExportsBucket.Arn}/20{}/{}"),
        (DOCUMENTS, {"s3:prefix": "notices/2026/11/28/"}, "${DocumentsBucket.Arn}  s3:prefix=notices/{}"),
        (TOKENS, {"dynamodb:leadingkeys": ["session#6131"]}, "${TokensTable.Arn}  dynamodb:LeadingKeys=session#{}"),
        (
            f"{TOKENS}/index/by_subject",
            {"dynamodb:leadingkeys": ["muni#2026"]},
            "${TokensTable.Arn}/index/by_subject  dynamodb:LeadingKeys={}",
        ),
        (
            TOKENS,
            {"dynamodb:leadingkeys": ["position#digest#muni"]},
            "${TokensTable.Arn}  dynamodb:LeadingKeys=position#digest#{}",
        ),
        (TOKENS, {"dynamodb:leadingkeys": ["1-40000002"]}, "${TokensTable.Arn}  dynamodb:LeadingKeys={}"),
        (TOKENS, {"dynamodb:leadingkeys": ["#agreements"]}, "${TokensTable.Arn}  dynamodb:LeadingKeys=#agreements"),
        (
            f"arn:aws:dynamodb:{AT}:{ACCOUNT}:table/casilla-StaffTable-4F",
            {"dynamodb:leadingkeys": ["desk"]},
            "${StaffTable.Arn}  dynamodb:LeadingKeys=desk",
        ),
        (f"arn:aws:sqs:{AT}:{ACCOUNT}:casilla-ExportsRequested-5F", {}, "${ExportsRequested.Arn}"),
        (f"arn:aws:secretsmanager:{AT}:{ACCOUNT}:secret:casilla-TokenSecret-6F-abc123", {}, "${TokenSecret.Id}"),
        (
            f"arn:aws:kms:{AT}:{ACCOUNT}:key/ee9e8864-dd94-4e4e-8cf4-e6a0555fbb15",
            {"kms:viaservice": "s3.us-east-1.amazonaws.com"},
            "${DataKey.Arn}  kms:ViaService=s3.${AWS::Region}.amazonaws.com",
        ),
        (
            f"arn:aws:ses:{AT}:{ACCOUNT}:configuration-set/casilla-access-mail",
            {"ses:fromaddress": "a@b.example"},
            f"{SES}:configuration-set/${{AccessMail}}  ses:FromAddress=${{MailFrom}}",
        ),
        ("*", {}, "*"),
    ],
)
def test_a_call_is_told_by_the_templates_names_and_without_ids(arn: str, told: dict[str, Any], named: str) -> None:
    seen = [("casilla-send_alerts", "a:B", arn, told)]

    [call] = named_calls(seen, RESOURCES, stack="casilla", institutions=frozenset({"muni"}))

    assert str(call) == f"send_alerts  a:B  {named}"
    assert Call.read(str(call)) == call


def test_each_partition_key_of_a_call_counts_by_itself() -> None:
    seen = [("casilla-f", "dynamodb:BatchGetItem", TOKENS, {"dynamodb:leadingkeys": ["session#1", "ended#2"]})]

    told = {call.told for call in named_calls(seen, RESOURCES, stack="casilla", institutions=frozenset())}

    assert told == {(("dynamodb:LeadingKeys", "ended#{}"),), (("dynamodb:LeadingKeys", "session#{}"),)}


def test_nothing_that_is_kept_tells_of_anybody() -> None:
    for call in kept_calls():
        assert not [mark for mark in ("@", "-demo", "0000") if mark in str(call)], call


S = "S"
TRANSACTION = {
    "TransactItems": [
        {"Put": {"TableName": "t", "Item": {"id": {S: "a"}, "other": {S: "x"}}}},
        {"Delete": {"TableName": "t", "Key": {"id": {S: "b"}}}},
        {"Put": {"TableName": "u", "Item": {"id": {S: "c"}}}},
        {"ConditionCheck": {"TableName": "t", "Key": {"id": {S: "d"}}}},
    ]
}
QUERY = {
    "TableName": "t",
    "KeyConditionExpression": "(#0 = :0 AND begins_with (#1, :1))",
    "ExpressionAttributeNames": {"#0": "id", "#1": "item"},
    "ExpressionAttributeValues": {":0": {S: "a#1"}, ":1": {S: "b"}},
}


@pytest.mark.parametrize(
    ("call", "action", "keys"),
    [
        ({"TableName": "t", "Key": {"id": {S: "a"}}}, "GetItem", ["a"]),
        ({"TableName": "t", "Item": {"id": {S: "a"}, "item": {S: "b"}}}, "PutItem", ["a"]),
        (QUERY, "Query", ["a#1"]),
        ({"TableName": "t"}, "Scan", []),
        (
            {"RequestItems": {"t": {"Keys": [{"id": {S: "b"}}, {"id": {S: "a"}}]}, "u": {"Keys": []}}},
            "BatchGetItem",
            ["a", "b"],
        ),
        (TRANSACTION, "PutItem", ["a"]),
        (TRANSACTION, "DeleteItem", ["b"]),
        (TRANSACTION, "ConditionCheckItem", ["d"]),
        (TRANSACTION, "UpdateItem", []),
    ],
)
def test_the_engine_is_told_the_partition_keys_of_each_action_on_each_table(
    call: dict[str, Any], action: str, keys: list[str]
) -> None:
    assert leading_keys(call, "t", f"dynamodb:{action}", "id") == keys


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        engine = Ministack("https://127.0.0.1:1", tmp_path, ended)
    return Deployment(engine, Cloud(AT), {}, RESOURCES, {}, "casilla")


def note(deployment: Deployment, *seen: tuple[str, str, str, dict[str, Any]]) -> None:
    lines = "".join(json.dumps(each) + "\n" for each in seen)
    (deployment.engine.state_dir / "calls.jsonl").write_text(lines, encoding="utf-8")


KNOWN: tuple[str, str, str, dict[str, Any]] = (
    "casilla-sweep_orphans",
    "s3:ListBucket",
    DOCUMENTS,
    {"s3:prefix": "notices/2026/11/28/"},
)
NEW: tuple[str, str, str, dict[str, Any]] = (
    "casilla-check_uploads",
    "s3:DeleteObject",
    f"{DOCUMENTS}/notices/2026/11/28/N/00",
    {},
)


def test_a_run_that_asks_for_what_is_kept_holds(deployment: Deployment) -> None:
    said: list[str] = []
    note(deployment, KNOWN)

    hold_rights(deployment, said.append)

    assert said == [f"functions asked for 1 kinds of calls, each kept; {len(kept_calls()) - 1} kept were not asked for"]


def test_a_run_that_asks_for_something_new_fails_and_tells_how_to_keep_it(deployment: Deployment) -> None:
    note(deployment, KNOWN, NEW)

    with pytest.raises(AssertionError, match="--record") as failed:
        hold_rights(deployment, print)

    assert str(failed.value).endswith("\ncheck_uploads  s3:DeleteObject  ${DocumentsBucket.Arn}/notices/{}")


def test_what_is_recorded_takes_the_place_of_what_was_kept(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "KEPT", tmp_path / "kept.txt")
    note(deployment, NEW, KNOWN, KNOWN)

    record_rights(deployment, lambda _: None)

    assert [call.function for call in kept_calls()] == ["check_uploads", "sweep_orphans"]
