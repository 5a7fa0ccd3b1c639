"""`alerts failed`: operators read which deposits of all institutions reached nobody, and nothing of any person."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.reading import reading_store
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.reading import ContestedSpan
from chalicelib.store.alert.alert_batch_item import to_seconds
from chalicelib.store.shards import SHARDS, shard_of_code
from chalicelib.store.tables import AlertBatchItem, NoticeItem
from tests.alert_world import HOSTILE, refusing
from tests.deposit_world import World
from tests.handlers.operator.conftest import Give
from tests.unreached_world import FAILED_AT, an_unreached, arrived, batch_of, open_quietly, rewrite, store

BOTH = (Channel.EMAIL, Channel.SMS)


def second(number: int) -> timedelta:
    return timedelta(seconds=number)


def made(count: int) -> list[tuple[Notice, AlertBatch]]:
    """Build unreached deposits of two institutions in turn, a second apart, the newest failure last."""
    return [
        an_unreached(number, FAILED_AT + second(number), institution_id=f"entidad-{number % 2}")
        for number in range(count)
    ]


def listed(give: Give, line: str = "alerts failed") -> dict[str, Any]:
    code, said = give(f"{line} --json")
    assert code == 0, said
    told: dict[str, Any] = json.loads(said)
    return told


def ids(told: dict[str, Any]) -> list[str]:
    return [one["notice_id"] for one in told["deposits"]]


def test_a_list_without_entries_says_so(give: Give) -> None:
    assert give("alerts failed") == (0, "Ningún depósito sin aviso: la lista está vacía.")
    assert listed(give) == {"total": 0, "deposits": [], "left_out": 0, "after": None}


def test_deposits_of_all_institutions_are_told_with_each_channel_and_since_when(world: World, give: Give) -> None:
    first = an_unreached(1)
    later = an_unreached(2, FAILED_AT + second(60), institution_id="otra-entidad", channels=BOTH)
    old, new = store(world, first, later)

    code, said = give("alerts failed")

    assert code == 0
    assert said.splitlines() == [
        "2 depósitos en la lista, hora de Lima. Primero los que fallaron último.",
        "",
        f"{new}  desde 09/03/2026 16:06:00  otra-entidad",
        "  correo desde 09/03/2026 16:06:00 y SMS desde 09/03/2026 16:06:00",
        "",
        f"{old}  desde 09/03/2026 16:05:00  entidad-demo",
        "  correo desde 09/03/2026 16:05:00",
    ]
    told = listed(give)
    assert ids(told) == [new, old]
    assert told["deposits"][0] == {
        "notice_id": new,
        "since": "2026-03-09T21:06:00Z",
        "is_readable": True,
        "institution_id": "otra-entidad",
        "failed_channels": [{"channel": channel, "since": "2026-03-09T21:06:00Z"} for channel in ("email", "sms")],
        "opening_contested": False,
    }


def test_the_list_of_all_shards_is_shown_page_by_page_the_newest_failure_first(world: World, give: Give) -> None:
    own = store(world, *made(24))
    assert {shard_of_code(notice_id) for notice_id in own} == set(SHARDS)
    code, said = give("alerts failed --limit 5")
    assert (code, said.splitlines()[0].partition(" en la lista")[0]) == (0, "24 depósitos")
    line = said.splitlines()[-1].removeprefix("Hay más, de antes: ")
    assert line == f"alerts failed --after {to_seconds(FAILED_AT) + 19}/{own[19]}"

    found, after = [], ""
    while True:
        told = listed(give, f"alerts failed --limit 5{after}")
        found += ids(told)
        if told["after"] is None:
            break
        after = f" --after {told['after']}"
    assert found == own[::-1]
    assert ids(listed(give)) == own[:3:-1], "twenty, unless told otherwise"


def test_what_was_opened_or_reached_since_is_left_out_and_said_to_be(world: World, give: Give) -> None:
    opened, reached, contested, left, gone = store(world, *made(5))
    world.clock.advance(hours=2)
    open_quietly(world, opened)
    open_quietly(world, contested)
    readings = reading_store(world.container)
    delivered = readings.find(contested).delivered
    assert delivered
    readings.mark_contested(delivered, ContestedSpan(world.clock.now - second(60), world.clock.now))
    batch = batch_of(world, reached)
    rewrite(replace(batch, alerts=tuple(map(arrived, batch.alerts))))
    stale = {"failed_shard": shard_of_code(reached), "failed_since": to_seconds(FAILED_AT)}
    AlertBatchItem(reached).update([getattr(AlertBatchItem, name).set(value) for name, value in stale.items()])
    NoticeItem(gone).delete()

    told = listed(give)
    assert (told["total"], ids(told), told["left_out"]) == (5, [left, contested], 3)
    assert [one["opening_contested"] for one in told["deposits"]] == [False, True]
    said = give("alerts failed")[1]
    assert "  abierta por quien su titular no reconoce" in said
    assert said.splitlines()[-1] == "Sin mostrar: 3. Ya se abrieron o recibieron un aviso, y saldrán de la lista."


def test_one_that_cannot_be_read_is_named_and_stops_no_other(
    world: World, give: Give, caplog: pytest.LogCaptureFixture
) -> None:
    early, bad, late = store(world, *made(3))
    AlertBatchItem(bad).update([AlertBatchItem.alerts.set([{"alert_id": "a", "sending": "nowhere"}])])

    code, said = give("alerts failed")
    assert code == 0
    assert f"{bad}  desde 09/03/2026 16:05:01  no se puede leer: el registro de la función dice por qué" in said
    assert [one for one in (early, late) if one in said] == [early, late]
    assert [one["is_readable"] for one in listed(give)["deposits"]] == [True, False, True]
    assert {vars(record)["item"] for record in caplog.records if record.message == "item failed"} == {bad}


def test_nothing_of_a_person_and_nothing_that_a_terminal_obeys_is_told(world: World, give: Give) -> None:
    notice, batch = an_unreached(1, institution_id=f"e{HOSTILE}\x1b[31m")
    store(world, (notice, batch))
    for line in ("alerts failed", "alerts failed --json"):
        said = give(line)[1]
        assert not [letter for letter in said if letter in "\x1b\x00\r\u202e\u2028"]
        for told in ("QUISPE", "40000002", "ejemplo.pe", "+51", "Permanent", "EXP-2026"):
            assert told not in said.replace("Bcc: otra@ejemplo.pe", "")


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem"])
def test_silence_of_the_store_is_no_empty_list(world: World, give: Give, operation: str) -> None:
    store(world, an_unreached(1))
    with refusing(connection(world.container).client, operation, "InternalServerError", status=500):
        assert give("alerts failed") == (1, "El servicio no responde. Intente de nuevo en un momento.")


def test_a_page_takes_a_call_a_shard_and_one_for_each_deposit_shown(world: World, give: Give) -> None:
    store(world, *made(12))
    with ledger() as book:
        give("alerts failed --limit 5")
    assert sorted(book.operations) == ["BatchGetItem"] * 5 + ["Query"] * len(SHARDS)


@pytest.mark.parametrize("words", ["--limit 0", "--limit 201", "--after x", f"--after 1/{code_from_number(1)} --all"])
def test_what_it_does_not_take_is_not_understood(give: Give, words: str) -> None:
    assert give(f"alerts failed {words}")[0] == 2
