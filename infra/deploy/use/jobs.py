"""Functions of a deployed stack, invoked as their schedules do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from infra.deploy.use.check import check
from infra.deploy.use.deployment import Deployment

_ALERT_SECONDS = 120
"""For two cold starts one after the other, on a machine that has other work."""

SCHEDULED = {
    "version": "0",
    "id": "00000000-0000-4000-8000-000000000000",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2026-01-05T06:30:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}
"""What a schedule sends."""


def run(deployment: Deployment, name: str, event: Mapping[str, Any] = SCHEDULED) -> dict[str, Any]:
    """Invoke a function, and return what it says of itself."""
    answer = deployment.client("lambda").invoke(
        FunctionName=deployment.resources[name], Payload=json.dumps(event).encode()
    )
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    check("FunctionError" not in answer, f"{name} runs: {payload}")
    return payload


def wait_for(condition: Callable[[], Any], claim: str) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + _ALERT_SECONDS
    while not condition():
        check(time.monotonic() < deadline, claim)
        time.sleep(0.2)
