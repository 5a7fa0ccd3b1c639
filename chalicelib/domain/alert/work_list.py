"""What operators look at and do: alerts that were given up, those that wait, and what became of sending them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.alert.alert_batch import AlertBatch


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A notice with alerts given up, and since when; `batch` is None when what is stored of it cannot be read."""

    notice_id: str
    since: datetime
    batch: AlertBatch | None


@dataclass(frozen=True, slots=True)
class WorkList:
    """A page of the operators' list, the latest given up first.

    `total` counts all that are on the list, `oldest` and `newest` are None when there are none. `after` is the
    position where the next page begins, None after the last.
    """

    total: int
    oldest: datetime | None
    newest: datetime | None
    shown: tuple[GivenUp, ...]
    after: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many notices have alerts that wait, with nothing given up; how many a worker should take now.

    `longest` are those that wait longest, with since when, the longest first.
    """

    total: int
    due: int
    longest: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Indexed:
    """How many notices' alerts were looked at, were put into another list, and could not be read or written.

    `after` is the last one looked at, None when the end was reached.
    """

    looked_at: int
    moved: int
    failed: int
    after: str | None


class Resending(StrEnum):
    """What became of sending a notice's alerts again."""

    RESENT = "resent"
    """They wait to be sent, at once."""
    NOT_GIVEN_UP = "not_given_up"
    """Nothing was given up, so nothing was written."""
    UNKNOWN = "unknown"
    """There are no alerts of such a notice."""
    FAILED = "failed"
    """It could not be read or written; the log says why."""


@dataclass(frozen=True, slots=True)
class Resent:
    """What became of one notice; `batch` is as it was before, None where it was not read."""

    notice_id: str
    outcome: Resending
    batch: AlertBatch | None = None


@dataclass(frozen=True, slots=True)
class ResentAll:
    """What became of a part of the list; `left` counts the notices of it that were not begun."""

    notices: tuple[Resent, ...]
    left: int
