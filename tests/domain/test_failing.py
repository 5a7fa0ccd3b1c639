"""Who of a mailbox is told of which addresses that alerts do not reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.mailbox import Channel, Mailbox, UserState
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.domain.mailbox.failing import Failing, failing_for
from tests.deposit_world import NOW, a_mailbox, a_user

TWO = (a_user(1), a_user(2))
EMAIL, SMS = Channel.EMAIL, Channel.SMS


def a_box(*dead: tuple[int, Channel]) -> Mailbox:
    """Return a mailbox of two users in which some addresses are dead."""
    health = []
    for number, channel in dead:
        user = TWO[number - 1]
        address = user.email if channel is EMAIL else user.mobile or ""
        health.append(AddressHealth(user.user_id, channel, address).with_sign(Sign.BOUNCED, NOW))
    return a_mailbox(users=TWO, health=tuple(health))


def told(failing: Failing) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[str]]:
    own, others = ([(one.user.user_id, one.channel.value) for one in part] for part in (failing.own, failing.others))
    return own, others, [channel.value for channel in failing.dead_channels]


def test_nothing_is_told_of_what_lives() -> None:
    assert not failing_for(a_box(), "u1")


def test_the_principal_is_told_of_all_and_the_other_of_the_own() -> None:
    box = a_box((1, EMAIL), (2, EMAIL), (2, SMS))

    assert told(failing_for(box, "u1")) == ([("u1", "email")], [("u2", "email"), ("u2", "sms")], ["email"])
    assert told(failing_for(box, "u2")) == ([("u2", "email"), ("u2", "sms")], [], [])


def test_a_channel_that_nobody_has_an_address_of_is_not_told_as_dead() -> None:
    box = a_box((1, EMAIL))
    users = tuple(replace(user, mobile=None) for user in box.users)

    assert told(failing_for(replace(box, users=users), "u1")) == ([("u1", "email")], [], [])


def test_who_is_not_alerted_keeps_no_channel_alive_and_nobody_is_told_of_them() -> None:
    box = a_box((1, EMAIL), (2, SMS))
    off = replace(box.users[1], state=UserState.DISABLED)

    assert told(failing_for(replace(box, users=(box.users[0], off)), "u1")) == ([("u1", "email")], [], ["email"])


def test_what_was_known_of_a_former_address_says_nothing_of_the_new_one() -> None:
    box = a_box((1, EMAIL))
    moved = replace(box.users[0], email="nueva@ejemplo.pe")

    assert not failing_for(replace(box, users=(moved, box.users[1])), "u1")


def test_a_proof_after_the_bounce_ends_it() -> None:
    box = a_box((1, EMAIL))
    [dead] = box.health

    alive = replace(box, health=(dead.with_sign(Sign.PROVED, NOW + timedelta(seconds=1)),))

    assert not failing_for(alive, "u1")
