from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.domain.access.freezing import frozen
from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.alert.follow_up import MOST_RENEWALS, NEWS_FOR
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Channel, MailboxState, UserState
from chalicelib.domain.mailbox.address_health import Sign
from chalicelib.services.alert.renew import renew
from chalicelib.store.shards import SHARDS
from tests.address_world import MAILBOX_ID, AddressWorld, a_failed, a_house, address_world
from tests.alert_world import DEPOSITED_AT, NOTICE_ID, an_alert, hooked, refusing, states
from tests.deposit_world import a_user
from tests.faults.strike import ProcessDied

HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> Iterator[AddressWorld]:
    with address_world() as opened:
        opened.house(a_house())
        opened.now = DEPOSITED_AT + HOUR
        yield opened


def listed(world: AddressWorld) -> list[str]:
    return [notice_id for shard in SHARDS for _, notice_id in world.batches.failed(shard)]


def prove(world: AddressWorld) -> None:
    """Have the owner prove the e-mail now."""
    world.pass_time(60)
    world.learn(Sign.PROVED, world.now)


def test_a_proved_address_is_alerted_anew_and_the_next_sweep_sends_it(world: AddressWorld) -> None:
    world.notice()
    world.learn(Sign.BOUNCED, DEPOSITED_AT + timedelta(minutes=1))
    prove(world)

    assert renew(MAILBOX_ID, world.tools) == Counter(renewed=1)

    assert world.renewals() == ["u1.email.renewal-1"]
    planned = world.timeline()[-1]
    assert planned.type is EventType.ALERT_PLANNED
    assert planned.data == {"purpose": "renewal", "alert_ids": "u1.email.renewal-1"}
    assert listed(world) == [NOTICE_ID], "until it is sent it has reached nobody"
    assert [notice_id for shard in SHARDS for _, notice_id in world.batches.due(shard, now=world.now)] == [NOTICE_ID]
    assert world.send() == Counter(sent=1)
    assert listed(world) == []
    assert states(world.batch()) == [AlertState.FAILED, AlertState.ACCEPTED, AlertState.ACCEPTED]


def test_it_is_once_however_often_the_event_comes(world: AddressWorld) -> None:
    world.notice()
    prove(world)
    for _ in range(3):
        renew(MAILBOX_ID, world.tools)
    world.send()
    for _ in range(3):
        assert not renew(MAILBOX_ID, world.tools)

    assert world.renewals() == ["u1.email.renewal-1"]
    assert [event.type for event in world.timeline()] == [EventType.ALERT_PLANNED, EventType.ALERT_SENT]


def test_a_dead_address_is_not_alerted_anew(world: AddressWorld) -> None:
    world.notice()
    world.learn(Sign.BOUNCED, DEPOSITED_AT + timedelta(minutes=1))

    assert renew(MAILBOX_ID, world.tools) == Counter(kept=1)
    assert world.renewals() == []
    assert world.timeline() == ()


def test_an_address_that_lives_but_failed_since_it_last_lived_waits(world: AddressWorld) -> None:
    world.learn(Sign.PROVED, DEPOSITED_AT)
    world.notice()

    assert renew(MAILBOX_ID, world.tools) == Counter(kept=1)


def test_another_address_and_another_user_are_alerted_anew(world: AddressWorld) -> None:
    world.notice()
    mended = a_user(1, email="nueva@ejemplo.pe", mobile="+51900000001")
    world.house(a_house(users=(mended, a_user(2, mobile=None), a_user(3, state=UserState.PENDING))))

    renew(MAILBOX_ID, world.tools)

    assert world.renewals() == ["u1.email.renewal-1", "u2.email.renewal-1"]
    assert [alert.destination for alert in world.batch().alerts[2:]] == ["nueva@ejemplo.pe", "usuaria2@ejemplo.pe"]


@pytest.mark.parametrize("order", list(permutations(("open", "prove", "renew"))))
def test_in_whatever_order_nobody_is_alerted_of_what_was_opened_before(
    world: AddressWorld, order: tuple[str, ...]
) -> None:
    world.notice()
    world.learn(Sign.BOUNCED, DEPOSITED_AT + timedelta(minutes=1))
    for step in order:
        if step == "open":
            world.open()
        elif step == "prove":
            prove(world)
        else:
            renew(MAILBOX_ID, world.tools)
    world.send()

    was_planned = order.index("prove") < order.index("renew") < order.index("open")
    assert world.renewals() == (["u1.email.renewal-1"] if was_planned else [])
    assert world.emails == []


def test_a_frozen_mailbox_waits_until_it_is_thawed(world: AddressWorld) -> None:
    world.notice()
    prove(world)
    thawed = world.mailbox()
    change = AccessChange("c1", ChangeKind.EMAIL, "u1", world.now, "vieja@ejemplo.pe")
    contested = frozen(thawed, change, world.now)
    assert contested
    world.house(contested)

    assert renew(MAILBOX_ID, world.tools) == Counter(held=1)
    world.house(thawed)
    assert renew(MAILBOX_ID, world.tools) == Counter(renewed=1)


def test_what_is_no_news_any_more_is_left(world: AddressWorld) -> None:
    world.notice()
    world.now = DEPOSITED_AT + NEWS_FOR - HOUR
    prove(world)
    world.now = DEPOSITED_AT + NEWS_FOR
    assert renew(MAILBOX_ID, world.tools) in (Counter(), Counter(kept=1))
    world.pass_time(1)
    assert renew(MAILBOX_ID, world.tools) == Counter()
    assert world.renewals() == []


def test_an_address_that_dies_and_lives_again_for_ever_is_alerted_a_few_times(world: AddressWorld) -> None:
    world.notice()
    for _ in range(MOST_RENEWALS + 2):
        prove(world)
        renew(MAILBOX_ID, world.tools)
        world.pass_time(60)
        with refusing(world.ses, "SendEmail", "BadRequestException", message="Missing final '@domain'"):
            world.send()
    assert len(world.renewals()) == MOST_RENEWALS


def test_notices_of_which_nothing_failed_cost_three_calls(world: AddressWorld) -> None:
    accepted = tuple(an_alert(channel=channel, sending=AlertState.ACCEPTED) for channel in Channel)
    for number in range(5):
        world.notice(f"N{number}", alerts=accepted)
    world.calls.clear()

    assert renew(MAILBOX_ID, world.tools) == Counter()
    assert world.calls == ["Query", "BatchGetItem", "Query"]


def test_a_mailbox_without_unread_notices_or_filings_costs_two(world: AddressWorld) -> None:
    world.calls.clear()
    assert renew("1-40000009", world.tools) == Counter()
    assert world.calls == ["Query", "Query"]


def test_one_that_fails_stops_no_other_and_has_the_event_come_again(world: AddressWorld) -> None:
    for name in ("N1", "N2", "N3"):
        world.notice(name)
    prove(world)

    def refuse(params: dict[str, Any], **_: object) -> None:
        if "N2" in str(params["body"]) and "N1" not in str(params["body"]):
            raise EndpointConnectionError(endpoint_url="https://engine")

    with hooked(world.connection.client, "BatchGetItem", refuse), pytest.raises(Unavailable):
        renew(MAILBOX_ID, world.tools)
    assert [len(world.renewals(name)) for name in ("N1", "N2", "N3")] == [1, 0, 1]
    renew(MAILBOX_ID, world.tools)
    assert [len(world.renewals(name)) for name in ("N1", "N2", "N3")] == [1, 1, 1]


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem", "TransactWriteItems"])
@pytest.mark.parametrize("deaths", [1, 10])
def test_deaths_at_any_step_lose_and_double_nothing(world: AddressWorld, operation: str, deaths: int) -> None:
    for name in ("N1", "N2"):
        world.notice(name)
    prove(world)

    def die(**_: object) -> None:
        raise ProcessDied

    for _ in range(deaths):
        with hooked(world.connection.client, operation, die), pytest.raises(ProcessDied):
            renew(MAILBOX_ID, world.tools)
    renew(MAILBOX_ID, world.tools)
    assert [world.renewals(name) for name in ("N1", "N2")] == [["u1.email.renewal-1"]] * 2
    assert [len(world.timeline(name)) for name in ("N1", "N2")] == [1, 1]


def test_two_at_once_add_it_once(world: AddressWorld) -> None:
    world.notice()
    prove(world)
    inner: list[Counter[str]] = []

    def meanwhile(**_: object) -> None:
        if not inner:
            inner.append(Counter())
            inner[0] = renew(MAILBOX_ID, world.tools)

    with hooked(world.connection.client, "TransactWriteItems", meanwhile):
        outer = renew(MAILBOX_ID, world.tools)

    assert [inner[0]["renewed"], outer["renewed"]] == [1, 0]
    assert world.renewals() == ["u1.email.renewal-1"]
    assert len(world.timeline()) == 1


def test_a_channel_that_was_never_followed_up_is_renewed_beside_its_fallback(world: AddressWorld) -> None:
    world.notice(alerts=(a_failed(DEPOSITED_AT), a_failed(DEPOSITED_AT, Channel.SMS)))
    unfollowed = replace(world.batch(), following=replace(world.batch().following, followed=()))
    assert unfollowed.unfollowed
    prove(world)
    assert renew(MAILBOX_ID, world.tools) == Counter(renewed=1)
    assert world.batch().failed_channels == (Channel.EMAIL, Channel.SMS)


def test_a_renewal_that_was_cancelled_bars_no_later_one(world: AddressWorld) -> None:
    world.notice()
    prove(world)
    assert renew(MAILBOX_ID, world.tools) == Counter(renewed=1)
    world.now += timedelta(minutes=1)
    world.learn(Sign.BOUNCED, world.now)
    assert world.send() == Counter(cancelled=1)
    assert listed(world) == [NOTICE_ID]

    world.now += timedelta(minutes=1)
    prove(world)
    assert renew(MAILBOX_ID, world.tools) == Counter(renewed=1)
    assert world.renewals() == ["u1.email.renewal-1", "u1.email.renewal-2"]
    assert world.send() == Counter(sent=1)


def test_what_waits_is_not_sent_while_the_mailbox_is_frozen(world: AddressWorld) -> None:
    world.notice()
    prove(world)
    renew(MAILBOX_ID, world.tools)
    mailbox = world.tools.mailboxes.find(MAILBOX_ID)
    assert mailbox
    frozen = world.tools.mailboxes.update(replace(mailbox, state=MailboxState.FROZEN))
    assert world.send() == Counter(waiting=1)

    world.tools.mailboxes.update(replace(frozen, state=MailboxState.OPEN))
    world.now += timedelta(hours=1)
    assert world.send() == Counter(sent=1)


def test_what_waits_follows_its_user_to_another_address(world: AddressWorld) -> None:
    world.notice()
    prove(world)
    renew(MAILBOX_ID, world.tools)
    mailbox = world.tools.mailboxes.find(MAILBOX_ID)
    assert mailbox
    users = (replace(mailbox.users[0], email="nueva@ejemplo.pe"), *mailbox.users[1:])
    world.tools.mailboxes.update(replace(mailbox, users=users))
    assert world.send() == Counter(cancelled=1)
    assert world.send() == Counter(sent=1)
    assert world.batch().alerts[-1].destination == "nueva@ejemplo.pe"
