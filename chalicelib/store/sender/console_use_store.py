"""That officers consult: noted beside their institution, once a local day and process, so that no page waits twice."""

from __future__ import annotations

from datetime import date

from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, VENDOR_ERRORS, vendor_code

CONSOLE_USE = "console-use"


class ConsoleUseStore:
    """Raises `Unavailable` when DynamoDB does not answer. The models have to be bound."""

    def __init__(self) -> None:
        """Remember what this process noted."""
        self._noted: dict[str, date] = {}

    def note(self, institution_id: str, day: date) -> None:
        """Note that it was used on a day, unless a later one is noted."""
        if self._noted.get(institution_id) == day:
            return
        item, written = InstitutionItem(institution_id, CONSOLE_USE), day.isoformat()
        is_first = InstitutionItem.used_on.does_not_exist() | (InstitutionItem.used_on < written)
        try:
            item.update(
                actions=[InstitutionItem.used_on.set(written), InstitutionItem.data.set({})], condition=is_first
            )
        except VENDOR_ERRORS as error:
            if vendor_code(error) != CONDITION_FAILED:
                raise store_unavailable() from error
        self._noted[institution_id] = day
