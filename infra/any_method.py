"""Have every method of an address reach the app, which alone knows what to say to those it does not have."""

from __future__ import annotations

from typing import Any

ANY = "x-amazon-apigateway-any-method"
_OF_A_METHOD = ("consumes", "produces", "summary", "description")
"""What chalice says of single methods, and API Gateway does nothing with before a proxy integration."""


def let_every_method_in(merged: dict[str, Any]) -> None:
    """Rewrite the merged template's API."""
    definition = merged["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    definition["paths"] = {path: by_any_method(methods) for path, methods in definition["paths"].items()}


def by_any_method(methods: dict[str, Any]) -> dict[str, Any]:
    """Return a path with one operation for whatever method in place of its own.

    Raises:
        ValueError: its methods lead to different places, so that none can stand for all.

    """
    operations = [
        {key: value for key, value in operation.items() if key not in _OF_A_METHOD} for operation in methods.values()
    ]
    if any(operation != operations[0] for operation in operations):
        raise ValueError(f"{', '.join(methods)} do not lead to the same function")
    return {ANY: operations[0]}
