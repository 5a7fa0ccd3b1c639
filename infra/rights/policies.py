"""The functions' policies, with the template's names in place of ARNs, and what each of them allows, one by one."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.template import load_template

_FOLDER = Path(__file__).parents[2] / ".chalice"


@dataclass(frozen=True, slots=True)
class Allowance:
    """One action on one pattern of resources under one value of each condition: the least that can be taken away."""

    function: str
    sid: str
    action: str
    resource: str
    """A pattern; of a statement that excepts resources what it excepts, after `not `."""
    under: str
    """The conditions, as `key=value` with commas; empty where there is none."""
    policy: dict[str, Any] = field(hash=False, compare=False)
    """A policy that allows this and nothing else."""


def functions() -> list[str]:
    """Return the names of the functions that have a policy."""
    return [path.stem.removeprefix("policy-") for path in sorted(_FOLDER.glob("policy-*.json"))]


def policy_of(function: str) -> dict[str, Any]:
    """Return a function's policy, its references written as `${Name.Attribute}`."""
    written: dict[str, Any] = _named(json.loads((_FOLDER / f"policy-{function}.json").read_text(encoding="utf-8")))
    return written


def allowances(function: str) -> list[Allowance]:
    """Return all that a function's policy allows, taken apart."""
    return [each for statement in policy_of(function)["Statement"] for each in _apart(function, statement)]


def _apart(function: str, statement: dict[str, Any]) -> Iterator[Allowance]:
    excepts = "NotResource" in statement
    element = "NotResource" if excepts else "Resource"
    for action, resource, conditions in itertools.product(
        statement["Action"], _listed(statement[element]), _single_conditions(statement.get("Condition", {}))
    ):
        alone = {"Effect": "Allow", "Action": [action], element: [resource], "Condition": _joined(conditions)}
        under = ",".join(f"{key}={value}" for _, key, value in conditions)
        named = f"not {resource}" if excepts else resource
        yield Allowance(function, statement["Sid"], action, named, under, {"Statement": [alone]})


def _single_conditions(conditions: dict[str, dict[str, Any]]) -> list[tuple[tuple[str, str, str], ...]]:
    """Return every choice of one value for each condition key."""
    keys = [
        [(operator, key, value) for value in _listed(values)]
        for operator, tests in conditions.items()
        for key, values in tests.items()
    ]
    return [*itertools.product(*keys)]


def _joined(conditions: tuple[tuple[str, str, str], ...]) -> dict[str, dict[str, str]]:
    joined: dict[str, dict[str, str]] = {}
    for operator, key, value in conditions:
        joined.setdefault(operator, {})[key] = value
    return joined


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(part: Any) -> Any:
    if isinstance(part, list):
        return [_named(each) for each in part]
    if not isinstance(part, dict):
        return part
    if "Fn::GetAtt" in part:
        return "${{{}.{}}}".format(*part["Fn::GetAtt"])
    if "Ref" in part:
        return f"${{{part['Ref']}}}"
    if "Fn::Sub" in part:
        return part["Fn::Sub"] if isinstance(part["Fn::Sub"], str) else part["Fn::Sub"][0]
    return {name: _named(each) for name, each in part.items()}


def bucket_policy(bucket: str) -> dict[str, Any]:
    """Return a bucket's own policy, its references written as `${Name.Attribute}`."""
    resources = load_template()["Resources"].values()
    [document] = [
        each["Properties"]["PolicyDocument"]
        for each in resources
        if each.get("Type") == "AWS::S3::BucketPolicy" and each["Properties"]["Bucket"] == {"Ref": bucket}
    ]
    written: dict[str, Any] = _named(document)
    return written
