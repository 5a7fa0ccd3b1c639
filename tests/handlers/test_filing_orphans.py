"""What filings that never committed left behind goes after eight days; what one that did has stays for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.domain.filing.filing import Filing
from chalicelib.handlers.workers.reports import JobFailed
from tests.alert_world import refusing
from tests.deposit_world import World
from tests.filing_world import ANNEX_ID, DOCUMENT_ID, file_it, seed_filing

SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)
ORPHAN = "filings/2026/03/09/2222-2222-2222/cargo.pdf"


def filed(world: World) -> Filing:
    seed_filing(world.container)
    return file_it(world.container)


def left(world: World) -> tuple[str, ...]:
    return files(world.container).list_documents("filings/")


def run(world: World, job: str) -> Any:
    return world.client.lambda_.invoke(job, SCHEDULED).payload


def test_orphans_of_filings_go_after_eight_days_and_receipts_stay(world: World) -> None:
    filing = filed(world)
    files(world.container).put_document(ORPHAN, b"%PDF-", "application/pdf")

    world.clock.advance(days=7)
    assert run(world, "sweep_orphans")["deleted"] == 0
    world.clock.advance(days=1)
    report = run(world, "sweep_orphans")

    assert (report["seen"], report["deleted"], report["is_complete"]) == (2, 1, True)
    assert left(world) == (filing.receipt_key,)


def test_filings_are_swept_where_deposits_fail(world: World) -> None:
    filing = filed(world)
    files(world.container).put_document(ORPHAN, b"%PDF-", "application/pdf")
    world.clock.advance(days=8)
    client = connection(world.container).client
    failing = refusing(client, "GetItem", "InternalServerError", status=500, only="position#sweep_orphans")
    with failing, pytest.raises(JobFailed, match="Unavailable"):
        run(world, "sweep_orphans")

    assert left(world) == (filing.receipt_key,)


def test_files_of_a_filing_outlast_the_time_of_uploads(world: World) -> None:
    filing = filed(world)

    world.clock.now += timedelta(days=30)
    assert run(world, "expire_uploads")["expired"] == 0

    kept = upload_store(world.container).find_all([DOCUMENT_ID, ANNEX_ID])
    assert {one.object_key for one in kept.values()} == {one.object_key for one in filing.documents}
    assert all(files(world.container).get_document(one.object_key) for one in filing.documents)
