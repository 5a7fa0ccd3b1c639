"""What checks of institutions' files need, apart from the inspection itself, which few functions load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.gateways.files import Files
from chalicelib.services.sender.authenticate_sender import SenderTools
from chalicelib.store.file_check_store import FileCheckStore
from chalicelib.store.limit_store import LimitStore


@dataclass(frozen=True, slots=True)
class FileCheckTools:
    """What checks of institutions' files need."""

    senders: SenderTools
    limits: Callable[[], LimitStore]
    """Its pepper is read by whoever is proven."""
    files: Files
    checks: FileCheckStore
