"""What files sent ahead need."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.store.upload_store import UploadStore


@made_once
def upload_store(box: Container) -> UploadStore:
    """The outcomes of checks."""
    return UploadStore(connection(box))
