"""How workers report: which records failed, and what a sweep did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from chalicelib.handlers.fault import describe_fault
from chalicelib.handlers.log import log
from chalicelib.handlers.workers.run import run_of
from chalicelib.services.work_through import counted

SWEEP_TIME = timedelta(minutes=4)
"""A sweep of every few minutes starts nothing new after this; its function may run one minute longer."""

NIGHT_TIME = timedelta(minutes=13)
"""A job at night starts nothing new after this; its function may run two minutes longer."""


class JobFailed(Exception):
    """A job ended by an error. Its text is the kinds alone: Lambda prints it, and sends it on with what failed."""


def failure_of(job: str, error: Exception, context: Any) -> JobFailed:
    """Log what ended a job, in which of its runs, and return what to raise in its place."""
    fault = describe_fault(error)
    log().error("job failed", job=job, function_request_id=run_of(context), fault=fault)
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


def reported(job: str, report: Any) -> dict[str, Any]:
    """Log what became of a job's items, and return it.

    `report` is a dataclass of counts and `is_complete`. Metric filters of the template read the line, and the runbook
    tells of each count.
    """
    counts = {field.name: getattr(report, field.name) for field in fields(report)}
    log().info("job done", job=job, **counts)
    return counts


@dataclass(frozen=True, slots=True)
class RecordedDeliveries:
    """What became of delivery reports: `known` told nothing new, `ignored` are of other mail or kinds.

    `bounced` are those `recorded` by which an address receives nothing any more.
    """

    recorded: int
    bounced: int
    known: int
    ignored: int
    unreadable: int
    failed: int
    is_complete: bool


class DeliveriesUnrecorded(Exception):
    """Delivery reports could not be recorded; Lambda tries the event again, and then keeps it as a dead letter."""


def reported_deliveries(outcomes: Counter[str]) -> dict[str, Any]:
    """Log and return what became of delivery reports.

    Raises:
        DeliveriesUnrecorded: some were not understood or not recorded.

    """
    is_complete = not (outcomes["unreadable"] or outcomes["failed"])
    report = counted(RecordedDeliveries, outcomes, is_complete=is_complete)
    told = reported("record_deliveries", report)
    if not report.is_complete:
        raise DeliveriesUnrecorded
    return told
