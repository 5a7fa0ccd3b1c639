from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.access.access_secret import opaque_token
from chalicelib.domain.access.captcha import (
    LENGTH,
    LIFETIME,
    SPOKEN,
    Challenge,
    captcha_answer,
    new_challenge,
    read_answer,
    read_challenge,
)

PEPPER = bytes(range(32))
NOW = datetime(2026, 3, 9, 20, 15, 30, 250_001, tzinfo=UTC)
END = datetime(2026, 3, 9, 20, 25, 30, tzinfo=UTC)


def a_challenge(number: int = 1, *, now: datetime = NOW, pepper: bytes = PEPPER) -> Challenge:
    return new_challenge(opaque_token(number.to_bytes(32, "big")), pepper=pepper, now=now)


def test_an_id_says_until_when_it_counts_and_what_its_answer_is() -> None:
    made = a_challenge()
    assert made.valid_until == END
    assert read_challenge(made.captcha_id, pepper=PEPPER) == made
    assert made.answer == captcha_answer(PEPPER, made.captcha_id)
    assert made.answer not in repr(made)


def test_it_counts_to_its_last_second_whichever_clock_asks() -> None:
    made = a_challenge()
    assert made.is_valid_at(END)
    assert not made.is_valid_at(END + timedelta(microseconds=1))
    assert made.is_valid_at(NOW - timedelta(minutes=3))


def test_no_other_text_is_an_id_however_little_it_was_altered() -> None:
    captcha_id = a_challenge().captcha_id
    altered = {
        captcha_id[:place] + other + captcha_id[place + cut :]
        for place in range(len(captcha_id) + 1)
        for other in (*string.ascii_letters, *string.digits, "-_.=+/ \n٣\ud800", "")
        for cut in (0, 1)
    } - {captcha_id}
    assert len(altered) > 8000
    for text in altered:
        assert read_challenge(text, pepper=PEPPER) is None, text


@pytest.mark.parametrize("text", ["", "c1", "x" * 43, "." * 88, "9" * 1_000_000, opaque_token(bytes(32))])
def test_texts_and_secrets_of_other_purposes_are_no_ids(text: str) -> None:
    assert read_challenge(text, pepper=PEPPER) is None


def test_an_id_under_another_pepper_or_with_the_signature_of_another_is_no_id() -> None:
    one, other = (a_challenge(number).captcha_id.split(".") for number in (1, 2))
    later = a_challenge(now=NOW + timedelta(hours=1)).captcha_id.split(".")
    assert read_challenge(a_challenge(pepper=bytes(32)).captcha_id, pepper=PEPPER) is None
    for mixed in ([one[0], one[1], other[2]], [one[0], later[1], one[2]], [other[0], one[1], one[2]]):
        assert read_challenge(".".join(mixed), pepper=PEPPER) is None


@pytest.mark.parametrize("year", [2026, 2096, 2285, 2300])
def test_an_id_is_short_and_safe_in_an_address(year: int) -> None:
    captcha_id = a_challenge(now=NOW.replace(year=year)).captcha_id
    assert len(captcha_id) <= 88
    assert set(captcha_id) <= {*string.ascii_letters, *string.digits, *"-_."}


@pytest.mark.parametrize(("secret", "year"), [("short", 2026), ("x" * 42 + "+", 2026), ("x" * 43, 1970)])
def test_no_challenge_is_made_that_could_not_be_read(secret: str, year: int) -> None:
    with pytest.raises(ValueError, match="random characters"):
        new_challenge(secret, pepper=PEPPER, now=NOW.replace(year=year))


def test_ids_and_answers_differ_and_use_only_symbols_that_can_be_told_apart() -> None:
    challenges = [a_challenge(number) for number in range(300)]
    assert len({made.captcha_id for made in challenges}) == 300
    assert len({made.answer for made in challenges}) > 290
    assert {symbol for made in challenges for symbol in made.answer} == set(SPOKEN)
    assert {len(made.answer) for made in challenges} == {LENGTH}


def test_an_answer_depends_on_the_whole_id_and_on_the_pepper() -> None:
    made, later = a_challenge(), a_challenge(now=NOW + LIFETIME)
    assert len({made.answer, later.answer, captcha_answer(bytes(32), made.captcha_id)}) == 3


def test_an_answer_is_read_whatever_its_case_and_spaces() -> None:
    assert read_answer(" k7 m3\tq ") == "K7M3Q"
