"""What is known of an address is the same in whatever order, and however often, its signs come; only some kill it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations, product

import pytest

from chalicelib.domain.mailbox.address_health import (
    SOFT_BOUNCE_DAYS,
    TOLD_ANEW_AFTER,
    AddressHealth,
    Sign,
    health_of,
    with_health,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AT = datetime(2026, 3, 9, 15, tzinfo=UTC)
FRESH = AddressHealth("u1", "email", "rosa@ejemplo.pe")
Told = tuple[Sign, datetime, str | None]
SIGNS: tuple[Told, ...] = (
    (Sign.DELIVERED, AT + 1.5 * DAY, None),
    (Sign.PROVED, AT + 3.5 * DAY, None),
    (Sign.BOUNCED, AT + 2 * DAY, "550"),
    (Sign.BOUNCED, AT + 4 * DAY, "complained"),
    (Sign.BOUNCED, AT + 4 * DAY, "551"),
    (Sign.RETURNED, AT, None),
    (Sign.RETURNED, AT + 8 * HOUR, None),
    (Sign.RETURNED, AT + 1.5 * DAY, None),
    (Sign.RETURNED, AT + 2 * DAY, None),
    (Sign.RETURNED, AT + 3 * DAY, None),
    (Sign.RETURNED, AT + 4 * DAY, None),
    (Sign.RETURNED, AT + 40 * DAY, None),
)


def after(*told: Told, known: AddressHealth = FRESH) -> AddressHealth:
    for sign, at, reason in told:
        known = known.with_sign(sign, at, reason)
    return known


def returned_on(*days: float) -> list[Told]:
    return [(Sign.RETURNED, AT + day * DAY, None) for day in days]


def test_up_to_five_signs_say_the_same_in_every_order() -> None:
    """All orders of a set are all orders of its parts with each of the others behind."""
    said: dict[frozenset[Told], AddressHealth] = {frozenset(): FRESH}
    for number in range(1, 6):
        for chosen in map(frozenset, combinations(SIGNS, number)):
            [said[chosen]] = {after(last, known=said[chosen - {last}]) for last in chosen}


@pytest.mark.parametrize("length", range(1, 6))
def test_signs_that_come_again_say_no_more_than_once(length: int) -> None:
    several = (SIGNS[0], SIGNS[2], SIGNS[4], SIGNS[5], SIGNS[8], SIGNS[9])
    found: dict[frozenset[Told], AddressHealth] = {}
    for told in product(several, repeat=length):
        health = after(*told)
        assert found.setdefault(frozenset(told), health) == health, told


def slow_dead_since(told: tuple[Told, ...]) -> datetime | None:
    """Say since when it is dead, from all that was told at once."""
    lived_at = max((at for sign, at, _ in told if sign in {Sign.DELIVERED, Sign.PROVED}), default=None)
    hard = [at for sign, at, _ in told if sign is Sign.BOUNCED and (lived_at is None or at >= lived_at)]
    soft = sorted(at for sign, at, _ in told if sign is Sign.RETURNED and (lived_at is None or at > lived_at))
    recent = {at.date(): at for at in soft if at > soft[-1] - timedelta(days=30)}
    ends = [max(at for at in hard if at.date() == min(hard).date())] if hard else []
    ends += [recent[sorted(recent)[SOFT_BOUNCE_DAYS - 1]]] if len(recent) >= SOFT_BOUNCE_DAYS else []
    return min(ends, default=None)


@pytest.mark.parametrize("number", range(6))
def test_a_slow_reckoning_of_all_signs_at_once_agrees(number: int) -> None:
    for chosen in combinations(SIGNS, number):
        assert after(*chosen).dead_since == slow_dead_since(chosen), chosen


def test_what_nothing_is_known_of_is_live() -> None:
    assert (FRESH.is_dead, FRESH.dead_since, FRESH.lived_at) == (False, None, None)


def test_a_bounce_for_good_kills_at_once_and_only_a_delivery_or_proof_since_revives() -> None:
    dead = after((Sign.BOUNCED, AT, "550"))
    assert (dead.dead_since, dead.reason) == (AT, "550")
    for sign in (Sign.DELIVERED, Sign.PROVED):
        assert not dead.with_sign(sign, AT + HOUR).is_dead
        assert dead.with_sign(sign, AT - HOUR).is_dead
    assert dead.with_sign(Sign.RETURNED, AT + HOUR).is_dead
    assert dead.with_sign(Sign.PROVED, AT + HOUR).with_sign(Sign.BOUNCED, AT + DAY).dead_since == AT + DAY


def test_a_message_that_was_taken_and_returned_at_the_same_instant_did_not_arrive() -> None:
    assert after((Sign.DELIVERED, AT, None), (Sign.BOUNCED, AT, "550")).is_dead


def test_a_delivery_that_is_reported_late_revives_nothing() -> None:
    assert after((Sign.BOUNCED, AT + DAY, "550"), (Sign.DELIVERED, AT, None)).is_dead
    assert not after((Sign.DELIVERED, AT + DAY, None), (Sign.BOUNCED, AT, "550")).is_dead


def test_bounces_for_now_kill_on_the_third_day_and_not_before() -> None:
    assert not after(*returned_on(0, 1)).is_dead
    assert after(*returned_on(0, 1, 2)).dead_since == AT + 2 * DAY
    assert not after(*returned_on(0, 0.1, 0.2, 0.3, 1)).is_dead
    assert after(*returned_on(0, 10, 29)).is_dead
    assert not after(*returned_on(0, 10, 30)).is_dead


def test_one_delivery_in_between_begins_their_count_anew() -> None:
    delivered: Told = (Sign.DELIVERED, AT + 1.5 * DAY, None)
    for order in permutations([*returned_on(0, 1, 2, 3), delivered]):
        assert not after(*order).is_dead
    assert after(*returned_on(0, 1, 2, 3, 4), delivered).is_dead


def test_automatic_replies_after_deliveries_never_kill_whichever_is_reported_first() -> None:
    days: list[Told] = []
    for number in range(3):
        at = AT + number * DAY
        days += [(Sign.DELIVERED, at, None), (Sign.RETURNED, at + HOUR, None)]
    for order in permutations(days):
        assert not after(*order).is_dead


def test_of_many_days_the_latest_ten_are_kept() -> None:
    known = after(*returned_on(*range(60)), *((Sign.BOUNCED, AT + day * DAY, "550") for day in range(60)))
    assert known.returned == known.bounced == tuple(AT + day * DAY for day in range(50, 60))


def test_of_another_address_nothing_of_it_holds() -> None:
    dead = after((Sign.BOUNCED, AT, "550"))
    known = (dead, replace(dead, channel="sms", address="+51987654321"), replace(dead, user_id="u2"))

    assert health_of(known, "u1", "email", "ROSA@ejemplo.pe") == dead
    assert health_of(known, "u1", "email", "rosa@otro.pe") == AddressHealth("u1", "email", "rosa@otro.pe")
    assert health_of(known, "u1", "sms", "+51987654322") == AddressHealth("u1", "sms", "+51987654322")
    assert health_of(known, "u3", "email", "rosa@ejemplo.pe") == AddressHealth("u3", "email", "rosa@ejemplo.pe")


def test_a_user_s_new_address_takes_the_place_of_the_former_one() -> None:
    others = (replace(FRESH, user_id="u2"), replace(FRESH, channel="sms", address="+51987654321"))
    mended = replace(FRESH, address="rosa@otro.pe", proved_at=AT)

    assert with_health((FRESH, *others), mended) == (*others, mended)
    assert with_health((), FRESH) == (FRESH,)


@pytest.mark.parametrize(
    ("told", "is_worth"),
    [
        ((Sign.DELIVERED, AT + TOLD_ANEW_AFTER - HOUR, None), False),
        ((Sign.DELIVERED, AT + TOLD_ANEW_AFTER, None), True),
        ((Sign.DELIVERED, AT - DAY, None), False),
        ((Sign.BOUNCED, AT + HOUR, "550"), True),
        ((Sign.BOUNCED, AT - HOUR, "550"), True),
        ((Sign.RETURNED, AT + HOUR, None), True),
        ((Sign.RETURNED, AT - HOUR, None), False),
        ((Sign.PROVED, AT + HOUR, None), True),
    ],
)
def test_a_sign_is_written_down_where_it_tells_something(told: Told, is_worth: bool) -> None:
    known = after((Sign.DELIVERED, AT, None))
    assert after(told, known=known).is_worth_writing(known) is is_worth
    assert not known.is_worth_writing(known)


def test_whatever_makes_an_address_live_again_is_written_down_at_once() -> None:
    dead = after((Sign.DELIVERED, AT, None), (Sign.BOUNCED, AT + HOUR, "550"))
    assert dead.with_sign(Sign.DELIVERED, AT + 2 * HOUR).is_worth_writing(dead)
    assert FRESH.with_sign(Sign.DELIVERED, AT).is_worth_writing(None)
    assert replace(FRESH, asked_at=AT).is_worth_writing(FRESH)
