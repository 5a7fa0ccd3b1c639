"""Before a deposit and at it, an institution is told which channels receive, since when one does not, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.access.freezing import frozen
from chalicelib.domain.deadline import Regime
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Channel, Consent, Mailbox, MailboxState, UserState
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.domain.sender.institution import AppliedNorm
from tests.costs import measure
from tests.deposit_world import NOW, World, a_body, a_mailbox, a_user, an_institution, put_institution

PATH = "/v1/mailboxes/1-40000002"
EVENING = datetime(2026, 3, 6, 3, 30, tzinfo=UTC)
"""5 March at 22:30 in Lima."""
LATER = datetime(2026, 3, 8, 15, tzinfo=UTC)
EMAIL, SMS = Channel.EMAIL, Channel.SMS


def knowing(*health: AddressHealth, **overrides: Any) -> Mailbox:
    return a_mailbox(**{"version": 2, **overrides}, health=health)


def address(number: int = 1, channel: Channel = EMAIL) -> AddressHealth:
    user = a_user(number)
    return AddressHealth(user.user_id, channel, user.email if channel is EMAIL else user.mobile or "")


def keep(world: World, mailbox: Mailbox) -> None:
    mailbox_store(world.container).put(mailbox)


def bounced(number: int = 1, channel: Channel = EMAIL, at: datetime = EVENING) -> AddressHealth:
    return address(number, channel).with_sign(Sign.BOUNCED, at, "no_such_mailbox")


def a_channel(channel: Channel, **overrides: Any) -> dict[str, Any]:
    unreported = {"live": True, "required": True, "last_delivered_in": None, "failing_since": None}
    return {"channel": channel.value, **unreported, **overrides}


def channels(world: World) -> Any:
    return world.get(PATH).json_body["channels"]


def refusal(world: World, key: str = "clave-1", **overrides: Any) -> dict[str, Any]:
    refused = world.deposit(a_body(**overrides), key=key)
    assert (refused.status_code, refused.json_body["code"]) == (409, "recipient_channel_missing")
    told: dict[str, Any] = refused.json_body
    return told


def test_a_channel_tells_the_last_delivery_to_any_of_its_addresses_by_the_local_day(world: World) -> None:
    early = address(1).with_sign(Sign.DELIVERED, EVENING)
    late = address(2).with_sign(Sign.DELIVERED, EVENING.replace(day=7))
    keep(world, knowing(early, late))

    assert channels(world) == [a_channel(EMAIL, last_delivered_in="2026-03"), a_channel(SMS)]


def test_an_address_that_only_its_owner_proved_was_never_delivered_to(world: World) -> None:
    keep(world, knowing(bounced().with_sign(Sign.PROVED, LATER), users=(a_user(1),)))

    assert channels(world)[0] == a_channel(EMAIL)


def test_one_address_that_lives_keeps_a_channel_alive(world: World) -> None:
    keep(world, knowing(bounced(1), address(2).with_sign(Sign.DELIVERED, LATER)))

    assert channels(world)[0] == a_channel(EMAIL, last_delivered_in="2026-03")
    assert world.deposit().status_code == 201


def test_a_channel_fails_since_the_last_of_its_addresses_died(world: World) -> None:
    keep(world, knowing(bounced(1, at=LATER), bounced(2, at=EVENING).with_sign(Sign.DELIVERED, EVENING.replace(day=2))))

    answer = world.get(PATH).json_body
    assert (answer["can_receive"], answer["missing_channels"], answer["regimes"]) == (False, ["email"], [])
    dead = a_channel(EMAIL, live=False, last_delivered_in="2026-03", failing_since="2026-03-08")
    assert answer["channels"] == [dead, a_channel(SMS)]


@pytest.mark.parametrize("state", [UserState.PENDING, UserState.DISABLED])
def test_addresses_of_who_is_not_alerted_tell_nothing(world: World, state: UserState) -> None:
    users = (a_user(1), a_user(2, state=state))
    keep(world, knowing(bounced(1), address(2).with_sign(Sign.DELIVERED, LATER), users=users))

    assert channels(world)[0] == a_channel(EMAIL, live=False, failing_since="2026-03-05")


def test_what_is_known_of_an_address_before_the_present_one_tells_nothing(world: World) -> None:
    known = replace(bounced(1), address="antes@ejemplo.pe").with_sign(Sign.DELIVERED, EVENING.replace(day=1))
    keep(world, knowing(known, users=(a_user(1),)))

    assert channels(world)[0] == a_channel(EMAIL)


def test_a_channel_without_address_is_missing_and_not_among_them(world: World) -> None:
    keep(world, knowing(users=(a_user(1, mobile=None),)))

    answer = world.get(PATH).json_body
    assert (answer["missing_channels"], answer["channels"]) == (["sms"], [a_channel(EMAIL)])


def test_required_is_what_the_norm_of_the_usual_regime_asks_for(world: World) -> None:
    norm = AppliedNorm(Regime.DEPOSIT, "D.S. 001-2026-DEMO, art. 1", channels=(EMAIL,))
    put_institution(world.container, an_institution(norms=(norm,)))
    keep(world, knowing(bounced(1, SMS)))

    answer = world.get(PATH).json_body
    assert (answer["can_receive"], answer["regimes"]) == (True, ["deposit"])
    assert answer["channels"][1] == a_channel(SMS, required=False, live=False, failing_since="2026-03-05")
    assert refusal(world, regime="acknowledgement")["missing_channels"] == ["sms"]
    assert world.deposit(key="clave-2").status_code == 201


def _freeze(mailbox: Mailbox) -> Mailbox:
    change = AccessChange("c1", ChangeKind.PASSWORD, "u1", NOW, mailbox.users[0].email)
    made = frozen(mailbox, change, NOW)
    assert made
    return made


UNTOLD = {
    "disabled": lambda mailbox: replace(mailbox, state=MailboxState.DISABLED),
    "frozen": _freeze,
    "consent revoked": lambda mailbox: replace(
        mailbox, consent=Consent(is_given=False, at=NOW, version="1", origin="", user_id="u1")
    ),
}


@pytest.mark.parametrize("change", UNTOLD.values(), ids=UNTOLD)
def test_of_a_mailbox_that_receives_nothing_no_channel_is_told(world: World, change: Any) -> None:
    keep(world, change(knowing(bounced(1), address(1, SMS).with_sign(Sign.DELIVERED, LATER))))

    assert channels(world) == []
    refused = world.deposit().json_body
    assert refused["code"] != "recipient_channel_missing"
    assert "failing_channels" not in refused


def test_neither_an_address_nor_how_many_there_are_is_told(world: World) -> None:
    keep(world, knowing(bounced(1), bounced(2), bounced(1, SMS)))

    for text in (world.get(PATH).body, world.deposit().body):
        for told in (b"usuaria", b"ejemplo.pe", b"+51", b"900000", b"no_such_mailbox", b"u1", b"T03:30"):
            assert told not in text


def test_a_deposit_to_a_dead_channel_says_since_when_it_does_not_receive_and_what_to_do(world: World) -> None:
    keep(world, knowing(bounced(1), bounced(2)))

    told = refusal(world)
    assert told["missing_channels"] == ["email"]
    assert told["failing_channels"] == [{"channel": "email", "failing_since": "2026-03-05"}]
    assert told["detail"] == (
        "La casilla del destinatario no recibe avisos por correo electrónico desde el 05/03/2026, y debe recibirlos."
        " Notifíquelo por otro medio del artículo 20 del TUO de la Ley N° 27444, o consulte más tarde si ya recibe."
    )


def test_a_channel_that_is_dead_and_one_that_is_missing_are_told_apart(world: World) -> None:
    keep(world, knowing(bounced(1), users=(a_user(1, mobile=None),)))

    told = refusal(world)
    assert told["missing_channels"] == ["email", "sms"]
    assert told["failing_channels"] == [{"channel": "email", "failing_since": "2026-03-05"}]
    assert "no recibe avisos por correo electrónico desde el 05/03/2026" in told["detail"]
    assert "no tiene celular de un usuario activo" in told["detail"]


def test_where_no_address_is_there_nothing_is_said_to_fail(world: World) -> None:
    keep(world, knowing(users=(a_user(1, mobile=None),)))

    told = refusal(world)
    assert (told["missing_channels"], told["failing_channels"]) == (["sms"], [])
    assert "no recibe avisos" not in told["detail"]
    assert "más tarde" not in told["detail"]


def test_a_dead_channel_that_is_not_required_is_not_told_at_a_refusal(world: World) -> None:
    norm = AppliedNorm(Regime.DEPOSIT, "D.S. 001-2026-DEMO, art. 1", channels=(SMS,))
    put_institution(world.container, an_institution(norms=(norm,)))
    keep(world, knowing(bounced(1), users=(a_user(1, mobile=None),)))

    told = refusal(world)
    assert (told["missing_channels"], told["failing_channels"]) == (["sms"], [])


def test_a_refusal_for_a_dead_channel_is_recorded_and_costs_as_one_for_a_missing_one(world: World) -> None:
    keep(world, knowing(users=(a_user(1, mobile=None),)))
    missing = measure(world.deposit, 409)
    keep(world, knowing(bounced(1, SMS)))
    dead = measure(lambda: world.deposit(key="clave-2"), 409)
    consulted = measure(lambda: world.get(PATH), 200)

    assert sorted(dead.operations) == sorted(missing.operations)
    assert (dead.calls, dead.hops) == (missing.calls, missing.hops) == (3, 2)
    assert (consulted.calls, consulted.hops) == (3, 2)
    recorded = [event.data for event in event_store(world.container).list_for_subject("mailbox#1-40000002")]
    refused = {"way": "deposit", "refused": "recipient_channel_missing"}
    assert sorted(recorded, key=len) == [{}, refused, refused]
