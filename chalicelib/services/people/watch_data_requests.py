"""Every hour: tell answers to requests about own data that were not told, and for how long a term has been pressing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.people.data_request import Awaited, is_to_be_told
from chalicelib.services.people.answer_data_requests import pressing_s, tell_answer
from chalicelib.services.people.data_requests import DataRequestTools
from chalicelib.services.work_through import counted, work_through

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class WatchedDataRequests:
    """What became of answers: `told` now, `untold` as nothing could go out, `void` where nothing was left to tell.

    `pressing_s` is for how long a request has been due in less than two days, or its answer could not be told.
    """

    told: int
    untold: int
    void: int
    failed: int
    pressing_s: int
    is_complete: bool


def watch_data_requests(
    *, tools: DataRequestTools, now: Callable[[], datetime], until: datetime
) -> WatchedDataRequests:
    """Tell what is due, beginning none after `until`; `told`, `untold` to be tried again later, or `void`."""
    # An item that fails is logged by its number here: a mailbox's own name is somebody's document.
    keys = tools.requests.awaiting(Awaited.TELLING, until=now(), limit=_AT_ONCE)
    due = {str(number): key for number, key in enumerate(keys, 1)}

    def handle(number: str) -> str:
        request = tools.requests.find(due[number])
        if request is None or not is_to_be_told(request, now()):
            return "void"
        return "told" if tell_answer(request, tools=tools, now=now()).told_at is not None else "untold"

    worked = work_through(due, handle, job="watch_data_requests", now=now, until=until)
    return counted(
        WatchedDataRequests,
        worked.outcomes,
        pressing_s=pressing_s(tools, now()),
        is_complete=worked.is_complete and len(keys) < _AT_ONCE,
    )
