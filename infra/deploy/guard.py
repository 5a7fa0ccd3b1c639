"""What keeps a stack from losing things by somebody else's hand: a stack policy and termination protection."""

from __future__ import annotations

import json
from typing import Any

from infra.deploy.changes import IRREPLACEABLE


def policy() -> dict[str, Any]:
    """Return the stack policy: everything may change, nothing irreplaceable may be replaced or deleted."""
    kinds = {"StringEquals": {"ResourceType": sorted(IRREPLACEABLE)}}
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
    denied = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["Update:Replace", "Update:Delete"],
        "Resource": "*",
        "Condition": kinds,
    }
    return {"Statement": [allowed, denied]}


def guard(cfn: Any, stack: str) -> None:
    """Set both; again, it changes nothing."""
    cfn.set_stack_policy(StackName=stack, StackPolicyBody=json.dumps(policy()))
    cfn.update_termination_protection(StackName=stack, EnableTerminationProtection=True)
