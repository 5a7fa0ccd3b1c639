"""Have the API call each function by its alias, which leads to a published version, and have each release publish one.

SAM leads streams, queues, topics and schedules to the alias by itself. The API's definition and its permissions are
chalice's own, which knows of no alias.
"""

from __future__ import annotations

import json
import re
from typing import Any

from infra.release import PARAMETER as RELEASE

ALIAS = "live"
"""What `AutoPublishAlias` of infra/resources/settings.yaml says."""


def lead_to_alias(merged: dict[str, Any]) -> None:
    """Rewrite the merged template's functions, API and permissions."""
    resources = merged["Resources"]
    functions = {name for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"}
    for name in functions:
        resources[name]["Properties"]["AutoPublishCodeSha256"] = {"Ref": RELEASE}
    for resource in resources.values():
        called = resource["Properties"].get("FunctionName", {})
        if resource["Type"] == "AWS::Lambda::Permission" and called.get("Ref") in functions:
            resource["Properties"]["FunctionName"] = {"Ref": f"{called['Ref']}.Alias"}
    definition = resources["RestAPI"]["Properties"]["DefinitionBody"]
    resources["RestAPI"]["Properties"]["DefinitionBody"] = _by_alias(definition, functions)


def _by_alias(definition: dict[str, Any], functions: set[str]) -> dict[str, Any]:
    by_arn = re.compile(rf"\$\{{({'|'.join(sorted(functions))})\.Arn\}}")
    led: dict[str, Any] = json.loads(by_arn.sub(r"${\1.Alias}", json.dumps(definition)))
    return led
