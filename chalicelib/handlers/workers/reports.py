"""How workers report: which records failed, and what a sweep did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from typing import Any

from chalicelib.handlers.fault import describe_fault
from chalicelib.handlers.log import log

SWEEP_TIME = timedelta(minutes=4)
"""A sweep of every few minutes starts nothing new after this; its function may run one minute longer."""

NIGHT_TIME = timedelta(minutes=13)
"""A job at night starts nothing new after this; its function may run two minutes longer."""


class JobFailed(Exception):
    """A job ended by an error. Its text is the kinds alone: Lambda prints it, and sends it on with what failed."""


def failure_of(job: str, error: Exception) -> JobFailed:
    """Log what ended a job, and return what to raise in its place."""
    fault = describe_fault(error)
    log().error("job failed", job=job, fault=fault)
    return JobFailed(f"{job}: {fault['error']}")


def failures(
    records: list[dict[str, Any]],
    identify: Callable[[dict[str, Any]], str],
    handle: Callable[[dict[str, Any]], None],
) -> dict[str, Any]:
    """Handle every record; name those that failed, so that they alone come again."""
    failed = []
    for record in records:
        try:
            handle(record)
        except Exception as error:  # noqa: BLE001 - whatever it is, only this record comes again
            log().error("record failed", record=identify(record), fault=describe_fault(error))
            failed.append({"itemIdentifier": identify(record)})
    return {"batchItemFailures": failed}


def message_id(message: dict[str, Any]) -> str:
    """Return how a queue names a message."""
    return str(message["messageId"])


def reported(job: str, report: Any) -> dict[str, Any]:
    """Log what became of a job's items, and return it.

    `report` is a dataclass of counts and `is_complete`. Metric filters of the template read the line, and the runbook
    tells of each count.
    """
    counts = {field.name: getattr(report, field.name) for field in fields(report)}
    log().info("job done", job=job, **counts)
    return counts
