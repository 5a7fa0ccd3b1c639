from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.access.access_secret import opaque_token
from chalicelib.domain.access.known_device import LIFETIME, MOST, find_device, with_device

NOW = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)
PEPPER = bytes(range(32))
USERNAME = "1-40000002"


def an_id(number: int) -> str:
    return opaque_token(number.to_bytes(32, "big"))


def marks(*usernames: str) -> str:
    kept = ""
    for number, username in enumerate(usernames):
        kept = with_device(PEPPER, kept, username, an_id(number), NOW)
    return kept


def test_a_device_is_known_for_who_got_in_with_it_for_half_a_year() -> None:
    kept = marks(USERNAME, "1-40000003")
    assert find_device(PEPPER, kept, USERNAME, NOW + LIFETIME) == an_id(0)
    assert find_device(PEPPER, kept, "1-40000003", NOW) == an_id(1)
    assert find_device(PEPPER, kept, USERNAME, NOW + LIFETIME + timedelta(seconds=1)) is None
    assert find_device(PEPPER, kept, "1-40000004", NOW) is None
    assert find_device(bytes(32), kept, USERNAME, NOW) is None


def test_the_next_time_the_device_keeps_its_id_and_has_half_a_year_again() -> None:
    later = NOW + LIFETIME
    kept = with_device(PEPPER, marks(USERNAME, "1-40000003"), USERNAME, an_id(7), later)
    assert kept.count("~") == 1
    assert find_device(PEPPER, kept, USERNAME, later + LIFETIME) == an_id(0)


def test_a_browser_keeps_the_last_few_and_a_cookie_can_hold_them() -> None:
    kept = marks(*(f"1-4000000{number}" for number in range(MOST + 2)))
    assert [find_device(PEPPER, kept, f"1-4000000{number}", NOW) is not None for number in range(MOST + 2)] == [
        *[False] * 2,
        *[True] * MOST,
    ]
    assert len(kept) < 600


@pytest.mark.parametrize("spoil", [lambda m: m[:-1], lambda m: m + "0", lambda m: m + "~" * 999, lambda m: m.upper()])
def test_a_mark_that_was_tampered_with_says_nothing(spoil: object) -> None:
    assert callable(spoil)
    assert find_device(PEPPER, spoil(marks(USERNAME)), USERNAME, NOW) is None


def test_a_mark_cannot_be_made_to_last_longer() -> None:
    device_id, until, seal = marks(USERNAME).split(".")
    assert find_device(PEPPER, f"{device_id}.{int(until) + 1}.{seal}", USERNAME, NOW) is None
