from __future__ import annotations

import pytest

from chalicelib.domain.access.access_secret import (
    EMAIL_CODE_SPACE,
    TEMPORARY_PASSWORD_SPACE,
    email_code,
    is_keyed_hash,
    is_same_secret,
    keyed_hash,
    keyed_hashes,
    opaque_token,
    parse_email_code,
    temporary_password,
)
from chalicelib.domain.access.pepper import Pepper, every_pepper, read_pepper
from chalicelib.domain.codes import ALPHABET
from chalicelib.domain.errors import InvalidInput

PEPPER = bytes(range(32))


@pytest.mark.parametrize("number", [0, 1, 27, 28, 123_456_789, EMAIL_CODE_SPACE - 1])
def test_a_code_has_six_unambiguous_symbols_and_is_read_as_it_was_made(number: int) -> None:
    code = email_code(number)
    assert len(code) == 6
    assert set(code) <= set(ALPHABET)
    assert parse_email_code(code) == code


def test_each_number_has_a_code_of_its_own() -> None:
    assert len({email_code(number) for number in range(0, EMAIL_CODE_SPACE, 100_003)}) == 4_819


@pytest.mark.parametrize("typed", ["k7m3qx", " K7M 3QX ", "K7M-3QX", "k7m\u20133qx", "K.7.M.3.Q.X", "K7M\u00a03QX\n"])
def test_case_spaces_and_dashes_of_a_code_do_not_matter(typed: str) -> None:
    assert parse_email_code(typed) == "K7M3QX"


@pytest.mark.parametrize("typed", ["", "K7M3Q", "K7M3QX2", "K7M3Q0", "K7M3QÑ", "K7M3Q\u0661", "K7M/3QX"])
def test_what_can_be_no_code_is_told_before_it_costs_an_attempt(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_email_code(typed)
    assert (caught.value.code, caught.value.field) == ("code_malformed", "code")


def test_temporary_passwords_differ_and_look_alike() -> None:
    first, last = temporary_password(0), temporary_password(TEMPORARY_PASSWORD_SPACE - 1)
    assert (first, last) == ("Aaaa-aaaa-2222", "Zzzz-zzzz-9999")


def test_an_opaque_token_takes_exactly_256_bits() -> None:
    assert opaque_token(b"\xff" * 32) == "_" * 42 + "8"
    for size in (31, 33):
        with pytest.raises(ValueError, match="32 random bytes"):
            opaque_token(bytes(size))


def test_a_keyed_hash_depends_on_every_part_its_borders_and_the_pepper() -> None:
    hashes = {
        keyed_hash(PEPPER, "ab", "c"),
        keyed_hash(PEPPER, "a", "bc"),
        keyed_hash(PEPPER, "abc"),
        keyed_hash(PEPPER, "abc", ""),
        keyed_hash(bytes(32), "abc"),
    }
    assert len(hashes) == 5
    assert {len(value) for value in hashes} == {64}
    with pytest.raises(ValueError, match="at least 32 bytes"):
        keyed_hash(bytes(31), "abc")


def test_what_is_new_is_made_under_the_pepper_and_what_was_made_under_one_beside_it_is_known() -> None:
    other = bytes(32)
    pepper = Pepper(PEPPER, (other,))

    assert keyed_hash(pepper, "a") == keyed_hash(PEPPER, "a")
    assert keyed_hashes(pepper, "a") == (keyed_hash(PEPPER, "a"), keyed_hash(other, "a"))
    assert keyed_hashes(PEPPER, "a") == (keyed_hash(PEPPER, "a"),)
    assert all(is_keyed_hash(keyed_hash(one, "a"), pepper, "a") for one in (PEPPER, other))
    assert not is_keyed_hash(keyed_hash(other, "a"), PEPPER, "a")
    assert not is_keyed_hash(keyed_hash(other, "a"), pepper, "b")


def test_the_secret_has_a_pepper_a_line_and_each_counts_once() -> None:
    one, two, three = "a" * 32, "b" * 64, "ñ" * 16

    assert every_pepper(read_pepper(one)) == (one.encode(),)
    assert every_pepper(read_pepper(f"{two}\r\n{one}\n\n{two}\n{three}\n{one}")) == (
        two.encode(),
        one.encode(),
        three.encode(),
    )


@pytest.mark.parametrize("text", ["", "\n", "a" * 31, "a" * 32 + "\n" + "b" * 31, "b" * 31 + "\n" + "a" * 32])
def test_a_pepper_that_is_too_short_is_refused_and_everything_with_it(text: str) -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        read_pepper(text)


def test_secrets_are_compared_whole() -> None:
    assert is_same_secret("ñandú", "ñandú")
    assert not is_same_secret("ñandú", "ñand")
