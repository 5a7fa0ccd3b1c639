from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.config import Config
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.export.export import Export, ExportKind, ExportState, PreparedFile
from chalicelib.store.batch_read import read_together
from chalicelib.store.export_store import ExportStore
from chalicelib.store.tables import bind
from tests.cloud import bound

NOW = datetime(2026, 3, 9, 20, 15, 30, 250_001, tzinfo=UTC)
ASKED = Export("e1", "1-40000002", "u1", ExportKind.EVIDENCE, NOW, {"notice_id": "n1"})
FILE = PreparedFile("2026/03/09/e1/a", "notificacion.zip", "application/zip", 12)
OTHER = replace(FILE, object_key="2026/03/09/e1/b")


@pytest.fixture
def exports(engine: dict[str, str]) -> ExportStore:
    bound(engine)
    store = ExportStore()
    store.add(ASKED)
    return store


def test_a_request_is_found_as_it_was_added_also_beside_other_items(engine: dict[str, str]) -> None:
    connection, store = bound(engine), ExportStore()
    store.add(ASKED)
    assert store.find("e1") == ASKED
    assert store.find("e2") is None
    found = read_together(connection, [store.key("e1"), store.key("e2")])
    assert [store.from_item(item) for item in found.values()] == [ASKED]


def test_the_first_file_that_is_finished_stands(exports: ExportStore) -> None:
    assert exports.finish("e1", FILE)
    assert not exports.finish("e1", OTHER)
    assert not exports.fail("e1")
    assert exports.find("e1") == replace(ASKED, state=ExportState.READY, prepared=FILE)


def test_what_failed_can_still_be_finished(exports: ExportStore) -> None:
    assert exports.fail("e1")
    assert not exports.fail("e1")
    assert exports.finish("e1", FILE)


def test_what_nobody_asked_for_is_neither_finished_nor_failed(exports: ExportStore) -> None:
    assert (exports.finish("e2", FILE), exports.fail("e2"), exports.find("e2")) == (False, False, None)


def test_no_table_is_told_as_no_answer(aws: dict[str, str]) -> None:
    bind(Config.from_env({**aws, "EXPORTS_TABLE": "no-such-table"}))
    with pytest.raises(Unavailable):
        ExportStore().find("e1")
    with pytest.raises(Unavailable):
        ExportStore().add(ASKED)
    with pytest.raises(Unavailable):
        ExportStore().fail("e1")
