"""The public client of the deposit protocol, before a deployed API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from examples.casilla_sender import Answer, Sender
from infra.deploy.use.deployment import Deployment
from infra.deploy.use.operator import INSTITUTION, KEY_ID


class GatewaySender(Sender):
    """The public client, sent to the engine's address under the API's own name, which no DNS has."""

    def __init__(
        self, deployment: Deployment, key: Ed25519PrivateKey, journal: Path, key_id: str = f"{INSTITUTION}:{KEY_ID}"
    ) -> None:
        """Sign for the authority that the deployed functions know."""
        authority = deployment.environment["API_AUTHORITY"]
        address = deployment.engine.endpoint_url + urlsplit(deployment.environment["API_BASE_URL"]).path
        super().__init__(address, authority, key_id, key, journal=journal, attempts=3)
        self.address = address
        self._host = f"{deployment.outputs['RestAPIId']}.execute-api.localhost"

    def post_unsigned(self, path: str, body: object) -> Answer:
        """Send what needs no signature."""
        headers = {"Content-Type": "application/json"}
        raw = json.dumps(body).encode()
        return self._exchange(Request(self._base_url + path, data=raw, headers=headers))  # noqa: S310 - our own address

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the JSON of a signed request's answer."""
        return self._call(method, path, None if body is None else json.dumps(body).encode()).json()

    def put(self, grant: Mapping[str, Any], content: bytes) -> None:
        """Send what a grant lets pass."""
        request = Request(grant["url"], data=content, headers=dict(grant["headers"]), method="PUT")  # noqa: S310 - made by the service
        self._patiently(lambda: self._exchange(request))

    def _exchange(self, request: Request) -> Answer:
        if request.full_url.startswith(self._base_url):
            request.add_header("Host", self._host)
        return super()._exchange(request)
