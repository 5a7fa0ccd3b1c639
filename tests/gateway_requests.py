"""Requests as API Gateway hands them to the function, with what a caller cannot choose and what it can."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from app import app
from tests.person_world import PASSWORD

HOSTILE = '40000002"}\n{"message":"refused","code":"forged"}\r\x1b[2J\u2028<script>'
"""What a stranger may send anywhere; the `requestId` is one such place."""
NUMBER = "JJbxmplHIAMFjtw="
"""The gateway's own `extendedRequestId`."""
Lines = list[dict[str, Any]]
"""What was written to the log, by the fields of its lines."""


def ask(  # noqa: PLR0913 - what a request is made of
    method: str,
    resource: str,
    body: Any = None,
    *,
    address: str = "192.0.2.1",
    parameters: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    version: str = "",
) -> dict[str, Any]:
    """Ask as API Gateway does of the function, or of one `version` of it; a caller chose the `requestId`."""
    path = resource.format(**(parameters or {}))
    event = {
        "httpMethod": method,
        "path": path,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "path": path,
            "requestId": HOSTILE,
            "extendedRequestId": NUMBER,
            "identity": {"sourceIp": address},
        },
        "headers": {"content-type": "application/json", **(headers or {})},
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters,
        "body": json.dumps(body),
        "stageVariables": None,
    }
    answer: dict[str, Any] = app(event, SimpleNamespace(function_version=version) if version else None)
    return answer


def log_in(username: str, *, address: str = "192.0.2.1") -> dict[str, Any]:
    proof = {"captcha": {"id": "x", "answer": "XXXXX"}}
    return ask("POST", "/v1/sessions", {"username": username, "password": PASSWORD, **proof}, address=address)
