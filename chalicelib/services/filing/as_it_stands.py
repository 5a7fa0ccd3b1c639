"""Change a draft as it stands, whatever another window did to it meanwhile: only where one change undoes no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chalicelib.domain.errors import Conflict
from chalicelib.domain.session import Session
from chalicelib.services.filing.filing_drafts import find_draft
from chalicelib.store.filing.filing_draft_store import FilingDraftStore

MOST_TRIES = 4
_T = TypeVar("_T")


def as_it_stands(draft_id: str, session: Session, change: Callable[[int], _T], *, store: FilingDraftStore) -> _T:
    """Run a change with the draft's present version, again where the draft changed in between.

    So two windows may send files at the same time, and each file that arrived stays.

    Raises:
        NotFound, Conflict: as `change_draft`.

    """
    for _ in range(MOST_TRIES - 1):
        try:
            return change(find_draft(draft_id, session, store=store).version)
        except Conflict as error:
            if error.code != "draft_changed":
                raise
    return change(find_draft(draft_id, session, store=store).version)
