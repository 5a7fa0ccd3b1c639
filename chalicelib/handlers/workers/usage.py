"""Close the months of institutions that are over, and see to their payment, each night."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.usage import closing_tools
from chalicelib.handlers.workers.reports import NIGHT_TIME, reported
from chalicelib.services.usage import close_statements as closing


def close_statements(_: CloudWatchEvent) -> dict[str, Any]:
    """Close months, tell coordinators, hold up the agreements of who pays late."""
    box = current()
    return reported("close_statements", closing.close_statements(closing_tools(box), until=box.clock() + NIGHT_TIME))
