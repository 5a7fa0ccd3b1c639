"""JSON made from SOAP's XML, as SUNAT's services send it: `{"list": {"multiRef": …}}`, each value `{"$": value}`.

An empty value is `{"@nil": true}`. `multiRef` is a record or a list of them, among which are pieces of others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.gateways.registration.registry_http import registry_unavailable


def records_of(answer: Any) -> list[Mapping[str, Any]]:
    """Return the records of an answer.

    Raises:
        Unavailable: `registry_unavailable`: it is no such answer.

    """
    found = answer.get("list") if isinstance(answer, dict) else None
    found = found.get("multiRef") if isinstance(found, dict) else None
    records: list[Mapping[str, Any]] = [
        member for member in (found if isinstance(found, list) else [found]) if isinstance(member, dict)
    ]
    if not records:
        raise registry_unavailable()
    return records


def text_of(record: Mapping[str, Any], name: str) -> str:
    """Return a value with single blanks, empty when there is none.

    Raises:
        Unavailable: `registry_unavailable`: it is no text.

    """
    value = record.get(name)
    if isinstance(value, dict):
        value = None if value.get("@nil") in (True, "true") else value.get("$", "")
    if value is not None and not isinstance(value, str):
        raise registry_unavailable()
    return " ".join((value or "").split())
