"""A defective notice is made again: both name each other and stay as they were issued (DEP-7)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.reading import reading_store
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.sender.fair_share import WINDOW_S
from chalicelib.store.codec import to_data
from chalicelib.store.tables import DepositItem, EventItem, NoticeItem
from tests.deposit_world import INSTITUTION_ID, World, a_body, a_mailbox, a_user, an_institution, put_institution

OTHER_HOLDER = "40000003"


def deposited(world: World, key: str = "clave-1", **body: Any) -> str:
    answer = world.deposit(a_body(**body), key=key)
    assert answer.status_code == 201, answer.json_body
    return str(answer.json_body["notice_id"])


def stored(notice_id: str) -> dict[str, Any]:
    return dict(NoticeItem.get(notice_id, consistent_read=True).attribute_values)


def refused(world: World, replaces: Any, key: str = "clave-2", **body: Any) -> tuple[int, str, str | None]:
    answer = world.deposit(a_body(replaces=replaces, **body), key=key)
    return answer.status_code, answer.json_body["code"], answer.json_body.get("field")


def test_both_name_each_other_and_the_old_one_keeps_all_that_it_was_issued_with(world: World) -> None:
    old = deposited(world)
    before = stored(old)
    world.clock.advance(hours=1)

    answer = world.deposit(a_body(replaces=old), key="clave-2")

    new = answer.json_body["notice_id"]
    assert (answer.status_code, answer.json_body["replaces"]) == (201, old)
    after = stored(old)
    assert after.pop("replaced_by")["notice_id"] == new
    gone = {"remind_shard", "remind_at"}
    assert gone <= before.keys()
    assert after == {name: value for name, value in before.items() if name not in gone}
    replaced = notice_store(world.container).get(new).replaces
    assert replaced == notice_store(world.container).get(old).reference
    events = event_store(world.container).list_for_subject(f"notice#{old}")
    assert [(one.type, one.data.get("replaced_by")) for one in events][-1] == (EventType.NOTICE_REPLACED, new)
    assert events[-1].actor.startswith(f"institution:{INSTITUTION_ID}")


def test_its_sender_is_told_of_both_in_what_became_of_them(world: World) -> None:
    old = deposited(world)
    new = deposited(world, "clave-2", replaces=old)

    told = {one: world.get(f"/v1/deposits/{one}/status").json_body for one in (old, new)}

    assert [(told[one]["replaces"], told[one]["replaced_by"]) for one in (old, new)] == [(None, new), (old, None)]
    assert [step["step"] for step in told[old]["timeline"] if step["step"] == "replaced"] == ["replaced"]
    listed = world.get("/v1/deposits?month=2026-03").json_body["deposits"]
    assert {one["notice_id"]: one.get("replaces") for one in listed} == {old: None, new: old}
    assert world.get(f"/v1/deposits/{new}").json_body["replaces"] == old


def test_a_deposit_that_replaces_nothing_says_nothing_of_it(world: World) -> None:
    assert "replaces" not in world.deposit().json_body


@pytest.mark.parametrize("written", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_the_number_may_be_written_as_people_do(world: World, written: Any) -> None:
    old = deposited(world)

    assert world.deposit(a_body(replaces=written(old)), key="clave-2").json_body["replaces"] == old


def test_the_same_request_again_gets_the_same_answer(world: World) -> None:
    old = deposited(world)
    body = json.dumps(a_body(replaces=old)).encode()

    first, again = (world.deposit(body, key="clave-2") for _ in range(2))

    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.body == again.body
    assert len(list(NoticeItem.scan())) == 2


def test_what_was_replaced_is_not_replaced_again_but_the_newer_one_is(world: World) -> None:
    old = deposited(world)
    new = deposited(world, "clave-2", replaces=old)

    answer = world.deposit(a_body(replaces=old), key="clave-3")

    assert (answer.status_code, answer.json_body["code"]) == (409, "replaced_already")
    assert (answer.json_body["replaced_by"], answer.json_body["field"]) == (new, "replaces")
    newest = deposited(world, "clave-4", replaces=new)
    assert stored(new)["replaced_by"]["notice_id"] == newest
    assert stored(old)["replaced_by"]["notice_id"] == new


def test_nothing_is_replaced_that_is_not_there_or_is_another_institution_s(world: World) -> None:
    old = deposited(world)
    foreign = stored(old)["data"]
    foreign["sender"]["institution_id"] = "otra-entidad"
    NoticeItem(old).update([NoticeItem.data.set(foreign)])
    put_institution(world.container, an_institution(institution_id="otra-entidad"))

    missing = world.deposit(a_body(replaces=code_from_number(7)), key="clave-2")
    others = world.deposit(a_body(replaces=old), key="clave-3")

    assert (missing.status_code, missing.json_body["code"]) == (422, "replaced_unknown")
    both = [
        {name: value for name, value in one.json_body.items() if name != "correlation_id"} for one in (missing, others)
    ]
    assert both[0] == both[1]
    assert "replaced_by" not in NoticeItem.get(old).attribute_values or NoticeItem.get(old).replaced_by is None


def test_nothing_is_replaced_for_another_holder(world: World) -> None:
    old = deposited(world)
    holder = Holder(DocumentType.DNI, OTHER_HOLDER, "OTRA PERSONA DE EJEMPLO")
    mailbox_store(world.container).put(a_mailbox(OTHER_HOLDER, holder=holder))
    recipient = {"document_type": "DNI", "document_number": OTHER_HOLDER}

    assert refused(world, old, recipient=recipient) == (422, "replaced_of_another_holder", "replaces")


def test_it_may_lie_in_the_holder_s_other_mailbox(world: World) -> None:
    ruc = "10400000021"
    holder = Holder(DocumentType.RUC, ruc, "QUISPE DEMO MARÍA ÑUSTA")
    old = deposited(world)
    mailbox_store(world.container).put(a_mailbox(mailbox_id=f"8-{ruc}", holder=holder, users=(a_user(3),)))

    new = deposited(world, "clave-2", replaces=old, recipient={"document_type": "RUC", "document_number": ruc})

    assert stored(old)["replaced_by"]["notice_id"] == new


@pytest.mark.parametrize(
    ("replaces", "code"),
    [("XEKA-EAXW-XDZ7", "replaces_invalid"), ("", "field_empty"), (7, "field_type")],
)
def test_what_is_no_number_is_refused_with_all_else_that_is_wrong(world: World, replaces: Any, code: str) -> None:
    answer = world.deposit(a_body(replaces=replaces, regime="nunca"))

    assert (answer.status_code, world_codes(answer.json_body)) == (422, {code, "field_choice"})


def world_codes(body: dict[str, Any]) -> set[str]:
    return {one["code"] for one in body["errors"]}


def test_what_the_request_has_wrong_beside_is_told_with_the_unknown_notice(world: World) -> None:
    body = a_body(replaces=code_from_number(7))
    body["document"]["issued_at"] = "2027-01-01T00:00:00-05:00"

    assert world_codes(world.deposit(body).json_body) == {"replaced_unknown", "issued_in_future"}


def test_it_costs_no_call_more_where_nothing_hides_the_number(world: World) -> None:
    old, older = deposited(world), deposited(world, "clave-2")
    hidden = json.dumps(a_body(replaces=older)).replace('"replaces"', '"repl\\u0061ces"').encode()
    bodies: tuple[Any, ...] = (a_body(), a_body(replaces=old), hidden)

    costs = []
    for number, body in enumerate(bodies):
        world.clock.advance(seconds=WINDOW_S)  # many at once are counted, which is a call more
        with ledger() as book:
            assert world.deposit(body, key=f"otra-{number}").status_code == 201
        costs.append((book.hops, len(book.operations)))

    assert costs == [(3, 5), (3, 5), (4, 6)]  # the file goes inside, which is a call


def test_nothing_of_either_is_written_where_the_old_one_was_replaced_in_between(world: World) -> None:
    """Whoever read it before another replacement was committed is refused by the transaction, and then by its state."""
    old = deposited(world)
    counts = [len(list(model.scan())) for model in (DepositItem, NoticeItem, EventItem)]
    events = connection(world.container).client.meta.events
    done: list[bool] = []

    def overtake(**_: Any) -> None:
        if not done:
            done.append(True)
            other = replace(notice_store(world.container).get(old).reference, notice_id=code_from_number(9))
            NoticeItem(old).update([NoticeItem.replaced_by.set(to_data(other))])

    events.register("before-call.dynamodb.TransactWriteItems", overtake)
    try:
        assert refused(world, old) == (409, "replaced_already", "replaces")
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
    assert done
    assert [len(list(model.scan())) for model in (DepositItem, NoticeItem, EventItem)] == counts


def test_a_replaced_notice_is_opened_as_before_and_found_with_what_replaces_it(world: World) -> None:
    old = deposited(world)
    new = deposited(world, "clave-2", replaces=old)

    found = reading_store(world.container).find(old).delivered

    assert found is not None
    assert found.replaced_by == notice_store(world.container).get(new).reference
