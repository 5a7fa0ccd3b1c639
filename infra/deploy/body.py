"""What CloudFormation is given for a stage: the package's template, pointed to its archive."""

from __future__ import annotations

import copy
from typing import Any

from infra.deploy.engine_view import spelled_out
from infra.deploy.packages import Package, minified
from infra.deploy.stage import Stage
from infra.release import PARAMETER as RELEASE
from infra.release import release_of

ARCHIVE = "./deployment.zip"
"""How a built template names its archive."""


def body_for(stage: Stage, package: Package, code_uri: str) -> bytes:
    """Return the template of a package as this stage has it: the same words whenever nothing changed."""
    template: dict[str, Any] = _pointed(copy.deepcopy(package.template), code_uri)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Logs::LogGroup" and "/aws/lambda/" in str(
            resource["Properties"].get("LogGroupName")
        ):
            resource["Properties"]["RetentionInDays"] = stage.log_retention_days
    outputs = template.setdefault("Outputs", {})
    outputs["Package"] = {"Description": "What is deployed", "Value": package.package_id}
    return minified(spelled_out(template) if stage.is_local else template)


def _pointed(said: Any, code_uri: str) -> Any:
    if isinstance(said, dict):
        return {name: _pointed(value, code_uri) for name, value in said.items()}
    if isinstance(said, list):
        return [_pointed(value, code_uri) for value in said]
    return code_uri if said == ARCHIVE else said


def parameters_for(stage: Stage, package: Package, *, again: str = "") -> dict[str, str]:
    """Return what CloudFormation's parameters are to be, each of them that the template knows.

    Defaults are given as well: an update would keep what a parameter was before. `again` makes another release of the
    same package, which replaces every process.
    """
    known = package.template.get("Parameters", {})
    values = {name: str(said["Default"]) for name, said in known.items() if "Default" in said}
    values |= {name: value for name, value in stage.parameters.items() if name in known}
    if RELEASE in known:
        values[RELEASE] = release_of(package.template, package.code, values, again=again)
    return values
