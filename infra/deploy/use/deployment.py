"""A stack in a running engine, as those who use it need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.deploy.cloud import Cloud
from infra.deploy.stack import Stack
from infra.local import ministack


@dataclass(frozen=True, slots=True)
class Deployment:
    """A stack in a running engine."""

    engine: ministack.Ministack
    cloud: Cloud
    outputs: dict[str, str]
    resources: dict[str, str]
    """Physical names by logical id."""
    environment: dict[str, str]
    """What the deployed functions read, and what an operator needs to reach the same cloud."""
    stack: str
    """Its name."""

    def client(self, service: str) -> Any:
        """Return a client with the operator's rights."""
        return self.cloud.client(service)


def look_at(engine: ministack.Ministack, cloud: Cloud, stack: Stack) -> Deployment:
    """Return what is deployed."""
    resources = stack.resources
    function = cloud.client("lambda").get_function_configuration(FunctionName=resources["APIHandler"])
    environment = {**function["Environment"]["Variables"], **engine.environment}
    return Deployment(engine, cloud, stack.outputs, resources, environment, stack.name)
