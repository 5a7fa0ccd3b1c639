"""Make the lists of looks that institutions asked for."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.audit import audit_tools
from chalicelib.handlers.workers.reports import SWEEP_TIME, reported
from chalicelib.services.audit import prepare_audits as preparing


def prepare_audits(_: CloudWatchEvent) -> dict[str, Any]:
    """Make what was asked for since."""
    box = current()
    return reported("prepare_audits", preparing.prepare_audits(audit_tools(box), until=box.clock() + SWEEP_TIME))
