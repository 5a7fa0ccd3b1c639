"""What the engine on this machine cannot take from a template as AWS does: here alone, each with its reason.

`docs/despliegue.md` lists what is unproven because of it.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from infra.any_method import ANY

if TYPE_CHECKING:
    from infra.deploy.cloud import Cloud
    from infra.deploy.stack import Stack

METHODS = ("delete", "get", "head", "options", "patch", "post", "put")
"""What API Gateway means by any method."""
UNKNOWN = ("AWS::WAFv2::", "AWS::Backup::BackupSelection")
"""The engine has a firewall that refuses nothing, and none of what leads requests through it."""
_NEEDLESS = {"responses", "parameters"}
_BINARY = "x-amazon-apigateway-binary-media-types"


def spelled_out(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with each address's operation written for every method: the engine skips `any`.

    Which bodies are no text stands in the definition, where the engine does not look for it either. What a proxy's
    answers look like is left out, and what a path's own words already say of its parts: it changes nothing, and so
    often it makes the template longer than one may be. The firewall in front is left out, and what says of which
    things copies are made. A condition on a part of a text is never met, and an alarm on what is reckoned from several
    metrics is not there.
    """
    spelled = copy.deepcopy(template)
    known = {name: said for name, said in spelled["Resources"].items() if not said["Type"].startswith(UNKNOWN)}
    spelled["Resources"] = known
    api = spelled["Resources"]["RestAPI"]["Properties"]
    api["BinaryMediaTypes"] = list(api["DefinitionBody"][_BINARY])
    for resource in spelled["Resources"].values():  # the engine has no CodeDeploy: a version takes over at once
        resource["Properties"].pop("DeploymentPreference", None)
    for name, said in spelled.get("Conditions", {}).items():
        if "Fn::Split" in json.dumps(said):  # the engine fails outright on one that splits a text
            spelled["Conditions"][name] = {"Fn::Equals": ["split", "never"]}
    for name, resource in list(spelled["Resources"].items()):
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]:
            del spelled["Resources"][name]  # the engine refuses one that reckons with metrics
    for operations in api["DefinitionBody"]["paths"].values():
        operation = {name: said for name, said in operations.pop(ANY).items() if name not in _NEEDLESS}
        operations.update(dict.fromkeys(METHODS, operation))
    return spelled


def refuse_in_the_templates_words(apigateway: Any, api_id: str, template: dict[str, Any]) -> None:
    """Set what the API answers by itself, and deploy it again: the engine skips them in what it imports."""
    api = template["Resources"]["RestAPI"]["Properties"]
    for kind, said in api["GatewayResponses"].items():
        headers = said["ResponseParameters"]["Headers"]
        apigateway.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            statusCode=str(said["StatusCode"]),
            responseParameters={f"gatewayresponse.header.{name}": value for name, value in headers.items()},
            responseTemplates=said["ResponseTemplates"],
        )
    apigateway.create_deployment(restApiId=api_id, stageName=api["StageName"])


def complete(cloud: Cloud, stack: Stack, template: dict[str, Any]) -> None:
    """Set in a deployed stack what the engine passed over: again, it changes nothing."""
    refuse_in_the_templates_words(cloud.client("apigateway"), stack.outputs["RestAPIId"], template)
