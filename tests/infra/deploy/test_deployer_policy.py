from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest

import infra.deploy
from infra.deploy.stage import STAGES
from infra.template import load_template

POLICY = json.loads((STAGES / "deployer-policy.json").read_text("utf-8"))
PROGRAM = Path(infra.deploy.__file__).parent
ONLY_LOCAL = {"engine_view.py", "local.py"}
SERVICES = ("acm", "apigateway", "cloudformation", "cloudwatch", "lambda", "s3", "sesv2", "sns", "sts")
ACTIONS = {
    "apigateway:GetAccount": {"apigateway:GET"},
    "lambda:Invoke": {"lambda:InvokeFunction"},
    "s3:GetObject": {"s3:GetObject"},
    "s3:HeadBucket": {"s3:ListBucket"},
    "s3:HeadObject": {"s3:GetObject"},
    "s3:ListObjectsV2": {"s3:ListBucket"},
    "s3:PutBucketEncryption": {"s3:PutEncryptionConfiguration"},
    "s3:PutPublicAccessBlock": {"s3:PutBucketPublicAccessBlock"},
    "s3:UploadFile": {"s3:PutObject"},
}
"""Calls whose action has another name."""


def calls() -> set[str]:
    """Return what the program calls, such as `sns:GetSMSAttributes`, by its methods and its paginators."""
    operations: dict[str, set[str]] = {"upload_file": {"s3:UploadFile"}}
    make: Any = boto3.Session("test", "test", region_name="us-east-1").client
    for service in SERVICES:
        for method, operation in make(service).meta.method_to_api_mapping.items():
            operations.setdefault(method, set()).add(f"{service.removesuffix('v2')}:{operation}")
    found: set[str] = set()
    for path in PROGRAM.glob("*.py"):
        if path.name in ONLY_LOCAL:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "value", None)
            found |= operations.get(name, set()) if isinstance(name, str) else set()
    return found


def allowed() -> set[str]:
    """Return what the program itself may do, without what CloudFormation does for it."""
    own = [one for one in POLICY["Statement"] if "Condition" not in one]
    return {action for one in own for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])}


def test_the_deployer_may_do_what_the_program_calls_and_nothing_else() -> None:
    made = calls() | {"lambda:Invoke"}  # by infra/operate.py
    needed = {action for call in made for action in ACTIONS.get(call, {call})}
    assert {"cloudformation:ExecuteChangeSet", "s3:PutObject", "ses:GetAccount"} <= needed
    assert allowed() == needed


def test_cloudformation_may_make_whatever_the_template_has() -> None:
    [through] = [one for one in POLICY["Statement"] if "Condition" in one]
    assert through["Condition"] == {"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}
    services = {action.partition(":")[0] for action in through["Action"]}
    kinds = {one["Type"] for one in load_template()["Resources"].values() if "Type" in one}
    named = {kind.split("::")[1].lower() for kind in kinds}
    assert {"dynamodb", "kms", "s3"} <= named
    assert {{"serverless": "lambda"}.get(name, name) for name in named} <= services


@pytest.mark.parametrize("statement", POLICY["Statement"], ids=lambda one: one["Sid"])
def test_no_account_nor_stack_is_written_down(statement: dict[str, Any]) -> None:
    assert not re.search(r"\d{12}", json.dumps(statement))
