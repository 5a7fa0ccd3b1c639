"""What a package's template has to be for CloudFormation to take it, which nobody needs to be asked about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.deploy.findings import Finding, holds
from infra.deploy.stage import PLACEHOLDER, Stage

BODY_LIMIT = 1_000_000
"""Bytes of a template that lies in S3."""
API_RESOURCES = 300
"""Of one API, where no quota was raised."""
STACK_RESOURCES = 500
_NAMES: Mapping[tuple[str, str], int] = {
    ("AWS::Serverless::Function", "FunctionName"): 64,
    ("AWS::Lambda::Function", "FunctionName"): 64,
    ("AWS::IAM::Role", "RoleName"): 64,
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"): 128,
    ("AWS::CloudWatch::Alarm", "AlarmName"): 255,
    ("AWS::SES::ConfigurationSet", "Name"): 64,
    ("AWS::SQS::Queue", "QueueName"): 80,
    ("AWS::SNS::Topic", "TopicName"): 256,
    ("AWS::S3::Bucket", "BucketName"): 63,
    ("AWS::DynamoDB::Table", "TableName"): 255,
    ("AWS::Events::Rule", "Name"): 64,
    ("AWS::WAFv2::WebACL", "Name"): 128,
    ("AWS::Backup::BackupVault", "BackupVaultName"): 50,
    ("AWS::SecretsManager::Secret", "Name"): 512,
}
"""How long a name may be that the template makes from the stack's."""
_STACK = "${AWS::StackName}"
_LONGEST_STACK = 128


def stage_findings(stage: Stage, template: Mapping[str, Any]) -> Iterator[Finding]:
    """Hold the stage's file to the template: nothing left to fill in, unknown, missing or malformed."""
    file = f"infra/stages/{stage.name}.toml"
    unfilled = stage.unfilled()
    yield holds(
        not unfilled,
        f"{file} completo" if not unfilled else f"{file} tiene por llenar {', '.join(unfilled)}",
        "escriba el valor de cada uno",
    )
    known: Mapping[str, Mapping[str, Any]] = template.get("Parameters", {})
    unknown = [name for name in stage.parameters if name not in known]
    yield holds(
        not unknown,
        f"parámetros que la plantilla no conoce: {', '.join(unknown) or 'ninguno'}",
        f"quítelos de {file} o corrija su nombre",
    )
    lacking = [name for name, said in known.items() if "Default" not in said and name not in stage.parameters]
    yield holds(
        not lacking, f"parámetros sin valor: {', '.join(lacking) or 'ninguno'}", f"agréguelos a [parameters] de {file}"
    )
    for name, value in stage.parameters.items():
        if PLACEHOLDER not in value and (wrong := _malformed(known.get(name, {}), value)):
            yield holds(False, f'{name} = "{value}" {wrong}', f"corríjalo en {file}")


def _malformed(said: Mapping[str, Any], value: str) -> str:
    if "AllowedValues" in said and value not in map(str, said["AllowedValues"]):
        return f"no es uno de {', '.join(map(str, said['AllowedValues']))}"
    if "AllowedPattern" in said and not re.fullmatch(said["AllowedPattern"], value):
        return f"no tiene la forma {said['AllowedPattern']}"
    if "MaxLength" in said and len(value) > int(said["MaxLength"]):
        return f"pasa de {said['MaxLength']} caracteres"
    if said.get("Type") == "Number":
        if not re.fullmatch(r"-?\d+(\.\d+)?", value):
            return "no es un número"
        if float(value) < float(said.get("MinValue", value)) or float(value) > float(said.get("MaxValue", value)):
            return "está fuera de lo que se acepta"
    return ""


def size_findings(stage: Stage, template: Mapping[str, Any], body: bytes, resources: int | None) -> Iterator[Finding]:
    """Hold the template to CloudFormation's and API Gateway's limits, and the stack's name to what is made from it."""
    yield holds(
        len(body) < BODY_LIMIT,
        f"plantilla de {len(body)} bytes, de {BODY_LIMIT}",
        "agrupe recursos o acorte respuestas de la API",
    )
    count = len(template["Resources"]) if resources is None else resources
    told = "antes de su transformación" if resources is None else "después de su transformación"
    yield holds(
        count <= STACK_RESOURCES,
        f"{count} recursos {told}, de {STACK_RESOURCES}",
        "junte alarmas o filtros, o divida la pila",
    )
    api = api_resources(template)
    yield holds(
        api <= API_RESOURCES,
        f"{api} recursos de la API, de {API_RESOURCES}",
        "pida la cuota L-01C8A9E0 de API Gateway o junte rutas",
    )
    longest, name = longest_stack_name(template)
    yield holds(
        len(stage.stack) <= longest,
        f"nombre de la pila de {len(stage.stack)} caracteres, de {longest} ({name})",
        "elija uno más corto antes del primer despliegue",
    )


def longest_stack_name(template: Mapping[str, Any]) -> tuple[int, str]:
    """Return how long the stack's name may be, and the name made from it that says so."""
    found = [(_LONGEST_STACK, "el límite de CloudFormation")]
    for logical_id, resource in template["Resources"].items():
        for name, value in resource.get("Properties", {}).items():
            limit = _NAMES.get((resource["Type"], name))
            made = value.get("Fn::Sub") if isinstance(value, dict) else None
            if limit is not None and isinstance(made, str) and _STACK in made:
                rest = re.sub(r"\$\{AWS::AccountId\}", "0" * 12, made.replace(_STACK, ""))
                found.append((limit - len(rest), f"{logical_id}: {made}"))
    return min(found)


def api_resources(template: Mapping[str, Any]) -> int:
    """Return how many resources API Gateway makes of the paths, those in between and the root included."""
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    made = {"/"}
    for path in paths:
        parts = [part for part in path.split("/") if part]
        made |= {"/" + "/".join(parts[: end + 1]) for end in range(len(parts))}
    return len(made)


def reserved_concurrency(template: Mapping[str, Any], parameters: Mapping[str, str]) -> int:
    """Return the sum of what the functions keep for themselves."""
    known = template.get("Parameters", {})
    total = 0
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        said = resource["Properties"].get("ReservedConcurrentExecutions", 0)
        if isinstance(said, dict):
            name = said.get("Ref", "")
            said = parameters.get(name, known.get(name, {}).get("Default", 0))
        total += int(said)
    return total


def highest_throttle(template: Mapping[str, Any]) -> int:
    """Return the most requests a second that the template lets a stage take."""
    settings = template["Resources"]["RestAPI"]["Properties"].get("MethodSettings", [])
    return max((int(one.get("ThrottlingRateLimit", 0)) for one in settings), default=0)


def needs_log_role(template: Mapping[str, Any]) -> bool:
    """Tell whether API Gateway is to write logs, and the template gives it no role of the account to do it by."""
    api = template["Resources"]["RestAPI"]["Properties"]
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    return "AccessLogSetting" in json.dumps(api) and "AWS::ApiGateway::Account" not in kinds
