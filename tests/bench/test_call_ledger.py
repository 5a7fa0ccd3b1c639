"""The budget of calls (architecture.md), held by the ledger over the benchmark's stub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from app import app
from bench import access_calls, call_ledger, compose, mailbox_calls, sent, staff_calls
from bench.access_floor import floor_app
from bench.ledger import Call, Ledger, ledger
from bench.people import people_of
from bench.world import BenchWorld, answer_of, bench_world, calls_of, handle


@pytest.fixture(scope="module")
def world() -> Iterator[BenchWorld]:
    with bench_world() as opened:
        handle(opened.deposit_event(opened.uploaded_body()))  # makes every client
        yield opened


def test_an_upload_grant_reads_once_and_writes_nothing(world: BenchWorld) -> None:
    book = call_ledger.upload_grant(world).measure()

    assert (book.hops, book.operations) == (1, ["BatchGetItem"])


def test_a_deposit_of_uploaded_files_takes_three_hops_and_four_calls(world: BenchWorld) -> None:
    book = call_ledger.deposit_uploaded(world).measure()

    assert (book.hops, book.calls) == (3, 4)
    assert book.operations[0] == "BatchGetItem"
    assert set(book.operations[1:3]) == {"PutItem", "PutObject"}
    assert book.operations[3] == "TransactWriteItems"


def test_a_file_inside_the_deposit_adds_one_call_and_no_hop(world: BenchWorld) -> None:
    book = call_ledger.deposit_inline(world).measure()

    assert (book.hops, book.calls) == (3, 5)


def test_a_notice_written_at_a_page_costs_what_is_told(world: BenchWorld) -> None:
    for action in compose.actions(world):
        book = action.measure()
        assert (book.hops, book.calls) == (action.hops, action.calls), (action.name, book.operations)


def test_each_page_from_an_empty_draft_to_its_receipt_costs_what_is_told(world: BenchWorld) -> None:
    member, cookie, _ = sent.an_officer(world)
    whole = (0, 0)
    for action in compose.pages(compose.Desk(world, member, cookie)):
        book = replace(action, latency_s=0.15).measure()
        assert (book.hops, book.calls) == (action.hops, action.calls), (action.name, book.operations)
        whole = (whole[0] + book.hops, whole[1] + book.calls)

    assert whole == compose.WHOLE


def test_the_staffs_ways_in_and_out_cost_what_is_told(world: BenchWorld) -> None:
    books = {}
    for action in staff_calls.actions(world):
        books[action.name] = book = action.measure()
        assert (book.hops, book.calls) == (action.hops, action.calls), (action.name, book.operations)

    assert books["staff login"].operations[-2:].count("TransactWriteItems") == 1
    wrong, nobody = books["staff login, refused"], books["staff login of nobody"]
    assert sorted(one.replace("Encrypt", "Decrypt") for one in nobody.operations) == sorted(wrong.operations)


def test_a_repeated_deposit_is_answered_after_one_read(world: BenchWorld) -> None:
    book = call_ledger.replay(world).measure()

    assert (book.hops, book.operations) == (1, ["BatchGetItem"])


@pytest.mark.parametrize("users", [1, 5])
def test_alerts_take_two_calls_one_for_the_receipt_and_one_a_message_all_sent_at_once(
    world: BenchWorld, users: int
) -> None:
    book = call_ledger.alert(world, users).measure()

    assert sorted(book.operations[:2]) == ["GetObject", "UpdateItem"]
    assert sorted(book.operations[2:-1]) == ["Publish", *["SendEmail"] * users]
    assert (book.operations[-1], book.calls) == ("TransactWriteItems", 3 + users + 1)
    assert book.hops == 3  # attempt beside the receipt, messages, outcome after: none can go before the one above it


def test_alerts_that_carry_nothing_read_no_receipt(world: BenchWorld) -> None:
    book = call_ledger.alert(world, 5, attaches=False).measure()

    assert "GetObject" not in book.operations
    assert (book.hops, book.calls) == (3, 2 + 6)


def test_each_reading_takes_its_nonce_and_two_hops_but_for_the_end_of_a_month_that_is_over(world: BenchWorld) -> None:
    books = [action.measure() for action in call_ledger.reads(world)]

    assert [(book.hops, book.calls) for book in books] == [(2, 3), (2, 3), (2, 10), (3, 18), (2, 2), (2, 3)]


def test_a_verified_code_takes_eight_hops_and_eight_calls(world: BenchWorld) -> None:
    book = access_calls.verification(people_of(world)).measure()

    used = ["UpdateItem", "DeleteItem", "PutItem", "UpdateItem"]
    assert book.operations == ["GetItem", "GetItem", *used, "TransactWriteItems", "SendEmail"]
    assert book.hops == 8


def test_a_page_of_the_list_and_an_opening_take_two_hops(world: BenchWorld) -> None:
    books = {action.name: action.measure() for action in mailbox_calls.actions(people_of(world))}

    assert {book.hops for book in books.values()} == {2}
    for page in ("list page of 50", "mailbox page"):
        assert sorted(books[page].operations) == ["BatchGetItem", "BatchGetItem", "Query"]
    for opened in ("first opening", "opening again", "page of an opened notice"):
        assert sorted(books[opened].operations) == ["BatchGetItem", "Query", "TransactWriteItems"]
    assert books["page just opened"].operations == ["BatchGetItem", "Query"]


def test_a_page_asks_for_the_outages_once_a_minute_and_a_program_never(world: BenchWorld) -> None:
    people = people_of(world)
    token = people.token()
    page, listing = mailbox_calls.mailbox_page(people, token), mailbox_calls.listing(people, token)
    page.run()
    world.signer.clock.advance(seconds=61)

    books = [listing.measure(), page.measure(), page.measure()]

    assert [(book.hops, book.calls) for book in books] == [(2, 3), (3, 4), (2, 3)]
    assert sorted(books[1].operations) == ["BatchGetItem", "BatchGetItem", "BatchGetItem", "Query"]


def test_the_floor_of_a_request_with_a_session_answers_the_same(world: BenchWorld) -> None:
    people = people_of(world)
    event = people.event("GET", "/v1/sessions/current", token=people.token())

    assert answer_of(floor_app(world), event) == answer_of(app, event)


@pytest.mark.usefixtures("world")
def test_the_stub_refuses_what_a_condition_forbids() -> None:
    client = boto3.client("dynamodb")
    item = {"token": {"S": "once"}, "expires_at": {"N": "1"}}
    spend = {"TableName": "tokens_table", "Item": item, "ConditionExpression": "attribute_not_exists(#t)"}
    client.put_item(**spend, ExpressionAttributeNames={"#t": "token"})

    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(**spend, ExpressionAttributeNames={"#t": "token"})


def test_the_stub_counts_units_as_dynamodb_publishes_them(world: BenchWorld) -> None:
    client = boto3.client("dynamodb")
    item = {"token": {"S": "t" * 1019}, "expires_at": {"N": "1"}}  # 5 + 1019 + 10 + 1 bytes: more than 1 KB

    spent = calls_of(lambda: client.put_item(TableName="tokens_table", Item=item), world)

    assert spent == {"calls": 1, "read": 0, "write": 2, "scanned": 0}


def test_the_stub_charges_for_every_notice_a_query_reads(world: BenchWorld) -> None:
    notice_id = handle(world.deposit_event(world.uploaded_body()))["notice_id"]
    world.stub.fill("notices_table", 1000, {"notice_id": notice_id})
    client = boto3.client("dynamodb")
    query = {
        "TableName": "notices_table",
        "IndexName": "by_mailbox",
        "KeyConditionExpression": "mailbox_id = :m",
        "ExpressionAttributeValues": {":m": {"S": "1-40000002"}},
    }

    few = calls_of(lambda: client.query(**query, Limit=10), world)
    many = calls_of(lambda: client.query(**query), world)

    assert many["read"] > 50 * few["read"]


def test_calls_that_overlap_are_one_hop() -> None:
    book = Ledger()
    for start, end in ((0.0, 1.0), (0.5, 1.5), (1.6, 2.0), (1.7, 3.0)):
        book.entries.append(Call("PutItem", start, end))

    assert (book.hops, book.calls) == (2, 4)


@pytest.mark.usefixtures("world")
def test_the_ledger_sees_any_client_and_only_while_it_is_open() -> None:
    with ledger(latency_s=0.01) as book:
        boto3.client("s3").put_object(Bucket="documents", Key="k", Body=b"x")
    boto3.client("s3").put_object(Bucket="documents", Key="k", Body=b"x")

    assert book.operations == ["PutObject"]


def test_the_console_tells_what_was_sent_within_its_budget() -> None:
    with bench_world() as world:  # others of this module have thousands of copies in one shard
        _, cookie, _ = sent.an_officer(world)
        for action in sent.actions(cookie, world.deposit()):
            book = action.measure()
            assert (action.name, book.hops, book.calls) == (action.name, action.hops, action.calls)


def test_a_page_of_what_was_sent_costs_the_same_among_many() -> None:
    with bench_world() as world:
        _, cookie, _ = sent.an_officer(world)
        notice_id, page = world.deposit(), sent.sent_page(cookie).run
        world.stub.stand_sent(100, notice_id)
        page()
        few = calls_of(page, world)
        world.stub.stand_sent(3000, notice_id)
        many = calls_of(page, world)

    assert (many["calls"], few["calls"]) == (11, 11)
    assert many["read"] <= 1.1 * few["read"]
