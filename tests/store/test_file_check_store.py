"""Outcomes of file checks: kept once, for an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.config import Config
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.notice import FileAttachment, FileFacts, FileRole, FileSignature
from chalicelib.domain.upload.file_check import CheckState, FileCheck, Verdict
from chalicelib.domain.upload.upload import FileProblem
from chalicelib.store.file_check_store import FileCheckStore
from chalicelib.store.tables import FileCheckItem, bind
from tests.cloud import bound
from tests.upload_world import NOW

FACTS = FileFacts(
    (
        FileSignature("Firma1", covers_whole_file=True),
        FileSignature("Sello", covers_whole_file=False, is_timestamp=True),
    ),
    (FileAttachment("factura.xml", "application/xml", "Data", 1234),),
)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(engine: dict[str, str]) -> FileCheckStore:
    bound(engine)
    return FileCheckStore()


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict("0" * 64, 5, facts=FACTS), CheckState.ACCEPTED),
        (Verdict("", 0, (FileProblem("pdf_encrypted", "Año", "main"), FileProblem("b", "c"))), CheckState.REFUSED),
        (None, CheckState.FAILED),
    ],
)
def test_an_outcome_is_read_as_it_was_kept(store: FileCheckStore, verdict: Verdict | None, state: CheckState) -> None:
    check = FileCheck("mef", "1", LATER, verdict, FileRole.MAIN)

    assert store.add(check)
    assert store.find("mef", "1", NOW) == check
    assert check.state is state


def test_the_first_outcome_stands(store: FileCheckStore) -> None:
    first = FileCheck("mef", "1", LATER, None)
    store.add(first)

    assert not store.add(FileCheck("mef", "1", LATER, Verdict("", 1)))
    assert store.find("mef", "1", NOW) == first


def test_it_is_its_owner_s_and_counts_until_its_time(store: FileCheckStore) -> None:
    store.add(FileCheck("mef", "1", LATER, None))

    assert store.find("minsa", "1", NOW) is None
    assert store.find("mef", "2", NOW) is None
    assert store.find("mef", "1", LATER) is None


def test_the_table_forgets_it_by_itself(store: FileCheckStore) -> None:
    store.add(FileCheck("mef", "1", LATER, None))

    assert FileCheckItem.get("mef#1").expires_at == LATER.replace(microsecond=0)


def test_a_table_that_does_not_answer_is_told_as_such(aws: dict[str, str]) -> None:
    bind(Config.from_env({**aws, "CHECKS_TABLE": "no-such-table"}))
    with pytest.raises(Unavailable):
        FileCheckStore.find("mef", "1", NOW)
    with pytest.raises(Unavailable):
        FileCheckStore.add(FileCheck("mef", "1", LATER, None))
