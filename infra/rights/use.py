"""Which allowances some calls make use of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from infra.rights.calls import Call
from infra.rights.judge import Question, allowed
from infra.rights.policies import Allowance, allowances, functions

_SEVERAL = frozenset({"dynamodb:LeadingKeys", "kms:EncryptionContextKeys"})
"""Condition keys that have several values."""


def asked_of(policy: dict[str, Any], call: Call) -> Question:
    """Return the question whether a policy allows a call."""
    told = {key: [value] if key in _SEVERAL else value for key, value in call.told}
    return Question(policy, call.action, call.resource, told)


def all_allowances() -> list[Allowance]:
    """Return what the functions' policies allow, taken apart."""
    return [each for function in functions() for each in allowances(function)]


def uses(every: Iterable[Allowance], calls: Iterable[Call]) -> list[tuple[Allowance, Call]]:
    """Return each allowance with each call that it allows."""
    known = [*calls]
    pairs = [
        (each, call) for each in every for call in known if (each.function, each.action) == (call.function, call.action)
    ]
    answers = allowed([asked_of(each.policy, call) for each, call in pairs])
    return [pair for pair, yes in zip(pairs, answers, strict=True) if yes]
