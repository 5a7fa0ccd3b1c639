"""What an ID token has to say, claim by claim (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.access.authenticated_person import IdentityRefused
from chalicelib.domain.access.id_token import CLOCK_SKEW, OLDEST, Expected, check_id_token, not_proven

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
EXPECTED = Expected("https://id.example", "casilla", "n" * 43, ("two_factor", "certificate_dnie"))
SECOND = 1


def seconds(delta: timedelta = timedelta()) -> int:
    return int((NOW + delta).timestamp())


def claims(**changes: Any) -> dict[str, Any]:
    right = {
        "iss": "https://id.example",
        "sub": "x",
        "aud": "casilla",
        "iat": seconds(),
        "exp": seconds(timedelta(minutes=5)),
        "nonce": "n" * 43,
        "acr": "two_factor",
    }
    said = {**right, **changes}
    return {name: value for name, value in said.items() if value is not ...}


def problem_of(said: dict[str, Any]) -> str:
    """Return which claim is wrong; empty where the token counts."""
    try:
        check_id_token(said, EXPECTED, NOW)
    except IdentityRefused as refused:
        return str(refused.__cause__ or refused.code)
    return ""


@pytest.mark.parametrize("level", EXPECTED.levels)
def test_a_token_that_says_all_of_it_counts_at_its_level(level: str) -> None:
    assert check_id_token(claims(acr=level), EXPECTED, NOW) == level


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "iat", "exp", "nonce"])
@pytest.mark.parametrize("value", [..., None, "", 0, True, [], {}, "otro", "\ud800", ["otro"], float("nan")])
def test_a_claim_that_lacks_or_is_something_else_is_named(name: str, value: object) -> None:
    if name == "sub" and isinstance(value, str) and value:
        return  # any subject is somebody
    assert problem_of(claims(**{name: value})) == name


@pytest.mark.parametrize(
    ("said", "is_ours"),
    [
        ({"aud": "casilla"}, True),
        ({"aud": ["casilla"]}, True),
        ({"aud": "casilla", "azp": "casilla"}, True),
        ({"aud": ["casilla"], "azp": "otro"}, False),
        ({"aud": "casilla", "azp": None}, False),
        ({"aud": ["casilla", "otro"]}, False),
        ({"aud": ["casilla", "otro"], "azp": "otro"}, False),
        ({"aud": ["casilla", "otro"], "azp": "casilla"}, True),
        ({"aud": ["otro"], "azp": "casilla"}, False),
        ({"aud": "casilla-otro"}, False),
    ],
    ids=str,
)
def test_a_token_is_for_us_and_names_us_where_it_is_for_others_too(said: dict[str, Any], is_ours: bool) -> None:
    assert problem_of(claims(**said)) == ("" if is_ours else "aud")


@pytest.mark.parametrize(
    ("name", "earliest", "latest"),
    [
        ("exp", -CLOCK_SKEW, None),
        ("iat", -OLDEST, CLOCK_SKEW),
        ("nbf", None, CLOCK_SKEW),
        ("auth_time", -OLDEST, CLOCK_SKEW),
    ],
)
def test_instants_count_to_the_second(name: str, earliest: timedelta | None, latest: timedelta | None) -> None:
    second = timedelta(seconds=SECOND)
    for bound, beyond in ((earliest, -second), (latest, second)):
        far = timedelta(days=3650) * (1 if beyond > timedelta() else -1)
        inside = far if bound is None else bound
        assert problem_of(claims(**{name: seconds(inside)})) == ""
        assert problem_of(claims(**{name: seconds(inside) + 0.0})) == ""
        if bound is not None:
            assert problem_of(claims(**{name: seconds(bound + beyond)})) == name


@pytest.mark.parametrize("name", ["nbf", "auth_time"])
def test_what_a_token_need_not_say_is_judged_where_it_does(name: str) -> None:
    assert problem_of(claims()) == ""
    others: tuple[object, ...] = (None, "", "0", True, [])
    for value in others:
        assert problem_of(claims(**{name: value})) == name


@pytest.mark.parametrize("level", [..., None, "", "one_factor", "two_factor ", "TWO_FACTOR", ["two_factor"], 2, True])
def test_a_level_that_is_not_enough_is_told_as_that(level: object) -> None:
    assert problem_of(claims(acr=level)) == "identity_level_low"
    assert problem_of(claims(acr=level, nonce="x")) == "nonce"


def test_the_refusal_says_the_same_of_everything() -> None:
    with pytest.raises(IdentityRefused) as one:
        check_id_token(claims(iss="x"), EXPECTED, NOW)
    with pytest.raises(IdentityRefused) as other:
        check_id_token(claims(exp=0), EXPECTED, NOW)

    assert one.value.code == other.value.code == not_proven().code == "identity_not_proven"
    assert one.value.detail == other.value.detail == not_proven().detail
