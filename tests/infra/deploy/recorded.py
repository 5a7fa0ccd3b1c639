"""AWS as it answers, recorded: what a deployer's credentials are told, by operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import boto3

from infra.deploy.cloud import Cloud

Answer = Mapping[str, Any] | str | Callable[[Mapping[str, Any]], Mapping[str, Any] | str]
"""What is answered, an error's code, or either by what was asked."""
SERVICES = ("acm", "apigateway", "cloudformation", "cloudwatch", "lambda", "sesv2", "sns", "sts")


def recorded_cloud(answers: Mapping[str, Answer], region: str = "us-east-1") -> Cloud:
    """Return a cloud that answers so; what is not listed is denied."""
    cloud = Cloud(region)
    make: Any = boto3.Session("test", "test", region_name=region).client
    for service in SERVICES:
        client = make(service)
        client.meta.events.register("before-call", _answering(answers))
        cloud.made[service] = client
    return cloud


def _answering(answers: Mapping[str, Answer]) -> Callable[..., tuple[Any, dict[str, Any]]]:
    def answer(model: Any, params: Mapping[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        said = answers.get(model.name, "AccessDeniedException")
        said = said(params) if callable(said) else said
        if isinstance(said, str):
            return SimpleNamespace(status_code=400), {"Error": {"Code": said, "Message": said}, "ResponseMetadata": {}}
        return SimpleNamespace(status_code=200), {**said, "ResponseMetadata": {}}

    return answer
