"""The command about deposits whose alerts reached nobody by some channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.reading import reading_store
from chalicelib.handlers.operator.command import Told
from chalicelib.renderers.deposit.unreached_list import list_json, list_text
from chalicelib.services.deposit.list_all_unreached import list_all_unreached


def list_all(given: Mapping[str, Any]) -> Told:
    """Show a page of the list, of all institutions."""
    box = current()
    found = list_all_unreached(
        batches=alert_batch_store(box), readings=reading_store(box), limit=given["limit"], after=given["after"]
    )
    return Told(list_text(found, box.calendar.zone), list_json(found))
