"""What the worker of prepared files needs of the filing window: photos that become one PDF, whole histories."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing_window import draft_tools, filing_draft_store, filing_store
from chalicelib.bootstrap.storage import limit_store
from chalicelib.domain.export.export import ExportKind
from chalicelib.services.export.prepare_export import PREPARERS, Preparer
from chalicelib.services.filing.export_history import history
from chalicelib.services.filing.join_photos import JoinTools, WorkTools


@made_once
def join_tools(box: Container) -> JoinTools:
    """What asking for it needs."""
    return JoinTools(draft_tools(box), export_tools(box).queue, partial(limit_store, box))


@made_once
def join_work(box: Container) -> WorkTools:
    """What making it needs."""
    return WorkTools(filing_draft_store(box), upload_store(box), files(box), box.clock)


@made_once
def preparers(box: Container) -> Mapping[ExportKind, Preparer]:
    """What prepares each kind of file."""
    return {**PREPARERS, ExportKind.HISTORY: partial(history, filings=filing_store(box))}
