"""Judge questions about policies by the engine's own evaluation: a line of JSON in, a line of JSON out.

Run by the engine's own interpreter, and by nothing else: it imports no module of this project. A question has `policy`,
`action`, `resource` and `told`, the condition keys that the call carries. The answer to each is Allow, Deny or
ImplicitDeny.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

_evaluator = import_module("ministack.core.iam_evaluator")


def judge(question: dict[str, Any]) -> str:
    """Return the decision about one call under one policy."""
    context = _evaluator.EvalContext(
        principal_arn="arn:aws:sts::000000000000:assumed-role/role/session",
        principal_type="AssumedRole",
        principal_account="000000000000",
        action=question["action"],
        resource_arn=question["resource"],
        region="us-east-1",
        secure_transport=True,
        service_context={key.lower(): value for key, value in question["told"].items()},
    )
    return str(_evaluator.evaluate(context, [_evaluator.parse_policy_document(question["policy"])]).decision)


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps([judge(question) for question in json.loads(line)]) + "\n")
        sys.stdout.flush()
