"""What keeps a stack from losing things by somebody else's hand: a stack policy and termination protection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infra.deploy.changes import IRREPLACEABLE

_ALLOWED = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
_DENIED = {"Effect": "Deny", "Principal": "*", "Action": ["Update:Replace", "Update:Delete"]}


def policy() -> dict[str, Any]:
    """Return the stack policy: everything may change, nothing irreplaceable may be replaced or deleted."""
    kinds = {"StringEquals": {"ResourceType": sorted(IRREPLACEABLE)}}
    return {"Statement": [_ALLOWED, {**_DENIED, "Resource": "*", "Condition": kinds}]}


def policy_but_for(given_up: frozenset[str], template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the policy of the one update that removes these things of a stack: it names all the others.

    A change set takes no policy of its own, and what one statement denies no other allows.
    """
    kept = [
        f"LogicalResourceId/{name}"
        for name, resource in sorted(template["Resources"].items())
        if resource["Type"] in IRREPLACEABLE and name not in given_up
    ]
    return {"Statement": [_ALLOWED, *([{**_DENIED, "Resource": kept}] if kept else [])]}


def guard(cfn: Any, stack: str, said: Mapping[str, Any] | None = None) -> None:
    """Set both, the policy or another one for a while; again, it changes nothing."""
    cfn.set_stack_policy(StackName=stack, StackPolicyBody=json.dumps(said or policy()))
    cfn.update_termination_protection(StackName=stack, EnableTerminationProtection=True)
