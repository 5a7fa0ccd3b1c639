"""A transaction that only met another one is tried again; what a condition refuses is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import connection
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.transaction import is_written
from tests.kept_container import kept_container


@pytest.fixture
def box(aws: dict[str, str]) -> Container:
    return kept_container(aws)[0]


@contextmanager
def refusing(box: Container, *reasons: str) -> Iterator[list[int]]:
    """Refuse so many transactions, each for one reason; how many were sent is in the list."""
    waiting, sent = list(reasons), [0]

    def refuse(**_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        sent[0] += 1
        if not waiting:
            return None
        answer = {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": [{"Code": waiting.pop(0)}, {"Code": "None"}],
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }
        return AWSResponse("https://engine", 400, HTTPHeaders(), None), answer

    name = "before-call.dynamodb.TransactWriteItems"
    events: Any = connection(box).client.meta.events
    events.register(name, refuse)
    try:
        yield sent
    finally:
        events.unregister(name, refuse)


def _write(box: Container) -> bool:
    def fill(transaction: TransactWrite) -> None:
        item = InstitutionItem("entidad", "prueba", data={})
        transaction.save(item, condition=InstitutionItem.item.does_not_exist())

    return is_written(connection(box), fill)


@pytest.mark.parametrize("times", [1, 3])
def test_what_met_another_one_is_written_in_the_end(box: Container, times: int) -> None:
    with refusing(box, *["TransactionConflict"] * times) as sent:
        assert _write(box)
    assert sent == [times + 1]
    assert not _write(box)  # it is there


@pytest.mark.parametrize(("reason", "times"), [("TransactionConflict", 4), ("ConditionalCheckFailed", 1)])
def test_what_is_refused_is_told_and_nothing_is_written(box: Container, reason: str, times: int) -> None:
    with refusing(box, *[reason] * times) as sent:
        assert not _write(box)
    assert sent == [times]
    assert _write(box)
