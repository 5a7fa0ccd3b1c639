"""Hold what was found against the reasons of `accepted.toml`: neither may be without the other."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

ACCEPTED = Path(__file__).with_name("accepted.toml")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A check that a resource fails: `CKV_AWS_116`, `AWS::Lambda::Function.APIHandler`, and what the check asks for."""

    check: str
    resource: str
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Why findings of a check stay, for the resources whose names match one of the patterns."""

    check: str
    resources: tuple[str, ...]
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Tell whether it is the reason of a finding."""
        return finding.check == self.check and any(fnmatchcase(finding.resource, each) for each in self.resources)


def read_accepted(path: Path = ACCEPTED) -> list[Accepted]:
    """Return the reasons, in the order of the file.

    Raises:
        KeyError: one lacks its check, its resources or its reason.

    """
    said = tomllib.loads(path.read_text(encoding="utf-8"))["accepted"]
    return [Accepted(each["check"], tuple(each["resources"]), each["reason"]) for each in said]


def judge(findings: Iterable[Finding], accepted: Iterable[Accepted]) -> list[str]:
    """Return what is wrong, a line each: findings without a reason, and patterns of resources that match no finding."""
    found, reasons = sorted(findings), list(accepted)
    wrong = [
        f"{each.check} {each.resource}: {each.asked}. Corríjalo en infra/resources, o dé la razón en {ACCEPTED.name}."
        for each in found
        if not any(reason.covers(each) for reason in reasons)
    ]
    patterns = [Accepted(reason.check, (pattern,), "") for reason in reasons for pattern in reason.resources]
    idle = [each for each in patterns if not any(map(each.covers, found))]
    wrong += [
        f"{each.check} {each.resources[0]}: ya no se encuentra. Quite su razón de {ACCEPTED.name}." for each in idle
    ]
    return wrong
