"""Institutions and the keys their systems sign with."""

from __future__ import annotations

from chalicelib.domain.sender.institution import Institution, SigningKey
from chalicelib.domain.sender.short_name import check_short_name
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import InstitutionItem

PROFILE = "profile"


def key_item(key_id: str) -> str:
    """Return the sort key of a signing key."""
    return f"key#{key_id}"


def institution_from(item: InstitutionItem | None) -> Institution | None:
    """Read an institution's profile."""
    return None if item is None else from_data(Institution, item.data)


def signing_key_from(item: InstitutionItem | None) -> SigningKey | None:
    """Read a signing key."""
    return None if item is None else from_data(SigningKey, item.data)


class InstitutionStore:
    """Writes institutions and their keys; a deposit reads them together with everything else it needs."""

    def put(self, institution: Institution) -> None:
        """Add or replace the profile.

        Raises:
            InvalidInput: `short_name_invalid`.

        """
        if institution.short_name is not None:
            check_short_name(institution.short_name)
        InstitutionItem(institution.institution_id, PROFILE, data=to_data(institution)).save()

    def put_key(self, key: SigningKey) -> None:
        """Add or replace a signing key."""
        InstitutionItem(key.institution_id, key_item(key.key_id), data=to_data(key)).save()
