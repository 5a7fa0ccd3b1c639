"""Prepared files (descargas preparadas): what takes a worker to put together, kept for a day, for one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

LIFETIME = timedelta(hours=24)
"""From the request on; the file itself is deleted within two days."""
STALLED_AFTER = timedelta(minutes=20)
"""A worker that died tells nobody; its function ends long before."""


class ExportKind(StrEnum):
    """What can be prepared."""

    ANNEXES = "annexes"
    """The annexes of one notice; parameter `notice_id`."""
    EVIDENCE = "evidence"
    """Everything about one notice; parameter `notice_id`."""
    MAILBOX = "mailbox"
    """The evidence of every notice of the mailbox; parameter `year`, of the deposits, if not all."""
    LISTING = "listing"
    """The list of the notices that conditions select; parameters `format` (`ListingFormat`) and `query`, as in URLs."""
    HISTORY = "history"
    """All that was filed and received; parameter `format` (`ListingFormat`)."""


class ListingFormat(StrEnum):
    """What a list can be had as."""

    EXCEL = "xlsx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class ListingLimits:
    """Most notices in one file: what a worker draws in well under a minute, and what it writes in a few."""

    pdf: int = 5_000
    excel: int = 200_000


class ExportState(StrEnum):
    """How far it is."""

    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """What lies in the exports bucket at `object_key`; `size` in bytes."""

    object_key: str
    filename: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class ExportProblem:
    """Why it cannot be had as it was asked for, and what to do."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Export:
    """One request for a file, made by one user of a mailbox and shown to nobody else."""

    export_id: str
    mailbox_id: str
    user_id: str
    kind: ExportKind
    requested_at: datetime
    parameters: Mapping[str, str] = field(default_factory=dict)
    state: ExportState = ExportState.PREPARING
    prepared: PreparedFile | None = None
    problem: ExportProblem | None = None
    """Of one that failed and would fail again; None where trying again helps."""

    @property
    def expires_at(self) -> datetime:
        """From then on it counts as not there."""
        return self.requested_at + LIFETIME

    def state_at(self, now: datetime) -> ExportState:
        """Tell how far it is; one that nobody works at any more has failed."""
        if self.state is ExportState.PREPARING and now > self.requested_at + STALLED_AFTER:
            return ExportState.FAILED
        return self.state
