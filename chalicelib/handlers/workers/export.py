"""Put files together."""

from __future__ import annotations

import json
from typing import Any

from chalice.app import SQSEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.export import export_tools
from chalicelib.handlers.workers.reports import failures, message_id
from chalicelib.services.export.prepare_export import prepare_export


def prepare_exports(event: SQSEvent) -> dict[str, Any]:
    """Put together each file that somebody asked for."""
    box = current()

    def handle(message: dict[str, Any]) -> None:
        prepare_export(json.loads(message["body"])["export_id"], tools=export_tools(box))

    return failures(event.to_dict()["Records"], message_id, handle)
