"""Give a role whose policy is longer than a role's own may be the same rights by policies beside it.

IAM takes 10,240 characters of a role's own policies together, and 6,144 of each that is attached, of ten. References to
tables become longer than they are written, and the longest stack's name is in each.
"""

from __future__ import annotations

import json
from typing import Any

MOST_WRITTEN = 6000
"""Characters of a role's own policy as it is written here, resolved at most about as many."""
EACH_WRITTEN = 5000
"""The same of a policy that is attached."""


def attach_large_policies(merged: dict[str, Any]) -> None:
    """Rewrite the merged template's roles, after all else that speaks of their policies."""
    resources = merged["Resources"]
    for name in [name for name, one in resources.items() if one["Type"] == "AWS::IAM::Role"]:
        properties = resources[name]["Properties"]
        statements = [said for one in properties.get("Policies", ()) for said in one["PolicyDocument"]["Statement"]]
        if sum(map(_written, statements)) <= MOST_WRITTEN:
            continue
        del properties["Policies"]
        attached = properties.setdefault("ManagedPolicyArns", [])
        for number, part in enumerate(_parts(statements), 1):
            resources[f"{name}Policy{number}"] = {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {
                    "Description": f"Part {number} of what {name} may do",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": part},
                },
            }
            attached.append({"Ref": f"{name}Policy{number}"})


def _parts(statements: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    parts: list[list[dict[str, Any]]] = [[]]
    for statement in statements:
        if parts[-1] and sum(map(_written, [*parts[-1], statement])) > EACH_WRITTEN:
            parts.append([])
        parts[-1].append(statement)
    return parts


def _written(statement: dict[str, Any]) -> int:
    return len(json.dumps(statement, separators=(",", ":")))
