"""What functions were seen to ask of AWS, without whatever differs from run to run, kept in `calls.txt`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEPT = Path(__file__).with_name("calls.txt")
_REGION = "${AWS::Region}"
_NAME_OF_A_JOB = re.compile(r"(position#[a-z_-]+)(#.*)?")
_KIND = re.compile(r"(#?[a-z_-]+)#.*")
_WORD = re.compile(r"[a-z]+")
_SCAN = re.compile(r"desk/[^/]+/registration-.*")
_OF_A_PERSON = re.compile(r"uploads/person\..*")
_OF_A_DAY = re.compile(r"20\d\d/.*")
_FOLDER = re.compile(r"([a-z]+/).*")


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """What a function asked for, in the template's names; `{}` stands for what differs from call to call."""

    function: str
    action: str
    resource: str
    told: tuple[tuple[str, str], ...] = ()
    """Condition keys that policies ask for, in order."""

    def __str__(self) -> str:
        """Write it as one line."""
        return "  ".join((self.function, self.action, self.resource, *(f"{key}={value}" for key, value in self.told)))

    @classmethod
    def read(cls, line: str) -> Call:
        """Read what `str` wrote."""
        function, action, resource, *told = line.split("  ")
        pairs = [each.partition("=") for each in told]
        return cls(function, action, resource, tuple((key, value) for key, _, value in pairs))


def kept_calls() -> list[Call]:
    """Return what is kept."""
    return [Call.read(line) for line in KEPT.read_text(encoding="utf-8").splitlines()]


def keep(calls: Iterable[Call]) -> None:
    """Keep these in place of those before."""
    KEPT.write_text("".join(f"{call}\n" for call in sorted(set(calls))), encoding="utf-8")


def named_calls(
    seen: Iterable[tuple[str, str, str, Mapping[str, Any]]],
    resources: Mapping[str, str],
    *,
    stack: str,
    institutions: frozenset[str],
) -> set[Call]:
    """Return what was seen (session, action, ARN, what else was told) in the template's names.

    `resources` are the stack's physical names by logical id. `institutions` are ids that look like a kind of key.
    """
    logical = {physical.rpartition("/")[2]: name for name, physical in resources.items()}
    named: set[Call] = set()
    for session, action, arn, told in seen:
        function, resource = session.removeprefix(f"{stack}-"), _resource(arn, logical)
        named |= {Call(function, action, resource, pairs) for pairs in _told(told, institutions)}
    return named


def _resource(arn: str, logical: Mapping[str, str]) -> str:
    parts = arn.split(":", 5)
    if len(parts) < 6:  # noqa: PLR2004 - not an ARN: a text message to a phone has none
        return arn
    service, what = parts[2], parts[5]
    if service == "s3":
        bucket, slash, key = what.partition("/")
        return f"${{{logical[bucket]}.Arn}}{slash}{_object_key(key)}"
    if service == "dynamodb":
        table, slash, index = what.removeprefix("table/").partition("/")
        return f"${{{logical[table]}.Arn}}{slash}{index}"
    if service == "ses":
        kind, _, name = what.partition("/")
        known = f"${{{logical[name]}}}" if kind == "configuration-set" else "${MailFrom}"
        return f"arn:${{AWS::Partition}}:ses:{_REGION}:${{AWS::AccountId}}:{kind}/{known}"
    if service == "secretsmanager":
        name, _, _ = what.removeprefix("secret:").rpartition("-")  # what Secrets Manager adds
        return f"${{{logical[name]}.Id}}"
    return f"${{{logical[what.rpartition('/')[2]]}.Arn}}"


def _told(told: Mapping[str, Any], institutions: frozenset[str]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield the pairs that are told; of several partition keys each by itself, since a policy asks it of each."""
    keys = told.get("dynamodb:leadingkeys", ())
    if keys:
        yield from {(("dynamodb:LeadingKeys", _partition_key(key, institutions)),) for key in keys}
        return
    pairs = []
    if "s3:prefix" in told:
        pairs.append(("s3:prefix", _object_key(told["s3:prefix"])))
    if "ses:fromaddress" in told:
        pairs.append(("ses:FromAddress", "${MailFrom}"))
    if "kms:viaservice" in told:
        service, _, _ = told["kms:viaservice"].partition(".")
        pairs.append(("kms:ViaService", f"{service}.{_REGION}.amazonaws.com"))
    pairs += [("kms:EncryptionContextKeys", key) for key in told.get("kms:encryptioncontextkeys", ())]
    yield tuple(pairs)


def _partition_key(key: str, institutions: frozenset[str]) -> str:
    if job := _NAME_OF_A_JOB.fullmatch(key):
        return job[1] + ("#{}" if job[2] else "")
    kind = _KIND.fullmatch(key)
    if kind and kind[1] not in institutions:
        return f"{kind[1]}#{{}}"
    is_word = key not in institutions and _WORD.fullmatch(key)
    return key if is_word or key.startswith("#") else "{}"


def _object_key(key: str) -> str:
    if _SCAN.fullmatch(key):
        return "desk/{}/registration-{}"
    if _OF_A_PERSON.fullmatch(key):
        return "uploads/person.{}"
    if _OF_A_DAY.fullmatch(key):
        return "20{}/{}"
    folder = _FOLDER.fullmatch(key)
    return f"{folder[1]}{{}}" if folder else "{}" if key else ""
