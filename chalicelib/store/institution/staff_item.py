"""People of the staff to items and back."""

from __future__ import annotations

from pynamodb.models import Model

from chalicelib.domain.institution.staff import StaffMember
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import StaffItem

STAFF = "staff#"


def staff_item(document_number: str) -> str:
    """Return the sort key of a person."""
    return f"{STAFF}{document_number}"


def staff_from(item: Model | None) -> StaffMember | None:
    """Read a person out of an item."""
    return from_data(StaffMember, item.data) if isinstance(item, StaffItem) else None


def item_from_staff(member: StaffMember) -> StaffItem:
    """Write a person."""
    data, version = to_data(member), member.version
    return StaffItem(member.institution_id, staff_item(member.document_number), data=data, version=version)
