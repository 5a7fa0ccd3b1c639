"""What a change set would do, in a table, and what of it is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

IRREPLACEABLE: Mapping[str, str] = {
    "AWS::DynamoDB::Table": "sus datos",
    "AWS::DynamoDB::GlobalTable": "sus datos",
    "AWS::S3::Bucket": "sus documentos",
    "AWS::KMS::Key": "todo lo que se cifró o firmó con ella",
    "AWS::SecretsManager::Secret": "el secreto, y lo que depende de él",
    "AWS::Logs::LogGroup": "lo que se registró, que es prueba",
    "AWS::SQS::Queue": "los mensajes que esperan en ella",
    "AWS::SNS::Topic": "las suscripciones que alguien confirmó",
    "AWS::SES::EmailIdentity": "la verificación del dominio, hecha en el DNS",
    "AWS::ApiGateway::DomainName": "la dirección a la que apunta el DNS",
    "AWS::Backup::BackupVault": "las copias de seguridad",
}
"""Kinds whose things cannot be made again by deploying, and what goes with them."""
DISPENSABLE = frozenset({"AWS::Logs::LogGroup", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::ApiGateway::DomainName"})
"""Kinds that may go for good once somebody says by name that they are needed no more; others only leave the stack."""
NAMED: Mapping[str, str] = {
    "AWS::S3::BucketPolicy": "quién no puede leer ni borrar los documentos",
    "AWS::Backup::BackupPlan": "las copias que se harían",
    "AWS::Backup::BackupSelection": "de qué se hacen copias",
    "AWS::CloudFormation::Stack": "lo que tiene dentro, que aquí no se ve",
}
"""Kinds that can be made again, and protect or hide something meanwhile: they go, or are replaced, only by name."""
_TABLE = frozenset({"TimeToLiveSpecification", "PointInTimeRecoverySpecification", "DeletionProtectionEnabled"})
PROTECTING: Mapping[str, frozenset[str]] = {
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::DynamoDB::GlobalTable": _TABLE | {"Replicas"},
    "AWS::S3::Bucket": frozenset(
        {"LifecycleConfiguration", "VersioningConfiguration", "ObjectLockConfiguration", "ObjectLockEnabled"}
    ),
    "AWS::KMS::Key": frozenset({"KeyPolicy", "Enabled"}),
    "AWS::Logs::LogGroup": frozenset({"RetentionInDays"}),
    "AWS::SecretsManager::Secret": frozenset({"GenerateSecretString", "SecretString"}),
}
"""Properties that lose data or protection where they change, though nothing is replaced: only by name."""
_STACK = "AWS::CloudFormation::Stack"
_LISTED = 40
_WORDS = {
    "Add": "se agrega",
    "Remove": "se quita",
    "Modify": "cambia",
    "Import": "se adopta",
    "Dynamic": "según el resto",
}
_REPLACED = {"True": "SE REEMPLAZA", "Conditional": "quizá se reemplaza"}


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one thing."""

    logical_id: str
    kind: str
    action: str
    replacement: str = ""
    """True, False, Conditional, or nothing where it is added or removed."""
    properties: tuple[str, ...] = ()
    certain: tuple[str, ...] = ()
    """Those of the properties that change in any case, not only if something else gets another value."""
    is_kept: bool = False
    """Whether what is removed from the stack stays in the account."""

    @property
    def word(self) -> str:
        """Say it in Spanish."""
        return _REPLACED.get(self.replacement) or _WORDS.get(self.action, self.action)

    @property
    def loss(self) -> str:
        """Say what it would lose, if anything."""
        goes = self.action in {"Remove", "Dynamic"} or self.replacement in _REPLACED
        return IRREPLACEABLE.get(self.kind, "") if goes else ""

    @property
    def weakened(self) -> list[str]:
        """Say what of its protection changes though it stays, or goes though it can be made again."""
        goes = self.action in {"Remove", "Dynamic"} or self.replacement in _REPLACED
        if self.kind in NAMED and (goes or (self.kind == _STACK and self.action == "Modify")):
            return [NAMED[self.kind]]
        if self.action != "Modify" or self.loss:
            return []
        return sorted(PROTECTING.get(self.kind, frozenset()) & set(self.certain))


def read_changes(described: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Return the changes that CloudFormation describes."""
    return [_change(one["ResourceChange"]) for one in described if "ResourceChange" in one]


def _change(said: Mapping[str, Any]) -> Change:
    targets = [detail["Target"] for detail in said.get("Details", [])]
    names = dict.fromkeys(target.get("Name") or target["Attribute"] for target in targets)
    return Change(
        logical_id=said["LogicalResourceId"],
        kind=said["ResourceType"],
        action=said["Action"],
        replacement=said.get("Replacement", "") if said["Action"] == "Modify" else "",
        properties=tuple(names),
        certain=tuple(
            detail["Target"]["Name"]
            for detail in said.get("Details", [])
            if "Name" in detail["Target"] and detail.get("Evaluation", "Static") == "Static"
        ),
        is_kept=str(said.get("PolicyAction", "")).startswith("Retain"),
    )


def table(changes: list[Change]) -> list[str]:
    """Return the lines of a table; what is only added is counted by kind where it is much."""
    added = [one for one in changes if one.action == "Add"]
    others = [one for one in changes if one.action != "Add"]
    rows = [(one.word, one.logical_id, one.kind, ", ".join(one.properties)) for one in others]
    if len(added) <= _LISTED:
        rows += [(one.word, one.logical_id, one.kind, "") for one in added]
    else:
        rows += [
            ("se agrega", f"{count} de", kind, "") for kind, count in sorted(Counter(one.kind for one in added).items())
        ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)).rstrip() for row in rows
    ]
    counts = Counter(one.word for one in changes)
    return [*lines, "en total: " + ", ".join(f"{word} {count}" for word, count in counts.items())]


def refusals(
    changes: list[Change], given_up: frozenset[str] = frozenset(), protected: frozenset[str] = frozenset()
) -> list[str]:
    """Return why this is not executed: what it would lose that nobody can make again, or leave unprotected.

    `given_up` are things that may be removed or less protected, by logical id; nothing irreplaceable may be replaced.
    `protected` are tables that cannot be deleted afterwards, for which that is no loss.
    """
    weak = {one.logical_id: [what for what in one.weakened if not _is_gain(one, what, protected)] for one in changes}
    going = {one.logical_id for one in changes if one.action == "Remove" or weak[one.logical_id]}
    idle = [f"{name} no se quita: no lo nombre en LOSES" for name in sorted(given_up - going)]
    lost = [one for one in changes if one.loss and not (one.logical_id in given_up and _may_go(one))]
    less = [one for one in changes if weak[one.logical_id] and one.logical_id not in given_up]
    return [
        *(f"{one.logical_id} ({one.kind}) {one.word}: se pierde: {one.loss}" for one in lost),
        *(
            f"{one.logical_id} ({one.kind}) {one.word}, y con ello lo que protege: {', '.join(weak[one.logical_id])}."
            f" Si es a propósito: LOSES={one.logical_id}"
            for one in less
        ),
        *idle,
    ]


def _is_gain(change: Change, what: str, protected: frozenset[str]) -> bool:
    return what == "DeletionProtectionEnabled" and change.logical_id in protected


def will_be_protected(template: Mapping[str, Any], parameter: str, value: str) -> frozenset[str]:
    """Return the tables that nobody can delete where a parameter has this value."""
    on: tuple[Any, ...] = (True, "true", *([{"Ref": parameter}] if value == "true" else []))
    return frozenset(
        name
        for name, resource in template.get("Resources", {}).items()
        if resource.get("Properties", {}).get("DeletionProtectionEnabled") in on
    )


def _may_go(change: Change) -> bool:
    return change.action == "Remove" and (change.is_kept or change.kind in DISPENSABLE)


def index_refusals(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the tables whose indexes differ by more than DynamoDB does in one update: one made, or one removed."""
    told = []
    for name, resource in after.get("Resources", {}).items():
        former = before.get("Resources", {}).get(name)
        if former is None or resource.get("Type") != "AWS::DynamoDB::Table" or former.get("Type") != resource["Type"]:
            continue
        was, will = _indexes(former), _indexes(resource)
        made = sorted(index for index in will if was.get(index) != will[index])
        gone = sorted(index for index in was if was[index] != will.get(index))
        if len(made) + len(gone) > 1:
            differ = ", ".join(dict.fromkeys([*made, *gone]))
            told.append(f"{name}: DynamoDB hace o quita un solo índice por actualización, y aquí cambian {differ}")
    return told


def _indexes(resource: Mapping[str, Any]) -> dict[str, Any]:
    listed = resource.get("Properties", {}).get("GlobalSecondaryIndexes", [])
    return {one["IndexName"]: (one["KeySchema"], one["Projection"]) for one in listed if "IndexName" in one}
