"""Put files together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalice.app import SQSEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.export import export_messages, export_tools
from chalicelib.handlers.workers.messages import tries_of, work_off
from chalicelib.handlers.workers.reports import reported
from chalicelib.services.export.prepare_export import prepare_export
from chalicelib.services.work_through import counted

LONGEST_WAIT = timedelta(hours=1)
"""The template's `maxReceiveCount` goes with it: `tests/infra/test_queues.py`."""


@dataclass(frozen=True, slots=True)
class PreparedExports:
    """What a batch came to: `refused` are too large, `gone` ready already or over, `waiting` come again."""

    prepared: int
    refused: int
    gone: int
    waiting: int
    failed: int
    oldest_waiting_s: int
    is_complete: bool


def prepare_exports(event: SQSEvent) -> dict[str, Any]:
    """Put together each file that somebody asked for."""
    box = current()

    def handle(message: dict[str, Any]) -> Iterator[str]:
        export_id = json.loads(message["body"])["export_id"]
        yield prepare_export(export_id, tools=export_tools(box), tries=tries_of(message)).value

    done = work_off(event, handle, queue=export_messages(box), longest_wait=LONGEST_WAIT, now=box.clock)
    is_complete = not done.outcomes["failed"]
    report = counted(PreparedExports, done.outcomes, oldest_waiting_s=done.oldest_waiting_s, is_complete=is_complete)
    reported("prepare_exports", report)
    return done.answer
