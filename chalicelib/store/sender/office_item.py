"""Offices in the table of institutions: their key, and how they are read where a request is decided."""

from __future__ import annotations

from chalicelib.domain.sender.office import Office
from chalicelib.store.codec import from_data
from chalicelib.store.tables import InstitutionItem

OFFICE = "office#"


def office_item(office_id: str) -> str:
    """Return the sort key of an office."""
    return f"{OFFICE}{office_id}"


def office_from(item: InstitutionItem | None) -> Office | None:
    """Read an office."""
    return None if item is None else from_data(Office, item.data)
