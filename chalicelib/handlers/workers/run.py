"""How a job runs: with secrets as they are of late, and with Lambda's number of the run in every line of its log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.handlers.log import log


def run(work: Callable[[Any], Any], event: Any) -> Any:
    """Do the work that an event of chalice's asks for."""
    current().begin()
    with log().append_context_keys(function_request_id=run_of(event.context)):
        return work(event)


def run_of(context: Any) -> str:
    """Return the number by which Lambda's own lines call a run, such as the one that its time was over."""
    return str(getattr(context, "aws_request_id", ""))
