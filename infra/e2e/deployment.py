"""Deploy a package into a fresh engine that enforces policies, by the template's own way."""

from __future__ import annotations

import contextlib
import json
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config as ClientConfig

from infra.e2e.gateway import refuse_in_the_templates_words, spelled_out
from infra.local import ministack
from infra.local.cloud import CREDENTIALS, PARAMETERS, REGION
from infra.package import BUILD, build

STACK = "casilla"
SETTINGS = {
    **PARAMETERS,
    "ApiAuthority": "api.casilla.example",
    "ApiBasePath": "/api",
    "DeletionProtection": "false",
    "ReniecUrl": "https://127.0.0.1:9/",
    "SunatUrl": "https://127.0.0.1:9/",
}
"""Parameters of the stack. Registries that never answer: who registers has to wait. No custom domain: the engine
tells functions another path than AWS does behind one."""
PACKAGE = BUILD / "e2e"
_DEPLOY_SECONDS = 60


class DeployError(Exception):
    """The stack was not created."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A stack in a running engine."""

    engine: ministack.Ministack
    outputs: dict[str, str]
    resources: dict[str, str]
    """Physical names by logical id."""
    environment: dict[str, str]
    """What the deployed functions read, and what an operator needs to reach the same cloud."""

    def client(self, service: str) -> Any:
        """Return a client with the operator's rights."""
        return client(self.engine, service)


def client(engine: ministack.Ministack, service: str) -> Any:
    """Return a client of the engine with the operator's rights."""
    session = boto3.Session(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    make: Any = session.client
    verify = str(engine.ca_bundle) if engine.ca_bundle else None
    config = ClientConfig(s3={"addressing_style": "path"})
    return make(service, endpoint_url=engine.endpoint_url, verify=verify, config=config)


def build_for_engine() -> Path:
    """Build the package for the interpreter of the engine on this machine."""
    architecture = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return build(ministack.install(), architecture, out=PACKAGE)


@contextlib.contextmanager
def deployed(package: Path, template: dict[str, Any]) -> Iterator[Deployment]:
    """Run a fresh engine with the package deployed in it."""
    with ministack.running(enforce=True) as engine:
        yield deploy(engine, package, template)


def deploy(engine: ministack.Ministack, package: Path, template: dict[str, Any]) -> Deployment:
    """Upload the archive, point the template to it as `aws cloudformation package` would, and create the stack.

    Raises:
        DeployError: with the events of the stack.

    """
    s3, cloudformation = client(engine, "s3"), client(engine, "cloudformation")
    client(engine, "ses").verify_email_identity(EmailAddress=PARAMETERS["MailFrom"])
    s3.create_bucket(Bucket="artifacts")
    s3.upload_file(str(package / "deployment.zip"), "artifacts", "deployment.zip")
    body = json.dumps(spelled_out(template), separators=(",", ":")).replace(
        '"./deployment.zip"', '"s3://artifacts/deployment.zip"'
    )
    s3.put_object(Bucket="artifacts", Key="sam.json", Body=body.encode())
    cloudformation.create_change_set(
        StackName=STACK,
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateURL=f"{engine.endpoint_url}/artifacts/sam.json",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in SETTINGS.items()],
    )
    cloudformation.get_waiter("change_set_create_complete").wait(StackName=STACK, ChangeSetName="first")
    cloudformation.execute_change_set(StackName=STACK, ChangeSetName="first")
    stack = _wait(cloudformation)
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
    resources = {
        r["LogicalResourceId"]: r["PhysicalResourceId"] for page in pages for r in page["StackResourceSummaries"]
    }
    refuse_in_the_templates_words(client(engine, "apigateway"), outputs["RestAPIId"], template)
    function = client(engine, "lambda").get_function_configuration(FunctionName=resources["APIHandler"])
    return Deployment(engine, outputs, resources, {**function["Environment"]["Variables"], **engine.environment})


def _wait(cloudformation: Any) -> dict[str, Any]:
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while time.monotonic() < deadline:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return stack
        if "FAILED" in stack["StackStatus"] or "ROLLBACK" in stack["StackStatus"]:
            break
        time.sleep(0.2)
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    told = [f"{e['LogicalResourceId']} {e['ResourceStatus']} {e.get('ResourceStatusReason', '')}" for e in events]
    raise DeployError("the stack was not created:\n" + "\n".join(told[:20]))
