"""Ask the engine's evaluation of policies, without an engine running.

The engine is a program of its own, kept apart from what the service is made of. So is its evaluation.
"""

from __future__ import annotations

import atexit
import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from infra.local import ministack

_PROGRAM = Path(__file__).with_name("engine_judge.py")


class JudgeError(Exception):
    """There was no answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """One call under one policy; resources are names or ARNs, whichever the policy has."""

    policy: dict[str, Any]
    action: str
    resource: str
    told: dict[str, Any] = field(default_factory=dict)
    """Condition keys that the call carries."""


def judged(questions: Sequence[Question]) -> list[str]:
    """Return Allow, Deny or ImplicitDeny for each, in order.

    Raises:
        JudgeError: the engine's evaluation failed.
        MinistackError: the engine could not be installed.

    """
    judge = _judge()
    try:
        judge.stdin.write(json.dumps([asdict(question) for question in questions]) + "\n")  # type: ignore[union-attr]
        judge.stdin.flush()  # type: ignore[union-attr]
        decisions: list[str] = json.loads(judge.stdout.readline())  # type: ignore[union-attr]
    except (OSError, ValueError) as error:
        raise JudgeError("the engine's evaluation of policies failed, see above") from error
    return decisions


@cache
def _judge() -> subprocess.Popen[str]:
    """Start one that answers until this process ends: it takes longer to start than to answer."""
    command = (str(ministack.install()), "-P", str(_PROGRAM))
    judge = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(judge.communicate)
    return judge


def allowed(questions: Sequence[Question]) -> list[bool]:
    """Return of each whether it is allowed."""
    return [decision == "Allow" for decision in judged(questions)]
