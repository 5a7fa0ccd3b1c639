"""Receipts by code and by hash, on both engines."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.evidence.indexing import IndexPosition
from chalicelib.domain.evidence.receipt import IssuedReceipt
from chalicelib.domain.notice import Notice
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.position_store import PositionStore
from chalicelib.store.receipt_store import ReceiptStore
from chalicelib.store.tables import DepositItem, NoticeItem
from tests.builders import a_notice
from tests.cloud import bound
from tests.deposit_world import NOW

ONE, OTHER = a_notice(), a_notice(notice_id="otra", verification_code="OTRO")
HASH = "a" * 64


@pytest.fixture
def connection(engine: dict[str, str]) -> Connection:
    return bound(engine)


@pytest.fixture
def store(connection: Connection) -> ReceiptStore:
    return ReceiptStore(connection)


def add(connection: Connection, notice: Notice, receipt_sha256: str | None = HASH) -> None:
    with TransactWrite(connection=connection) as transaction:
        NoticeStore().add_in(transaction, notice, receipt_sha256)


def test_a_receipt_is_found_by_its_code_and_by_its_file(connection: Connection, store: ReceiptStore) -> None:
    add(connection, ONE)
    add(connection, OTHER, "b" * 64)

    assert store.find_by_code(ONE.verification_code) == store.find_by_sha256(HASH) == (ONE.notice_id,)
    assert store.read((ONE.notice_id,)) == (IssuedReceipt(ONE, HASH),)


def test_what_nobody_has_is_not_found_and_reading_none_is_one_call_too(store: ReceiptStore) -> None:
    assert store.find_by_code("NADIE") == store.find_by_sha256("0" * 64) == ()
    assert store.read(()) == ()


def test_two_notices_with_one_code_are_both_found(connection: Connection, store: ReceiptStore) -> None:
    add(connection, ONE)
    add(connection, replace(OTHER, verification_code=ONE.verification_code), "b" * 64)

    found = store.find_by_code(ONE.verification_code)

    assert set(found) == {ONE.notice_id, OTHER.notice_id}
    assert {issued.receipt_sha256 for issued in store.read(found)} == {HASH, "b" * 64}


def test_what_a_package_before_stored_is_found_once_it_is_indexed(connection: Connection, store: ReceiptStore) -> None:
    add(connection, ONE, None)
    stored = NoticeItem.get(ONE.notice_id).serialize()
    assert (store.find_by_code(ONE.verification_code), store.is_indexed(ONE.notice_id)) == ((), False)

    assert store.index(ONE.notice_id, ONE.verification_code, HASH)

    assert store.find_by_code(ONE.verification_code) == store.find_by_sha256(HASH) == (ONE.notice_id,)
    assert store.is_indexed(ONE.notice_id)
    added = {"verification_code": {"S": ONE.verification_code}, "receipt_sha256": {"S": HASH}}
    assert NoticeItem.get(ONE.notice_id).serialize() == {**stored, **added}


def test_what_is_found_already_stays_and_what_is_no_notice_becomes_none(
    connection: Connection, store: ReceiptStore
) -> None:
    add(connection, ONE)

    assert not store.index(ONE.notice_id, "OTRO", "b" * 64)
    assert not store.index("nunca", "OTRO", "b" * 64)
    assert store.find_by_code("OTRO") == ()
    assert not NoticeStore().exists("nunca")


def test_every_deposit_is_listed_from_a_key_on(store: ReceiptStore) -> None:
    for number in range(7):
        answer = json.dumps({"number": number}).encode()
        DepositItem(f"e#{number}", fingerprint="f", notice_id=f"n{number}", answer=answer, evidence={}).save()

    every = list(store.list_deposits(after=None))
    assert sorted(every) == [(f"e#{n}", f"n{n}", json.dumps({"number": n}).encode()) for n in range(7)]
    assert list(store.list_deposits(after=every[3][0])) == every[4:]


def test_of_two_runs_at_once_none_takes_the_other_s_position_back(connection: Connection) -> None:
    assert connection
    positions = PositionStore("index_receipts", IndexPosition)
    assert positions.find() is None

    first = positions.move(IndexPosition(after="a"), NOW)
    assert first == IndexPosition(after="a", version=1) == positions.find()
    assert positions.move(IndexPosition(after="b"), NOW) is None
    assert positions.move(replace(first, after="c"), NOW) == IndexPosition(after="c", version=2)
    assert positions.move(replace(first, after="d"), NOW) is None


def test_no_answer_of_the_table_is_told_as_that(store: ReceiptStore) -> None:
    name, NoticeItem.Meta.table_name = NoticeItem.Meta.table_name, "not-there"
    try:
        for look in (store.find_by_code, store.find_by_sha256):
            with pytest.raises(Unavailable, match="store_unavailable"):
                look("x")
    finally:
        NoticeItem.Meta.table_name = name
