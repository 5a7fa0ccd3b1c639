"""When an institution last deposited, by what is counted for its panel: no deposit waits for that."""

from __future__ import annotations

from collections import Counter
from datetime import date

from chalicelib.domain.institution.activity import Activity
from chalicelib.services.together import together
from chalicelib.store.institution.activity_store import ActivityStore


def last_deposit(institution_id: str, today: date, *, counts: ActivityStore) -> date | None:
    """Return the local day of the last deposit of the last twelve months, None where there was none.

    Raises:
        Unavailable: `store_unavailable`.

    """
    found: list[Counter[tuple[date, Activity]]] = []
    together(counts.reads(institution_id, None, today, found))
    days = (day for one in found for (day, activity), count in one.items() if activity is Activity.DEPOSITED and count)
    return max(days, default=None)
