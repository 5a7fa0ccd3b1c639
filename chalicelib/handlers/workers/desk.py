"""Look after the desks: whether a password that is to be restored is about to be late."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.desk import recovery_store
from chalicelib.handlers.workers.reports import reported
from chalicelib.services.desk.watch_recoveries import watch_recoveries as watch


def watch_recoveries(_: CloudWatchEvent) -> dict[str, Any]:
    """Tell how many are pressing, and for how many somebody is woken."""
    box = current()
    return reported("watch_recoveries", watch(recoveries=recovery_store(box), now=box.clock()))
