"""Tell the engine's API Gateway what AWS's reads from the template by itself, and this one passes over."""

from __future__ import annotations

import copy
from typing import Any

from infra.any_method import ANY

METHODS = ("delete", "get", "head", "options", "patch", "post", "put")
"""What API Gateway means by any method."""
UNKNOWN = frozenset({"AWS::Backup::BackupSelection"})
"""Types that the engine refuses a template for."""
_BINARY = "x-amazon-apigateway-binary-media-types"


def spelled_out(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with each address's operation written for every method: the engine skips `any`.

    Which bodies are no text stands in the definition, where the engine does not look for it either. What a proxy's
    answers look like is left out: it changes nothing, and so often it makes the template longer than one may be. So are
    types that it does not know.
    """
    spelled = copy.deepcopy(template)
    spelled["Resources"] = {name: r for name, r in spelled["Resources"].items() if r["Type"] not in UNKNOWN}
    api = spelled["Resources"]["RestAPI"]["Properties"]
    api["BinaryMediaTypes"] = list(api["DefinitionBody"][_BINARY])
    for operations in api["DefinitionBody"]["paths"].values():
        operation = {name: said for name, said in operations.pop(ANY).items() if name != "responses"}
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
