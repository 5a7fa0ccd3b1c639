"""Putting receipts that packages before issued where they are looked for: how far it is, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class IndexedReceipts:
    """How many deposits were looked at, how many of their receipts were put into the indexes, how many failed.

    `after` is the key of the last deposit looked at; `is_over` says that it was the last of all.
    """

    looked_at: int
    indexed: int
    failed: int
    after: str | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class IndexPosition:
    """How far a pass through all deposits is, and what it changed and met so far.

    `is_over` once a whole pass had nothing to do: then nothing is left for ever, since every deposit indexes its own.
    `version` counts how often it moved, so that of two runs at once none takes the other back.
    """

    after: str | None = None
    indexed: int = 0
    failed: int = 0
    is_over: bool = False
    version: int = 0

    def past(self, part: IndexedReceipts) -> IndexPosition:
        """Go on behind a part; behind the last one with another pass, unless this one had nothing to do."""
        indexed, failed = self.indexed + part.indexed, self.failed + part.failed
        if not part.is_over:
            return replace(self, after=part.after, indexed=indexed, failed=failed)
        return IndexPosition(is_over=not indexed and not failed, version=self.version)
