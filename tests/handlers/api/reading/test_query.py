"""What a person's query may hold."""

from __future__ import annotations

from typing import Any

import pytest
from chalice.app import Request

from chalicelib.domain.errors import InvalidInput
from chalicelib.handlers.api.query import Query
from chalicelib.handlers.door import PUBLIC, SIGNED
from chalicelib.handlers.http import JsonRequest, json_request
from chalicelib.handlers.signed import signed_request
from chalicelib.services.sender.signed_request import SignedRequest


def _request(parameters: dict[str, list[str]] | None) -> Request:
    return Request(
        {
            "multiValueQueryStringParameters": parameters,
            "headers": {},
            "pathParameters": {},
            "requestContext": {"httpMethod": "GET", "resourcePath": "/x", "path": "/x", "identity": {}},
            "body": None,
            "isBase64Encoded": False,
            "stageVariables": {},
        }
    )


def _seen(access: str, parameters: dict[str, list[str]] | None) -> Any:
    read: Any = json_request if access == PUBLIC else signed_request
    return read(_request(parameters))


@pytest.mark.usefixtures("aws")
def test_a_person_may_ask_with_any_letters_and_a_signed_request_sees_no_parameters() -> None:
    person = _seen(PUBLIC, {"asunto": ["año ñandú & más"], "campo": ["a", "b"]})
    assert person.parameters == {"asunto": ("año ñandú & más",), "campo": ("a", "b")}
    assert isinstance(person, JsonRequest)
    signed = _seen(SIGNED, {"month": ["2026-01"]})
    assert isinstance(signed, SignedRequest)
    assert signed.query == "month=2026-01"
    assert _seen(PUBLIC, None).parameters == {}


def test_a_query_is_read_strictly() -> None:
    query = Query({"reading": ("read",), "limit": ("1", "2"), "otro": ("x",)})
    assert query.choice("reading", ("pending", "read")) == "read"
    assert query.choice("absent", ("pending", "read")) == "pending"
    assert query.text("cursor") is None
    with pytest.raises(InvalidInput, match="query_repeated"):
        query.text("limit")
    with pytest.raises(InvalidInput, match="query_unknown"):
        query.close()
    with pytest.raises(InvalidInput) as refused:
        Query({"reading": ("all",)}).choice("reading", ("pending",))
    assert (refused.value.code, refused.value.field) == ("query_choice", "reading")
