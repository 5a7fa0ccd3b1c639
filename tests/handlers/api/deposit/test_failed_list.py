"""`GET /v1/deposits?alerts=failed`: an institution's own deposits whose alerts reached nobody, to work off."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.reading import reading_store
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.reading.reading import ContestedSpan
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.store.alert.alert_batch_item import to_seconds
from chalicelib.store.tables import AlertBatchItem, NoticeItem
from tests.alert_world import refusing
from tests.costs import measure
from tests.deposit_world import World, a_body, a_signing_key, an_institution, put_institution, put_key
from tests.unreached_world import FAILED_AT, an_unreached, arrived, batch_of, fail, open_quietly, rewrite, store

EMAIL, SMS = Channel.EMAIL, Channel.SMS
OTHER = "otra-entidad"
LIST = "/v1/deposits?alerts=failed"


def page(world: World, cursor: str | None = None, limit: int = 50, **signing: Any) -> dict[str, Any]:
    behind = f"&cursor={cursor}" if cursor else ""
    answer = world.get(f"{LIST}{behind}&limit={limit}", **signing)
    assert answer.status_code == 200, answer.json_body
    told: dict[str, Any] = answer.json_body
    return told


def ids(told: dict[str, Any]) -> list[str]:
    return [one["notice_id"] for one in told["deposits"]]


def walk(world: World, limit: int, between: Callable[[int], None] = lambda _: None) -> list[str]:
    """Turn all pages, doing something between them."""
    found: list[str] = []
    cursor, turned = None, 0
    while True:
        told = page(world, cursor, limit)
        found += ids(told)
        cursor = told["next_cursor"]
        if cursor is None:
            return found
        turned += 1
        between(turned)


def with_another(world: World) -> dict[str, Any]:
    """Let another institution send; return how it signs."""
    put_institution(world.container, an_institution(institution_id=OTHER))
    put_key(world.container, a_signing_key(institution_id=OTHER))
    return {"keyid": f"{OTHER}:2026-1"}


def refused(answer: HTTPResponse) -> tuple[int, str, str]:
    return answer.status_code, answer.json_body["code"], answer.json_body["field"]


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_what_failed_is_told_with_what_to_do_and_goes_when_it_reaches_somebody(world: World) -> None:
    notice_id = world.deposit(a_body(regime="acknowledgement")).json_body["notice_id"]
    assert page(world)["deposits"] == []
    fail(world, notice_id)
    status = world.get(f"/v1/deposits/{notice_id}/status").json_body

    told = page(world)
    base = world.container.config.api_base_url
    assert told == {
        "as_of": "2026-03-09",
        "deposits": [
            {
                "notice_id": notice_id,
                "case_file": {"number": "EXP-2026-000098"},
                "deposited_at": "2026-03-09T20:15:30Z",
                "failed_channels": [{"channel": "email", "since": "2026-03-09T21:05:00Z"}],
                "reading": "pending",
                "opened_at": None,
                "opening_contested": False,
                "deadline": status["deadline"],
                "advice": status["advice"],
                "links": {
                    "self": f"{base}/v1/deposits/{notice_id}",
                    "receipt": f"{base}/v1/deposits/{notice_id}/receipt",
                },
            }
        ],
        "next_cursor": None,
    }
    assert status["advice"].startswith("Ningún aviso por correo electrónico")

    batch = batch_of(world, notice_id)
    rewrite(replace(batch, alerts=tuple(map(arrived, batch.alerts))))
    assert page(world)["deposits"] == []


def test_the_newest_failure_comes_first_and_none_that_is_another_institutions(world: World) -> None:
    theirs = with_another(world)
    made = [an_unreached(number, FAILED_AT + minutes(number * 7 % 5)) for number in range(5)]
    own = store(world, *made)
    [foreign] = store(world, an_unreached(9, FAILED_AT + minutes(2), institution_id=OTHER))

    newest_first = sorted(range(5), key=lambda number: -(number * 7 % 5))
    assert ids(page(world)) == [own[number] for number in newest_first]
    assert ids(page(world, **theirs)) == [foreign]


def test_neither_a_person_nor_an_address_is_in_the_list(world: World) -> None:
    store(world, an_unreached(1))
    text = world.get(LIST).body
    for told in (b"QUISPE", b"40000002", b"ejemplo.pe", b"+51", b"Permanent", b"000079-2026"):
        assert told not in text


def test_what_was_opened_is_left_out_unless_its_holder_says_it_was_a_stranger(world: World) -> None:
    unread, read, contested = store(world, *(an_unreached(number) for number in range(3)))
    world.clock.advance(hours=2)
    for notice_id in (read, contested):
        open_quietly(world, notice_id)
    assert ids(page(world)) == [unread]

    readings = reading_store(world.container)
    delivered = readings.find(contested).delivered
    assert delivered
    now = world.clock.now
    readings.mark_contested(delivered, ContestedSpan(now - minutes(60), now))
    found = {one["notice_id"]: one for one in page(world)["deposits"]}
    assert found.keys() == {unread, contested}
    assert (found[contested]["reading"], found[contested]["opening_contested"]) == ("read", True)
    assert found[contested]["advice"] == found[unread]["advice"]


def test_a_thousand_are_paged_without_loss_or_double_while_others_fail(world: World) -> None:
    """Those that fail meanwhile are newer: they stand before the first page, and come when the list is read anew."""
    made = [an_unreached(number, FAILED_AT - minutes(number // 7)) for number in range(1_000)]
    own = store(world, *made)
    new: list[str] = []

    def fail_another(turned: int) -> None:
        new.extend(store(world, an_unreached(2_000 + turned, FAILED_AT + minutes(turned))))

    found = walk(world, 50, fail_another)

    assert len(found) == len(set(found)) == 1_000
    assert set(found) == set(own)
    seconds = {notice.notice_id: to_seconds(batch.failed_since) for notice, batch in made if batch.failed_since}
    assert [seconds[one] for one in found] == sorted(seconds.values(), reverse=True)
    assert len(new) >= 19
    assert ids(page(world, limit=len(new))) == new[::-1]


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_end_where_entries_of_one_second_lie_on_both_sides(world: World, limit: int) -> None:
    own = store(world, *(an_unreached(number) for number in range(10)))
    found = walk(world, limit)
    assert sorted(found) == sorted(own)


def test_a_notice_opened_between_two_pages_is_on_none_and_takes_no_other_with_it(world: World) -> None:
    own = store(world, *(an_unreached(number, FAILED_AT - minutes(number)) for number in range(9)))

    def open_two(turned: int) -> None:
        if turned == 1:
            open_quietly(world, own[4])  # of the next page
            open_quietly(world, own[2])  # where the page before ended

    assert walk(world, 3, open_two) == [one for one in own if one != own[4]]


def test_a_cursor_at_an_entry_that_is_gone_goes_on_behind_it(world: World) -> None:
    own = store(world, *(an_unreached(number, FAILED_AT - minutes(number)) for number in range(6)))

    def reach(turned: int) -> None:
        if turned == 1:
            batch = batch_of(world, own[1])
            rewrite(replace(batch, alerts=tuple(map(arrived, batch.alerts))))

    assert walk(world, 2, reach) == own


def test_an_index_that_is_behind_lists_nothing_that_reached_somebody_since(world: World) -> None:
    own = store(world, *(an_unreached(number, FAILED_AT - minutes(number)) for number in range(3)))
    batch = batch_of(world, own[1])
    rewrite(replace(batch, alerts=tuple(map(arrived, batch.alerts))))
    AlertBatchItem(own[1]).update([AlertBatchItem.failed_since.set(to_seconds(FAILED_AT - minutes(1)))])

    assert walk(world, 2) == [own[0], own[2]]


def test_an_entry_without_notice_or_of_anothers_notice_is_left_out(world: World) -> None:
    with_another(world)
    own = store(world, *(an_unreached(number) for number in range(2)))
    [foreign] = store(world, an_unreached(7, institution_id=OTHER))
    NoticeItem(own[0]).delete()
    institution = an_institution().institution_id
    AlertBatchItem(foreign).update([AlertBatchItem.institution_id.set(institution)])

    assert ids(page(world)) == [own[1]]


def test_a_page_of_which_all_was_opened_is_empty_and_leads_on(world: World) -> None:
    own = store(world, *(an_unreached(number, FAILED_AT - minutes(number)) for number in range(4)))
    world.clock.advance(hours=2)
    for notice_id in own[:2]:
        open_quietly(world, notice_id)

    first = page(world, limit=2)
    assert (first["deposits"], first["next_cursor"] is None) == ([], False)
    assert walk(world, 2) == own[2:]


# --- Cursors ----------------------------------------------------------------------------------------------------------


def sealed(position: str) -> str:
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def test_another_institutions_cursor_shows_nothing_of_it(world: World) -> None:
    theirs = with_another(world)
    own = store(world, *(an_unreached(number, FAILED_AT - minutes(number)) for number in range(4)))
    store(
        world,
        *(an_unreached(20 + n, FAILED_AT - minutes(n + 0.5), institution_id=OTHER) for n in range(4)),
    )
    cursor = page(world, limit=2, **theirs)["next_cursor"]

    assert ids(page(world, cursor)) == own[2:], "it is a place in one's own list, and nothing else"


FORGED = {
    "no base64": "x",
    "no position": sealed("x"),
    "no month of the year": sealed("2026-13-09T20:15:30Z#2345-6789-ABCD"),
    "dashes": sealed("-" * 19 + "Z#2345-6789-ABCD"),
    "the year nought": sealed("0000-01-01T00:00:00Z#2345-6789-ABCD"),
    "another key": sealed("2026-03-09T20:15:30Z#2345-6789-abcd"),
    "an institution": sealed(f"{OTHER}#2026-03-09T20:15:30Z#2345-6789-ABCD"),
    "too long": "A" * 101,
}


@pytest.mark.parametrize("cursor", FORGED.values(), ids=FORGED)
def test_a_cursor_that_is_none_is_refused(world: World, cursor: str) -> None:
    store(world, an_unreached(1))
    assert refused(world.get(f"{LIST}&cursor={cursor}")) == (422, "cursor_invalid", "cursor")


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-09T21:04:59Z"])
def test_a_forged_place_is_a_place_in_the_own_list(world: World, instant: str) -> None:
    with_another(world)
    [own] = store(world, an_unreached(1))
    store(world, an_unreached(2, institution_id=OTHER))

    told = page(world, sealed(f"{instant}#2345-6789-ABCD"))
    assert ids(told) == ([own] if instant.startswith("9999") else [])


# --- What is asked ----------------------------------------------------------------------------------------------------

ASKED = {
    "alerts=bounced": ("alerts_invalid", "alerts"),
    "alerts=FAILED": ("alerts_invalid", "alerts"),
    "alerts=": ("alerts_invalid", "alerts"),
    "alerts=failed&month=2026-03": ("query_unknown", "month"),
    "alerts=failed&mailbox=1-40000002": ("query_unknown", "mailbox"),
    "alerts=failed&limit=0": ("limit_invalid", "limit"),
    "alerts=failed&limit=51": ("limit_invalid", "limit"),
    "alerts=failed&limit=x": ("limit_invalid", "limit"),
}


@pytest.mark.parametrize(("query", "told"), ASKED.items(), ids=ASKED)
def test_what_the_list_does_not_know_is_refused_after_the_proof(
    world: World, query: str, told: tuple[str, str]
) -> None:
    assert refused(world.get(f"/v1/deposits?{query}")) == (422, *told)
    stranger = world.get(f"/v1/deposits?{query}", keyid="entidad-demo:otra")
    assert (stranger.status_code, stranger.json_body["code"]) == (401, "key_unknown")


def test_the_refusal_says_what_alerts_can_be(world: World) -> None:
    assert "«failed»" in world.get("/v1/deposits?alerts=x").json_body["detail"]


@pytest.mark.parametrize("state", [state for state in InstitutionState if state is not InstitutionState.ACTIVE])
def test_an_institution_that_is_inactive_reads_on(world: World, state: InstitutionState) -> None:
    own = store(world, an_unreached(1))
    put_institution(world.container, an_institution(state=state))
    assert ids(page(world)) == own


def test_a_page_takes_three_hops_and_four_calls_however_long_it_is(world: World) -> None:
    store(world, *(an_unreached(number) for number in range(60)))
    for limit in (1, 50):
        book = measure(lambda limit=limit: world.get(f"{LIST}&limit={limit}"), 200)  # type: ignore[misc]
        assert (book.hops, sorted(book.operations)) == (3, ["BatchGetItem", "BatchGetItem", "PutItem", "Query"])


def test_an_empty_list_takes_two_hops_and_three_calls(world: World) -> None:
    book = measure(lambda: world.get(LIST), 200)
    assert (book.hops, sorted(book.operations)) == (2, ["BatchGetItem", "PutItem", "Query"])


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem"])
def test_silence_of_the_store_is_never_an_empty_list(world: World, operation: str) -> None:
    store(world, an_unreached(1))
    client = connection(world.container).client
    table = AlertBatchItem.Meta.table_name
    with refusing(client, operation, "InternalServerError", status=500, only=table):
        answer = world.get(LIST)
    assert (answer.status_code, answer.json_body["retryable"]) == (503, True)
