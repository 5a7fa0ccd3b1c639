"""The floor under a request with a session: a bare Chalice app with one bare client, which answers the same bytes.

It reads session and mark by one BatchGetItem, hashes the token by HMAC, compares tag and time, and writes the answer.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from chalice.app import Chalice, Response

from bench.world import BenchWorld
from chalicelib.bootstrap.aws import pepper

_HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none';"
    " base-uri 'none'",
}


def floor_app(world: BenchWorld) -> Chalice:
    """Make the app; it knows the world's pepper and clock."""
    config = ClientConfig(parameter_validation=False, retries={"total_max_attempts": 4, "mode": "standard"})
    make: Any = boto3.client
    client, key, clock = make("dynamodb", config=config), pepper(world.container), world.signer.clock
    floor: Any = Chalice(app_name="floor")

    def show_session() -> Response:
        request = floor.current_request
        secret, _, tag = request.headers["authorization"].removeprefix("Bearer ").partition(".")
        keys = [{"token": {"S": key}} for key in (f"session#{_hash(key, 'name', 'session', secret)}", f"ended#{tag}")]
        wanted = {"tokens_table": {"Keys": keys, "ConsistentRead": True}}
        [item] = client.batch_get_item(RequestItems=wanted)["Responses"]["tokens_table"]
        session = json.loads(item["data"]["S"])
        ends_at = datetime.fromisoformat(session["created_at"]) + timedelta(hours=8)
        validated_until = min(datetime.fromisoformat(session["validated_at"]) + timedelta(minutes=20), ends_at)
        own_tag = _hash(key, "session-user", session["user_id"])[:32]
        if not hmac.compare_digest(tag, own_tag) or clock() > ends_at:
            raise AssertionError(session)
        answer = {
            "session_id": session["session_id"],
            "username": session["username"],
            "expires_at": _instant(ends_at),
            "validated_until": _instant(validated_until),
            "must_change_password": session["must_change_password"],
            "must_accept_texts": session["must_accept_texts"],
        }
        headers = {**_HEADERS, "X-Correlation-Id": request.context["requestId"]}
        return Response(json.dumps(answer, ensure_ascii=False), status_code=200, headers=headers)

    floor.route("/v1/sessions/current", methods=["GET"])(show_session)
    return floor  # type: ignore[no-any-return]


def _hash(pepper: bytes, *parts: str) -> str:
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.digest(pepper, framed, hashlib.sha256).hex()


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
