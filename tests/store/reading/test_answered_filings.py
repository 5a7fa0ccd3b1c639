"""A notice leads to the filings that it answers, and its holder's page to those of its own mailbox alone."""

from __future__ import annotations

from pynamodb.transactions import TransactWrite

from chalicelib.store.batch_read import read_together
from chalicelib.store.reading.answered_filings import answer_in, answered_in, answers_key, find_answered
from tests.cloud import bound

NOTICE_ID, OWN, OTHER = "2345-6789-2345", "1-40000002", "8-10400000021"


def test_a_notice_answers_several_filings_each_of_its_mailbox(aws: dict[str, str]) -> None:
    connection = bound(aws)
    for filing_id, mailbox_id in (("BBBB", OWN), ("AAAA", OWN), ("CCCC", OTHER), ("AAAA", OWN)):
        with TransactWrite(connection=connection) as transaction:
            answer_in(transaction, NOTICE_ID, filing_id, mailbox_id)

    key = answers_key(NOTICE_ID)
    item = read_together(connection, (key,))[key]
    assert find_answered(NOTICE_ID, connection=connection) == ("AAAA", "BBBB", "CCCC")
    assert answered_in(item, mailbox_id=OWN) == ("AAAA", "BBBB")
    assert answered_in(item, mailbox_id="1-40000099") == ()
    assert find_answered("9999-9999-9999", connection=connection) == ()
