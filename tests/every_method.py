"""Requests by any method, as the deployed gateway passes them on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalice.config import Config
from chalice.local import LocalGateway
from chalice.test import HTTPResponse

from app import app

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class _Gateway(LocalGateway):
    """Passes every method on; chalice's own answers OPTIONS by itself."""

    def handle_request(self, method: str, path: str, headers: dict[str, Any], body: Any) -> dict[str, Any]:
        event = self._generate_lambda_event(method, path, headers, body)
        answer: dict[str, Any] = self._app_object(event, self._generate_lambda_context())
        return answer


def ask(method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> HTTPResponse:
    """Return what the app answers."""
    gateway = _Gateway(app, Config())
    return HTTPResponse.create_from_dict(gateway.handle_request(method, path, dict(headers or {}), body))


def address_of(path: str) -> str:
    """Fill the variables of a door's address."""
    return re.sub(r"{\w+}", "x", path)
