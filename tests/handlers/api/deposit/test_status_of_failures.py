"""A sender reads in a deposit's status which channels failed, and what the norm asks for next; no date moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.reading import reading_store
from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertState, AlertStep
from chalicelib.domain.alert.alert_sending import NotNeeded, begin_attempt, settle
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.reading.reading import ContestedSpan
from tests.costs import measure
from tests.deposit_world import World, a_body
from tests.person_world import People
from tests.unreached_world import FAILED_AT, arrived, batch_of, bounced, fail, rewrite

EMAIL, SMS = Channel.EMAIL, Channel.SMS
NEXT = (
    " El aviso es requisito de validez de la notificación (Ley N° 31736, 4.3 y 5.4): notifique otra vez cuando la"
    " casilla reciba avisos, o por otro medio del artículo 20 del TUO de la Ley N° 27444. Este depósito y sus fechas"
    " siguen como están."
)
LATER = FAILED_AT + timedelta(hours=3)


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed()
    return people


def deposit(world: World) -> str:
    notice_id: str = world.deposit(a_body(regime="acknowledgement")).json_body["notice_id"]
    return notice_id


def status(world: World, notice_id: str) -> dict[str, Any]:
    answer = world.get(f"/v1/deposits/{notice_id}/status")
    assert answer.status_code == 200, answer.json_body
    told: dict[str, Any] = answer.json_body
    return told


def since(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def put(world: World, notice_id: str, *alerts: Alert) -> None:
    rewrite(replace(batch_of(world, notice_id), alerts=alerts))


def test_where_nothing_failed_nothing_is_advised(world: World) -> None:
    told = status(world, deposit(world))
    assert (told["failed_channels"], told["advice"]) == ([], None)


def test_a_channel_that_failed_is_told_with_what_to_do_and_every_date_as_before(world: World) -> None:
    notice_id = deposit(world)
    before, own = status(world, notice_id), world.get(f"/v1/deposits/{notice_id}").body
    fail(world, notice_id)

    told = status(world, notice_id)
    assert told["failed_channels"] == [{"channel": "email", "since": since(FAILED_AT)}]
    assert told["advice"] == "Ningún aviso por correo electrónico llegó a su destino." + NEXT
    assert told["deadline"] == before["deadline"]
    assert (told["reading"], told["opened_at"]) == ("pending", None)
    assert world.get(f"/v1/deposits/{notice_id}").body == own, "what was deposited is never rewritten"


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        ((SMS,), "Ningún aviso por mensaje de texto llegó a su destino."),
        ((EMAIL, SMS), "Ningún aviso llegó a su destino, ni por correo electrónico ni por mensaje de texto."),
    ],
)
def test_the_channels_that_failed_are_named(world: World, channels: tuple[Channel, ...], words: str) -> None:
    notice_id = deposit(world)
    fail(world, notice_id, channels)

    told = status(world, notice_id)
    assert [one["channel"] for one in told["failed_channels"]] == list(channels)
    assert told["advice"] == words + NEXT


def test_a_channel_fails_when_the_last_of_its_alerts_did_and_each_has_its_own_hour(world: World) -> None:
    notice_id = deposit(world)
    email, sms, second = batch_of(world, notice_id).alerts
    put(world, notice_id, bounced(email), bounced(sms, FAILED_AT + timedelta(hours=1)), second)
    assert [one["channel"] for one in status(world, notice_id)["failed_channels"]] == ["sms"]

    put(world, notice_id, bounced(email), bounced(sms, FAILED_AT + timedelta(hours=1)), bounced(second, LATER))
    assert status(world, notice_id)["failed_channels"] == [
        {"channel": "email", "since": since(LATER)},
        {"channel": "sms", "since": since(FAILED_AT + timedelta(hours=1))},
    ]


def test_what_was_given_up_or_refused_reached_nobody_either(world: World) -> None:
    notice_id = deposit(world)
    email, sms, second = batch_of(world, notice_id).alerts
    ended = [
        replace(alert, sending=state, refusal="x", steps=(AlertStep(state, FAILED_AT, "x"),))
        for alert, state in ((email, AlertState.GAVE_UP), (second, AlertState.FAILED))
    ]
    put(world, notice_id, ended[0], arrived(sms), ended[1])

    told = status(world, notice_id)
    assert told["failed_channels"] == [{"channel": "email", "since": since(FAILED_AT)}]
    assert [alert["outcome"] for alert in told["alerts"]] == ["gave_up", "delivered", "failed"]


def test_a_fallback_is_told_for_what_it_is_and_its_failure_fails_the_channel(world: World) -> None:
    notice_id = deposit(world)
    email, sms, second = batch_of(world, notice_id).alerts
    fallback = replace(sms, alert_id="u1.sms.fallback", purpose=AlertPurpose.FALLBACK, added_at=FAILED_AT)
    put(world, notice_id, bounced(email), bounced(sms), bounced(second), fallback)

    told = status(world, notice_id)
    assert [one["channel"] for one in told["failed_channels"]] == ["email", "sms"], "until the fallback is taken"
    assert told["alerts"][-1] == {
        "at": since(FAILED_AT),
        "who": "+51 *** *** 001",
        "channel": "sms",
        "outcome": "waiting",
        "purpose": "fallback",
        "added_at": since(FAILED_AT),
        "reason": None,
    }
    assert [alert["purpose"] for alert in told["alerts"][:3]] == ["deposit"] * 3
    assert {alert["added_at"] for alert in told["alerts"][:3]} == {told["deposited_at"]}

    put(world, notice_id, bounced(email), bounced(sms), bounced(second), bounced(fallback, LATER))
    assert status(world, notice_id)["failed_channels"][1] == {"channel": "sms", "since": since(FAILED_AT)}


@pytest.mark.parametrize(
    ("reason", "is_told"),
    [("notice_opened", True), ("too_late", True), ("address_changed", False), ("address_dead", False)],
)
def test_an_alert_that_was_not_needed_is_told_with_a_reason_that_is_not_the_mailboxs_and_fails_no_channel(
    world: World, reason: str, is_told: bool
) -> None:
    notice_id = deposit(world)
    batch = batch_of(world, notice_id)
    extra = replace(batch.alerts[1], alert_id="u1.sms.reminder", purpose=AlertPurpose.REMINDER, added_at=FAILED_AT)
    alerts = tuple(map(arrived, batch.alerts))
    begun = begin_attempt(replace(batch, alerts=(*alerts, extra), claimed_at=LATER), LATER)
    rewrite(settle(begun, {extra.alert_id: NotNeeded(reason)}, now=LATER))

    told = status(world, notice_id)
    last = told["alerts"][-1]
    assert (last["outcome"], last["reason"], last["at"]) == ("cancelled", reason if is_told else None, since(LATER))
    assert [alert["reason"] for alert in told["alerts"][:-1]] == [None] * 3
    assert (told["failed_channels"], told["advice"]) == ([], None)


def test_why_an_address_refused_is_not_told(world: World) -> None:
    notice_id = deposit(world)
    fail(world, notice_id)
    assert [alert["reason"] for alert in status(world, notice_id)["alerts"]] == [None] * 3


def test_once_it_was_opened_the_status_says_when_and_advises_nothing(people: People) -> None:
    world = people.world
    notice_id = deposit(world)
    fail(world, notice_id)
    world.clock.advance(hours=1)
    opened = people.send("POST", f"/v1/notices/{notice_id}/opening", token=people.token()).json_body

    told = status(world, notice_id)
    assert (told["advice"], told["opened_at"]) == (None, opened["opened_at"])
    assert told["failed_channels"] == [{"channel": "email", "since": since(FAILED_AT)}]


def test_an_opening_that_its_holder_contests_tells_the_holder_nothing(people: People) -> None:
    world = people.world
    notice_id = deposit(world)
    fail(world, notice_id)
    world.clock.advance(hours=1)
    people.send("POST", f"/v1/notices/{notice_id}/opening", token=people.token())
    readings = reading_store(world.container)
    delivered = readings.find(notice_id).delivered
    assert delivered
    now = world.clock.now
    readings.mark_contested(delivered, ContestedSpan(now - timedelta(hours=1), now))

    told = status(world, notice_id)
    assert (told["reading"], told["opening_contested"]) == ("read", True)
    assert told["advice"] == "Ningún aviso por correo electrónico llegó a su destino." + NEXT


def test_a_status_with_failures_costs_no_call_more(world: World) -> None:
    notice_id = deposit(world)
    path = f"/v1/deposits/{notice_id}/status"
    without = measure(lambda: world.get(path), 200)
    fail(world, notice_id, (EMAIL, SMS))
    book = measure(lambda: world.get(path), 200)
    assert (book.hops, sorted(book.operations)) == (without.hops, sorted(without.operations))
    assert (book.hops, book.calls) == (2, 4)
