"""Have the package work on restored tables where the parameter RestoredTables says so, and on its own otherwise.

The template's tables stay what they are: CloudFormation neither replaces nor forgets them. Whatever a function or a
policy says of a table gets a second meaning, so that pointing a stack to restored tables is a change of parameters.
"""

from __future__ import annotations

import re
from typing import Any

_CONDITION = "HasRestoredTables"
_WORKING = frozenset({"AWS::Serverless::Function", "AWS::IAM::Role"})
"""What speaks of tables in order to use them."""
_ARN = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${RestoredTables}-"
EVENTS, _STREAM = "EventsTable", "StreamArn"


def let_restored_tables_serve(merged: dict[str, Any]) -> None:
    """Rewrite the merged template's functions and policies."""
    tables = {name for name, r in merged["Resources"].items() if r["Type"] == "AWS::DynamoDB::Table"}
    for resource in merged["Resources"].values():
        if resource["Type"] in _WORKING:
            resource["Properties"] = with_a_choice(resource["Properties"], tables)
    if "Globals" in merged:
        merged["Globals"] = with_a_choice(merged["Globals"], tables)


def with_a_choice(value: Any, tables: set[str]) -> Any:
    """Return a part of a template in which each word of a table means the restored one where there is one."""
    if isinstance(value, list):
        return [with_a_choice(item, tables) for item in value]
    if not isinstance(value, dict):
        return value
    restored = _restored(value, tables)
    if restored is not None:
        return {"Fn::If": [_CONDITION, restored, value]}
    return {key: with_a_choice(item, tables) for key, item in value.items()}


def _restored(value: dict[str, Any], tables: set[str]) -> Any:
    """Return what a reference says of the restored table; None where it is no reference to a table."""
    if len(value) != 1:
        return None
    [(function, said)] = value.items()
    if function == "Ref" and said in tables:
        return {"Fn::Sub": f"${{RestoredTables}}-{said}"}
    if function == "Fn::GetAtt" and said[0] in tables:
        return {"Ref": "RestoredEventsStream"} if said[1] == _STREAM else {"Fn::Sub": f"{_ARN}{said[0]}"}
    if function == "Fn::Sub" and isinstance(said, str):
        if said == f"${{{EVENTS}.{_STREAM}}}":
            return {"Ref": "RestoredEventsStream"}
        told = re.sub(r"\$\{(\w+)(?:\.(\w+))?\}", lambda match: _in_text(match, tables), said)
        return None if told == said else {"Fn::Sub": told}
    return None


def _in_text(match: re.Match[str], tables: set[str]) -> str:
    name, attribute = match[1], match[2]
    if name not in tables:
        return match[0]
    if attribute is None:
        return f"${{RestoredTables}}-{name}"
    return "${RestoredEventsStream}" if attribute == _STREAM else f"{_ARN}{name}"
