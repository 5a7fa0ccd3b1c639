"""Work through a long list until it ends or the time is over; no item stops another."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol, TypeVar

from chalicelib.domain.errors import CasillaError
from chalicelib.store.key_page import KeyPage

FAILED = "failed"
"""The outcome of an item that raised something."""

_Report = TypeVar("_Report")
_logger = logging.getLogger(__name__)


class ListKeys(Protocol):
    """A store's list of one shard of an index."""

    def __call__(self, shard: str, *, after: Mapping[str, Any] | None = None) -> KeyPage:
        """Return a page of keys."""


@dataclass(frozen=True, slots=True)
class Worked:
    """How many items had which outcome; `is_complete` when every item was looked at and none failed."""

    outcomes: Counter[str]
    is_complete: bool


def work_through(
    items: Iterable[str], handle: Callable[[str], str], *, job: str, now: Callable[[], datetime], until: datetime
) -> Worked:
    """Handle each item, which says its outcome, and begin none after `until`.

    An item that raises is counted and logged by its key, which must name no person, and the others go on. What lists
    the items may raise: then there is no list to work through.
    """
    outcomes: Counter[str] = Counter()
    for item in items:
        if now() >= until:
            return Worked(outcomes, is_complete=False)
        try:
            outcomes[handle(item)] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            log_failed(job, item, error)
            outcomes[FAILED] += 1
    return Worked(outcomes, is_complete=not outcomes[FAILED])


def counted(report: type[_Report], outcomes: Counter[str], **more: Any) -> _Report:
    """Make a job's report, a dataclass with a field for each outcome; `more` are its other fields.

    Raises:
        TypeError: an outcome has no field, so that nobody would look at it.

    """
    names = {field.name for field in fields(report)} - more.keys()  # type: ignore[arg-type]  # a dataclass
    return report(**{**dict.fromkeys(names, 0), **outcomes, **more})


def log_failed(job: str, item: str, error: Exception) -> None:
    """Log an item that failed: by its key, and the error's kinds."""
    code = error.code if isinstance(error, CasillaError) else ""
    cause = type(error.__cause__ or error).__name__
    _logger.error(
        "item failed",
        extra={"job": job, "item": item, "error": type(error).__name__, "code": code, "cause": cause},
    )


def pages_of(list_page: Callable[..., KeyPage]) -> Iterator[str]:
    """Yield all keys, asking for the next page only when those before it are done."""
    after: Mapping[str, Any] | None = None
    while True:
        page = list_page(after=after)
        yield from page.keys
        after = page.after
        if after is None:
            return


def in_turns(sources: Iterable[Iterator[str]]) -> Iterator[str]:
    """Yield one of each source in turn, until all have ended."""
    open_ones = list(sources)
    while open_ones:
        going_on = []
        for source in open_ones:
            key = next(source, None)
            if key is not None:
                going_on.append(source)
                yield key
        open_ones = going_on
