"""What the gateway answers by itself carries what the app's answers carry, deployed and locally."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.handlers.fault import JSON_HEADERS
from infra.local.server import refusal
from infra.template import load_template

RESPONSES: dict[str, dict[str, Any]] = load_template()["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]


def test_whatever_has_no_words_of_its_own_has_those_of_its_hundred() -> None:
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN", "REQUEST_TOO_LARGE"} <= set(RESPONSES)


@pytest.mark.parametrize("kind", RESPONSES)
def test_a_gateways_answer_has_the_headers_of_every_answer(kind: str) -> None:
    said = RESPONSES[kind]["ResponseParameters"]["Headers"]
    retry = {"Retry-After": "'1'"} if kind == "THROTTLED" else {}
    quoted = {name: f"'{value}'" for name, value in JSON_HEADERS.items()}
    assert said == {"Content-Type": "'application/problem+json'", **quoted, **retry}


@pytest.mark.parametrize("kind", RESPONSES)
def test_the_development_server_says_it_with_the_same_headers(kind: str) -> None:
    page = refusal(kind)
    assert page.media_type == "application/problem+json"
    assert JSON_HEADERS.items() <= page.headers.items()
