"""What announcing outages needs."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store
from chalicelib.store.outage_store import OutageStore


@made_once
def outage_store(box: Container) -> OutageStore:
    """Outages and their board."""
    return OutageStore(connection(box), event_store(box))
