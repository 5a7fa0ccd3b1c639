"""Put files together: those that people ask for, and photos that become one PDF of a draft."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from chalice.app import SQSEvent

from chalicelib.bootstrap import Container, current
from chalicelib.bootstrap.export import export_messages, export_tools
from chalicelib.bootstrap.filing import filing_store, join_work
from chalicelib.domain.export.export import ExportKind
from chalicelib.handlers.workers.messages import tries_of, work_off
from chalicelib.handlers.workers.reports import reported
from chalicelib.services.export.prepare_export import PREPARERS, Preparer, prepare_export
from chalicelib.services.filing.export_history import history
from chalicelib.services.filing.join_photos import join_photos
from chalicelib.services.work_through import counted

LONGEST_WAIT = timedelta(hours=1)
"""The template's `maxReceiveCount` goes with it: `tests/infra/test_queues.py`."""


@dataclass(frozen=True, slots=True)
class PreparedExports:
    """What a batch came to: `refused` are too large, `gone` ready already or over, `waiting` come again.

    `joined` are PDFs of photos, which are inspected next.
    """

    prepared: int
    joined: int
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
        yield _prepare(json.loads(message["body"]), tries_of(message), box)

    done = work_off(event, handle, queue=export_messages(box), longest_wait=LONGEST_WAIT, now=box.clock)
    is_complete = not done.outcomes["failed"]
    report = counted(PreparedExports, done.outcomes, oldest_waiting_s=done.oldest_waiting_s, is_complete=is_complete)
    reported("prepare_exports", report)
    return done.answer


def _prepare(asked: dict[str, str], tries: int, box: Container) -> str:
    if "draft_id" in asked:
        return join_photos(asked["draft_id"], asked["upload_id"], tools=join_work(box), tries=tries).value
    export_id = asked["export_id"]
    preparers: dict[ExportKind, Preparer] = {
        **PREPARERS,
        ExportKind.HISTORY: partial(history, filings=filing_store(box)),
    }
    return prepare_export(export_id, tools=export_tools(box), tries=tries, preparers=preparers).value
