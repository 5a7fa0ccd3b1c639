from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.limit import Standing
from chalicelib.domain.registration.identity import Registry
from chalicelib.domain.registration.registration import REGISTRY_LIFETIME
from chalicelib.domain.registration.registration_policy import (
    Way,
    again_budget,
    first_budget,
    needs_captcha,
    next_turn,
    proven_standing,
    standing_with_captcha,
    way_for,
)

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("network", "neighbourhood", "inbox", "needs"),
    [(3, 30, 5, False), (4, 30, 5, True), (3, 31, 5, True), (3, 30, 6, True)],
)
def test_a_captcha_is_needed_past_three_of_a_network_thirty_around_it_or_five_to_an_inbox(
    network: int, neighbourhood: int, inbox: int, needs: bool
) -> None:
    assert needs_captcha(by_network=network, by_neighbourhood=neighbourhood, to_inbox=inbox) is needs


@pytest.mark.parametrize(
    ("network", "neighbourhood", "document", "way"),
    [
        (20, 200, 10, Way.REGISTRY_FIRST),
        (21, 200, 10, Way.EMAIL_FIRST),
        (20, 201, 10, Way.EMAIL_FIRST),
        (20, 200, 11, Way.EMAIL_FIRST),
    ],
)
def test_past_each_number_the_email_comes_first(network: int, neighbourhood: int, document: int, way: Way) -> None:
    assert way_for(by_network=network, by_neighbourhood=neighbourhood, of_document=document) is way


def test_who_sent_much_draws_on_less() -> None:
    sent = [
        standing_with_captcha(by_network=one, by_neighbourhood=all_) for one, all_ in ((20, 200), (21, 1), (1, 201))
    ]
    proved = [proven_standing(by_network=one, by_neighbourhood=all_) for one, all_ in ((2, 20), (3, 1), (1, 21))]

    assert sent == [Standing.PROVEN, Standing.QUIET, Standing.QUIET]
    assert proved == [Standing.PROVEN, Standing.QUIET, Standing.QUIET]


@pytest.mark.parametrize("quota", [10, 999, 1000])
def test_both_budgets_of_a_registry_are_its_quota(quota: int) -> None:
    first, again = first_budget(Registry.RENIEC, quota), again_budget(Registry.RENIEC, quota)
    assert (first.total + again.total, again.total) == (quota, quota // 5)
    assert first.name != again.name


def test_those_put_off_are_asked_about_in_the_next_days_first_hour_the_eldest_first() -> None:
    starts = [NOW - timedelta(days=days) for days in (90, 30, 29, 1, 0)]
    turns = [next_turn(start, NOW, REGISTRY_LIFETIME) for start in starts]

    assert turns == sorted(turns)
    assert turns[0] == datetime(2026, 3, 10, tzinfo=UTC)
    assert all(timedelta(0) <= turn - turns[0] <= timedelta(hours=1) for turn in turns)
