"""AWS as the deployer's credentials reach it, or the engine in its place: `AWS_ENDPOINT_URL` alone tells them apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config as ClientConfig


class DeployError(Exception):
    """The deployment does not go on; the text says why and what to do."""

    code = 1
    """Nothing was changed in what is deployed."""


class StackFailed(DeployError):
    """CloudFormation began, and did not get there."""

    code = 4


class SmokeFailed(DeployError):
    """It is deployed, and does not answer as it should."""

    code = 5


@dataclass(frozen=True)
class Cloud:
    """Clients of one region, each made once."""

    region: str
    made: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Return a client, which tries again what is throttled."""
        if service not in self.made:
            make: Any = boto3.Session(region_name=self.region).client
            config = ClientConfig(
                retries={"mode": "standard", "total_max_attempts": 6}, s3={"addressing_style": "path"}
            )
            self.made[service] = make(service, config=config)
        return self.made[service]
