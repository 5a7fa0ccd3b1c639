"""From the bounces of a deposit's e-mails to the sender's list and back out of it, through the jobs themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.bootstrap.alert import channels, sending_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from tests.cloud import Engine
from tests.deposit_world import World
from tests.person_world import People

SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)
PATH = "/v1/mailboxes/1-40000002"
LIST = "/v1/deposits?alerts=failed"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> Iterator[People]:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    yield people
    for made in (channels, sending_tools):
        world.container.made.pop(made, None)


def sweep(world: World) -> None:
    world.clock.advance(minutes=2)
    world.client.lambda_.invoke("sweep_alerts", SCHEDULED)


def bounce(world: World, notice_id: str, *users: str) -> None:
    """Report, as SES does, that the mail to each of these users came back for good."""
    records: list[Any] = []
    for user in users:
        tags = {"notice_id": [notice_id], "user_id": [user]}
        mail = {"messageId": f"m-{user}", "timestamp": world.clock.now.isoformat(), "tags": tags}
        told = {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": world.clock.now.isoformat()}
        message = json.dumps({"eventType": "Bounce", "mail": mail, "bounce": told})
        records.append({"Sns": {"Message": message, "Subject": None, "MessageAttributes": {}}})
    world.client.lambda_.invoke("record_deliveries", {"Records": records})


def listed(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.get(LIST).json_body["deposits"]
    return found


def test_from_the_bounce_to_the_list_and_out_of_it(people: People) -> None:
    world = people.world
    notice_id = world.deposit().json_body["notice_id"]
    dates = world.get(f"/v1/deposits/{notice_id}/status").json_body["deadline"]
    sweep(world)
    assert listed(world) == []

    world.clock.advance(minutes=1)
    bounce(world, notice_id, "u1")
    assert listed(world) == [], "somebody else's mail may still arrive"
    assert world.get(PATH).json_body["can_receive"] is True
    bounce(world, notice_id, "u2")
    bounce(world, notice_id, "u1", "u2")

    [one] = listed(world)
    since = f"{world.clock.now:%Y-%m-%dT%H:%M:%SZ}"
    assert (one["notice_id"], one["failed_channels"]) == (notice_id, [{"channel": "email", "since": since}])
    assert one["deadline"] == dates
    email = world.get(PATH).json_body["channels"][0]
    assert (email["live"], email["failing_since"]) == (False, "2026-03-09")
    refused = world.deposit(key="clave-2")
    assert (refused.status_code, refused.json_body["failing_channels"]) == (
        409,
        [{"channel": "email", "failing_since": "2026-03-09"}],
    )

    sweep(world)
    sweep(world)
    status = world.get(f"/v1/deposits/{notice_id}/status").json_body
    assert [alert["purpose"] for alert in status["alerts"]] == ["deposit"] * 3 + ["fallback"]
    assert status["alerts"][-1]["outcome"] == "accepted"
    assert status["advice"] == one["advice"] == listed(world)[0]["advice"]
    assert status["deadline"] == dates

    mailboxes = mailbox_store(world.container)
    mailbox = mailboxes.find("1-40000002")
    assert mailbox
    place = AddressHealth("u1", Channel.EMAIL, mailbox.users[0].email)
    world.clock.advance(minutes=1)
    mailboxes.learn(mailbox, lambda known: known.with_sign(Sign.PROVED, world.clock.now), place)
    email = world.get(PATH).json_body["channels"][0]
    assert (email["live"], email["failing_since"], email["last_delivered_in"]) == (True, None, None)
    assert world.deposit(key="clave-3").status_code == 201
    assert [one["notice_id"] for one in listed(world)] == [notice_id], "an address that lives again alerts nobody yet"

    opened = people.send("POST", f"/v1/notices/{notice_id}/opening", token=people.token())
    assert opened.status_code == 201, opened.json_body
    assert listed(world) == []
    told = world.get(f"/v1/deposits/{notice_id}/status").json_body
    assert (told["advice"], told["opened_at"]) == (None, opened.json_body["opened_at"])
