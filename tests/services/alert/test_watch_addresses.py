from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_string, policy
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from chalicelib.domain.alert.silent_address import BETWEEN_PASSES, MOST_HELD_BACK, SILENCE
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.mailbox import Mailbox, MailboxState
from chalicelib.domain.mailbox.address_health import Sign
from chalicelib.services.alert.record_delivery import ReportTools, record_delivery
from chalicelib.services.alert.watch_addresses import WatchedAddresses, watch_addresses
from chalicelib.store.shards import SHARDS
from chalicelib.store.tables import MailboxItem
from tests.address_world import AddressWorld, a_house, address_world
from tests.alert_world import DEPOSITED_AT, hooked, refusing
from tests.deposit_world import a_user
from tests.faults.strike import ProcessDied

DAY = timedelta(days=1)
BAD_ADDRESS = "Missing final '@domain'"


@pytest.fixture
def world() -> Iterator[AddressWorld]:
    with address_world() as opened:
        yield opened


def houses(world: AddressWorld, count: int) -> list[str]:
    """Put so many mailboxes, each with an e-mail that was last heard of a quarter ago."""
    names = []
    for number in range(count):
        user = a_user(1, email=f"casa{number}@ejemplo.pe", mobile="+51900000001")
        names.append(world.house(a_house(f"4000010{number}", users=(user,))).mailbox_id)
        world.learn(Sign.DELIVERED, DEPOSITED_AT - SILENCE, mailbox_id=names[-1])
    return names


def next_night(world: AddressWorld, days: int = 1) -> WatchedAddresses:
    world.now += DAY * days
    return world.night()


def everybody(count: int) -> list[str]:
    return [f"casa{number}@ejemplo.pe" for number in range(count)]


def no_answer(**_: Any) -> None:
    raise ReadTimeoutError(endpoint_url="https://engine")


def no_connection(**_: Any) -> None:
    raise EndpointConnectionError(endpoint_url="https://engine")


def die(**_: Any) -> None:
    raise ProcessDied


def test_a_silent_address_is_asked_once_a_quarter(world: AddressWorld) -> None:
    houses(world, 1)
    report = world.night()
    assert (report.asked, report.looked_at, report.pass_days, report.is_complete) == (1, 1, 0, True)
    assert world.health("1-40000100").asked_at == world.now
    for _ in range(12):
        assert next_night(world, 7).asked == 0
    assert next_night(world, 7).asked == 1
    assert world.asked == everybody(1) * 2


def test_what_is_sent_asks_for_nothing_and_names_nobody(world: AddressWorld) -> None:
    houses(world, 1)
    world.night()
    [mail] = world.emails
    message = message_from_string(mail.raw_data, policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    text = " ".join(str(body.get_content()).split())
    assert message["Subject"] == "Comprobamos que los avisos de su casilla le llegan"
    assert "No tiene que hacer nada" in text
    assert "Nunca le pediremos su contraseña" in text
    assert "casilla.gob.pe" in text
    assert "http" not in text
    assert not [word for word in ("QUISPE", "40000100", "Usuaria") if word in mail.raw_data]


def test_its_report_says_whether_the_address_lives(world: AddressWorld) -> None:
    tags: list[dict[str, list[str]]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        tags.append({tag["Name"]: [tag["Value"]] for tag in params["EmailTags"]})

    world.ses.meta.events.register("provide-client-params.sesv2.SendEmail", note, unique_id="tags")
    houses(world, 1)
    world.night()
    world.ses.meta.events.unregister("provide-client-params.sesv2.SendEmail", unique_id="tags")
    assert tags == [{"mailbox_id": ["1-40000100"], "user_id": ["u1"], "purpose": ["probe"]}]

    at = world.now + timedelta(seconds=9)
    mail = {"messageId": "m", "timestamp": at.isoformat(), "destination": ["Casa0@ejemplo.pe"], "tags": tags[0]}
    tools = ReportTools(world.batches, world.mailboxes, world.tools.situations, world.new_id)
    bounce = {"timestamp": at.isoformat(), "bounceType": "Permanent", "bounceSubType": "General"}
    bounced = {"eventType": "Bounce", "mail": mail, "bounce": bounce}
    delivered = {"eventType": "Delivery", "mail": mail, "delivery": {"timestamp": (at + DAY).isoformat()}}

    assert record_delivery(bounced, tools)
    assert not record_delivery(bounced, tools)
    assert world.health("1-40000100").dead_since == at
    assert world.health("1-40000100").reason == "bounce_permanent_general"
    assert next_night(world, 100).asked == 0, "never to a dead one"

    assert record_delivery(delivered, tools)
    assert not record_delivery(delivered, tools)
    assert world.health("1-40000100").delivered_at == at + DAY
    assert next_night(world, 7).asked == 1

    other = {**delivered, "mail": {**mail, "destination": ["otra@ejemplo.pe"]}}
    gone = {**delivered, "mail": {**mail, "tags": {**tags[0], "mailbox_id": ["1-40000999"]}}}
    nothing = {**delivered, "eventType": "DeliveryDelay", "deliveryDelay": {"delayType": "MailboxFull"}}
    assert [record_delivery(event, tools) for event in (other, gone, nothing)] == [False, False, False]


def test_one_of_which_nothing_is_known_begins_its_quarter_with_the_first_pass(world: AddressWorld) -> None:
    world.house(a_house())
    assert (world.night().first_seen, world.emails) == (1, [])
    assert world.health().asked_at == DEPOSITED_AT
    for _ in range(12):
        report = next_night(world, 7)
        assert (report.first_seen, report.asked) == (0, 0)
    assert next_night(world, 7).asked == 1


def test_dead_frozen_and_closed_ones_are_not_asked(world: AddressWorld) -> None:
    [dead, closed] = houses(world, 2)
    world.learn(Sign.BOUNCED, DEPOSITED_AT - DAY, mailbox_id=dead)
    world.house(replace(world.mailbox(closed), state=MailboxState.DISABLED))
    report = world.night()
    assert (report.asked, report.looked_at, report.is_complete) == (0, 2, True)
    assert world.emails == []


def test_a_new_pass_begins_once_a_week(world: AddressWorld) -> None:
    houses(world, 2)
    assert world.night().looked_at == 2
    looked = [next_night(world).looked_at for _ in range(14)]
    assert looked == [0] * 6 + [2] + [0] * 6 + [2]
    assert timedelta(days=7) == BETWEEN_PASSES


def test_the_days_budget_bounds_it_and_the_next_night_goes_on(world: AddressWorld) -> None:
    houses(world, 5)
    world.most_a_day = 2
    first, again = world.night(), world.night()
    assert (first.asked, first.is_complete, again.asked) == (2, True, 0)
    assert [next_night(world).asked for _ in range(4)] == [2, 1, 0, 0]
    assert sorted(world.asked) == everybody(5)


def test_with_no_budget_nobody_is_asked(world: AddressWorld) -> None:
    houses(world, 1)
    world.most_a_day = 0
    assert world.night().asked == 0
    assert world.emails == []


def test_a_pass_that_takes_many_nights_says_how_old_it_is(world: AddressWorld) -> None:
    houses(world, 4)
    world.most_a_day = 1
    world.night()
    assert [next_night(world).pass_days for _ in range(2)] == [1, 2]


def test_it_goes_out_slowly_and_one_at_a_time(world: AddressWorld) -> None:
    houses(world, 4)
    world.night()
    assert [round(pause) for pause in world.pauses] == [1, 2, 3]  # the clock stands still meanwhile


def test_an_address_the_provider_never_takes_is_dead_and_the_others_are_asked(world: AddressWorld) -> None:
    houses(world, 3)
    with refusing(world.ses, "SendEmail", "BadRequestException", message=BAD_ADDRESS, only="casa1"):
        report = world.night()
    assert (report.asked, report.address_refused, report.is_complete) == (2, 1, True)
    assert world.health("1-40000101").is_dead
    assert sorted(world.asked) == ["casa0@ejemplo.pe", "casa2@ejemplo.pe"]


def test_one_that_cannot_be_an_address_is_dead_and_not_handed_over(world: AddressWorld) -> None:
    [name] = houses(world, 1)
    mailbox = world.mailbox(name)
    broken = replace(mailbox.users[0], email="casa ñ")
    world.house(replace(mailbox, users=(broken,), health=(replace(mailbox.health[0], address="casa ñ"),)))
    assert world.night().address_refused == 1
    assert world.health(name).reason == "email_address_refused"


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_a_provider_down_for_a_weekend_costs_nobody_the_question(world: AddressWorld, count: int) -> None:
    names = houses(world, count)
    with hooked(world.ses, "SendEmail", no_connection):
        for _ in range(3):
            report = next_night(world)
            assert (report.refused, report.asked, report.is_complete) == (min(count, 3), 0, False)
    assert {world.health(name).asked_at for name in names} == {None}
    assert next_night(world).asked == count
    assert sorted(world.asked) == everybody(count)


def test_an_address_to_which_nothing_is_ever_taken_stops_no_other(world: AddressWorld) -> None:
    houses(world, 4)
    with refusing(world.ses, "SendEmail", "MessageRejected", only="casa2"):
        nights = [next_night(world) for _ in range(MOST_HELD_BACK + 9)]
    assert sorted(set(world.asked)) == ["casa0@ejemplo.pe", "casa1@ejemplo.pe", "casa3@ejemplo.pe"]
    assert len(world.asked) == 3
    assert [report.asked for report in nights if report.asked] == [3]
    assert nights[-1].pass_days <= BETWEEN_PASSES.days + MOST_HELD_BACK
    assert world.health("1-40000102").asked_at is None


def test_where_no_answer_comes_a_few_are_unknown_and_the_others_wait(world: AddressWorld) -> None:
    houses(world, 9)
    with hooked(world.ses, "SendEmail", no_answer):
        report = world.night()
    assert (report.unknown, report.refused) == (5, 3)
    assert next_night(world).asked == 4
    assert next_night(world, 30).asked == 0, "an unknown one is not asked again before its time"


def test_an_answer_that_is_lost_after_the_message_was_taken_doubles_nothing(world: AddressWorld) -> None:
    houses(world, 1)

    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://engine")

    world.ses.meta.events.register("after-call.sesv2.SendEmail", lose, unique_id="lost")
    report = world.night()
    world.ses.meta.events.unregister("after-call.sesv2.SendEmail", unique_id="lost")
    assert report.unknown == 1
    for _ in range(5):
        next_night(world)
    assert world.asked == everybody(1)


@pytest.mark.parametrize("operation", ["Scan", "GetItem", "PutItem", "UpdateItem", "SendEmail"])
@pytest.mark.parametrize("deaths", [1, 10])
@pytest.mark.parametrize("call", [1, 2])
def test_ten_deaths_in_a_row_at_any_call_send_one_at_most_and_the_next_nights_end_it(
    world: AddressWorld, operation: str, deaths: int, call: int
) -> None:
    houses(world, 2)
    client = world.ses if operation == "SendEmail" else world.connection.client
    for _ in range(deaths):
        seen = 0

        def die_there(**_: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == call:
                raise ProcessDied

        try:
            with hooked(client, operation, die_there):
                world.night()
        except ProcessDied:
            pass
    for _ in range(9):
        next_night(world)
    assert len(world.asked) == len(set(world.asked))
    lost = [name for name in ("1-40000100", "1-40000101") if world.health(name).asked_at is None]
    assert lost == [], "each was asked, or died in the hands of who asked"
    if operation != "SendEmail":
        assert sorted(world.asked) == everybody(2)


@pytest.mark.parametrize("operation", ["Scan", "GetItem", "PutItem", "UpdateItem", "SendEmail"])
def test_two_at_once_ask_each_address_once(world: AddressWorld, operation: str) -> None:
    houses(world, 3)
    client = world.ses if operation == "SendEmail" else world.connection.client
    inner: list[WatchedAddresses] = []
    is_inside = False

    def meanwhile(**_: Any) -> None:
        nonlocal is_inside
        if not is_inside and not inner:
            is_inside = True
            inner.append(world.night())

    with hooked(client, operation, meanwhile):
        outer = world.night()

    assert inner[0].asked + outer.asked == 3
    assert sorted(world.asked) == everybody(3)
    assert outer.failed == 0


def test_what_cannot_be_read_is_counted_and_stops_no_other(world: AddressWorld) -> None:
    [first, _, _] = houses(world, 3)
    MailboxItem(first).update([MailboxItem.data.set({"mailbox_id": first})])
    report = world.night()
    assert (report.failed, report.asked, report.is_complete) == (1, 2, False)


def test_a_store_that_fails_for_one_address_stops_no_other(world: AddressWorld) -> None:
    houses(world, 3)
    with refusing(world.connection.client, "UpdateItem", "InternalServerError", status=500, only="1-40000101"):
        report = world.night()
    assert (report.failed, report.asked) == (1, 2)
    assert next_night(world, 7).asked == 1


def test_a_position_that_cannot_be_kept_ends_the_night_before_anything_is_sent(world: AddressWorld) -> None:
    houses(world, 3)
    with (
        refusing(world.connection.client, "PutItem", "InternalServerError", status=500),
        pytest.raises(Unavailable),
    ):
        world.night()
    assert world.emails == []


def test_a_night_without_time_asks_nobody_and_the_next_goes_on(world: AddressWorld) -> None:
    houses(world, 3)
    assert watch_addresses(world.watching, list_until=world.now, until=world.now).asked == 0
    assert next_night(world).asked == 3


def test_time_that_runs_out_loses_nobody(world: AddressWorld) -> None:
    houses(world, 4)
    start = world.now

    def slow(**_: Any) -> None:
        world.now += timedelta(minutes=1)

    reports = []
    for night in range(5):
        world.now = start + DAY * night
        with hooked(world.ses, "SendEmail", slow):
            reports.append(
                watch_addresses(world.watching, list_until=world.now, until=world.now + timedelta(minutes=2))
            )
    assert [report.asked for report in reports] == [2, 2, 0, 0, 0]


def a_listed_house(world: AddressWorld) -> Mailbox:
    mailbox = world.house(a_house())
    world.learn(Sign.DELIVERED, DEPOSITED_AT - DAY)
    return mailbox


def listed(world: AddressWorld) -> list[str]:
    return sorted(notice_id for shard in SHARDS for _, notice_id in world.batches.failed(shard))


def test_the_list_is_tidied_and_channels_that_live_again_are_renewed(world: AddressWorld) -> None:
    a_listed_house(world)
    for name in ("N1", "N2", "N3"):
        world.notice(name)
    world.now += timedelta(hours=2)
    world.open("N1")
    report = world.night()
    assert (report.opened, report.kept, report.renewed, report.is_complete) == (1, 2, 0, True)
    assert listed(world) == ["N2", "N3"]
    assert world.batch("N1").following.known_at == world.now

    world.learn(Sign.PROVED, world.now)
    report = world.night()
    assert (report.opened, report.kept, report.renewed) == (0, 0, 2)
    assert listed(world) == ["N2", "N3"], "until they are sent"
    assert [len(world.timeline(name)) for name in ("N1", "N2", "N3")] == [0, 1, 1]
    assert world.night().renewed == 0


def test_a_list_longer_than_the_night_is_gone_on_with(world: AddressWorld) -> None:
    a_listed_house(world)
    names = [f"N{number}" for number in range(8)]
    for name in names:
        world.notice(name)
    world.learn(Sign.PROVED, world.now + DAY)
    start = world.now + DAY
    done = []
    for night in range(4):
        world.now = start + DAY * night

        def slow(**_: Any) -> None:
            world.now += timedelta(seconds=30)

        with hooked(world.connection.client, "TransactWriteItems", slow):
            until = world.now + timedelta(seconds=90)
            report = watch_addresses(world.watching, list_until=until, until=until)
        done.append((report.renewed, report.is_complete))
    assert done == [(3, False), (3, False), (2, True), (0, True)]
    assert {len(world.renewals(name)) for name in names} == {1}


def test_a_list_of_which_nothing_leaves_is_gone_through_all_the_same(world: AddressWorld) -> None:
    a_listed_house(world)
    names = [world.notice(f"N{number}").notice_id for number in range(8)]
    looked_at: list[str] = []
    start = world.now
    nights = []
    for night in range(4):
        world.now = start + DAY * night

        def slow(params: dict[str, Any], **_: Any) -> None:
            world.now += timedelta(seconds=20)
            looked_at.extend(name for name in names if f'"{name}"' in str(params["body"]))

        with hooked(world.connection.client, "BatchGetItem", slow):
            until = world.now + timedelta(seconds=90)
            nights.append(watch_addresses(world.watching, list_until=until, until=until).is_complete)
    assert sorted(set(looked_at)) == names
    assert True in nights


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem", "TransactWriteItems", "PutItem"])
def test_ten_deaths_in_the_list_double_and_lose_nothing(world: AddressWorld, operation: str) -> None:
    a_listed_house(world)
    for name in ("N1", "N2"):
        world.notice(name)
    world.now += DAY
    world.learn(Sign.PROVED, world.now)
    for _ in range(10):
        with hooked(world.connection.client, operation, die), pytest.raises(ProcessDied):
            world.night()
    world.night()
    next_night(world)
    assert [world.renewals(name) for name in ("N1", "N2")] == [["u1.email.renewal-1"]] * 2
    assert [len(world.timeline(name)) for name in ("N1", "N2")] == [1, 1]


def test_a_notice_that_cannot_be_read_stops_no_other(world: AddressWorld) -> None:
    a_listed_house(world)
    for name in ("N1", "N2"):
        world.notice(name)
    world.now += DAY
    world.learn(Sign.PROVED, world.now)
    with refusing(world.connection.client, "BatchGetItem", "InternalServerError", status=500, only='"N1"'):
        report = world.night()
    assert (report.failed, report.renewed, report.is_complete) == (1, 1, False)
