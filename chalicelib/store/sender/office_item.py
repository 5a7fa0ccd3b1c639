"""Offices in the table of institutions: their key, and how they are read where a request is decided."""

from __future__ import annotations

from chalicelib.domain.sender.office import Office
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS

OFFICE = "office#"


def office_item(office_id: str) -> str:
    """Return the sort key of an office."""
    return f"{OFFICE}{office_id}"


def office_from(item: InstitutionItem | None) -> Office | None:
    """Read an office."""
    return None if item is None else from_data(Office, item.data)


def list_offices(institution_id: str) -> tuple[Office, ...]:
    """Return an institution's offices by name, read with strong consistency.

    Raises:
        Unavailable: `store_unavailable`.

    """
    try:
        items = list(
            InstitutionItem.query(institution_id, InstitutionItem.item.startswith(OFFICE), consistent_read=True)
        )
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error
    return tuple(sorted((from_data(Office, item.data) for item in items), key=lambda office: office.name))
