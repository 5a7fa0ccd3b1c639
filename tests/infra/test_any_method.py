"""Every method of every address reaches the app, which says what it thinks of it."""

from __future__ import annotations

from typing import Any

import pytest

from infra.any_method import ANY, by_any_method


def an_operation(function: str = "APIHandler", **beside: Any) -> dict[str, Any]:
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::Sub": f"arn:…/{function}.Arn/invocations"}}
    parameters = [{"name": "notice_id", "in": "path", "required": True, "type": "string"}]
    return {"parameters": parameters, "x-amazon-apigateway-integration": integration, **beside}


def test_one_operation_stands_for_all_methods_with_the_paths_variables_and_its_function() -> None:
    methods = {"get": an_operation(consumes=["application/json"]), "post": an_operation(consumes=["text/x"])}
    assert by_any_method(methods) == {ANY: an_operation()}


def test_methods_that_lead_to_different_functions_are_not_joined() -> None:
    with pytest.raises(ValueError, match="get, post"):
        by_any_method({"get": an_operation(), "post": an_operation("Another")})
