from __future__ import annotations

import time

import pytest

from chalicelib.domain.access.access_secret import parse_email_code
from chalicelib.domain.access.captcha import read_answer
from chalicelib.domain.access.credentials import read_username
from chalicelib.domain.identity_document import read_document_number, split_dni
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.typed import LONGEST_TYPED, compact, plain, tidy

UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202c\u2066\u2069\u061c\ufe0f\x07"
BLANKS = " \t\u00a0\u1680\u2003\u2009\u202f\u205f\u3000\u3164\u2800"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"


@pytest.mark.parametrize("sign", UNSEEN)
def test_what_nobody_sees_is_left_out(sign: str) -> None:
    assert tidy(f"{sign}Ro{sign}sa{sign}") == "Rosa"
    assert compact(f"1{sign}2") == "12"


@pytest.mark.parametrize("sign", BLANKS)
def test_every_blank_is_one(sign: str) -> None:
    assert tidy(f"{sign}Rosa{sign}{sign}María{sign}") == "Rosa María"
    assert compact(f"{sign}1{sign}2") == "12"


@pytest.mark.parametrize("sign", DASHES)
def test_every_dash_is_one(sign: str) -> None:
    assert plain(f"a{sign}b") == "a-b"
    assert compact(f"1{sign}2") == "12"
    assert read_username(f"1{sign}40000002") == "1-40000002"
    assert parse_email_code(f"k7m{sign}3qx") == "K7M3QX"


@pytest.mark.parametrize(
    ("typed", "username"),
    [
        ("1 \u2013 40000002", "1-40000002"),
        ("1--40000002", "1-40000002"),
        ("1-40 000 002", "1-40000002"),
        ("1-40000002.", "1-40000002"),
        ("1-40000002-1", "1-40000002"),
        ("8-20100000009 . 40000028", "8-20100000009.40000028"),
        ("4-ab1234567", "4-AB1234567"),
        ("1-40000002-9", "1-40000002-9"),
        ("140000002", "140000002"),
        ("40000002", "40000002"),
    ],
)
def test_a_username_is_read_as_people_write_it_and_never_as_another(typed: str, username: str) -> None:
    assert read_username(typed) == username


def test_a_name_is_composed_and_full_width_digits_are_digits() -> None:
    assert tidy("Mun\u0303eco") == "Muñeco"
    assert compact("\uff11\uff12.\uff13") == "123"
    assert read_answer(" k7\u200bm3q ") == "K7M3Q"


@pytest.mark.parametrize("read", [tidy, plain, compact])
def test_what_is_too_long_costs_nothing(read: object) -> None:
    began = time.process_time()
    assert callable(read)
    assert len(read("a" + "\u0301\u0323" * 100_000)) > LONGEST_TYPED
    read(("a" + "\u0301\u0323" * LONGEST_TYPED)[:LONGEST_TYPED])
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("typed", "number", "cui"),
    [
        ("99000001-3", "99000001", "3"),
        ("99000001 \u2013 h", "99000001", "H"),
        ("990000013", "99000001", "3"),
        ("99000001-4", "990000014", ""),
        ("99000001", "99000001", ""),
        ("9900000", "9900000", ""),
    ],
)
def test_a_dni_may_have_its_check_character_behind_it(typed: str, number: str, cui: str) -> None:
    assert split_dni(typed) == (number, cui)
    assert read_document_number(DocumentType.DNI, typed) == number


def test_other_documents_are_only_cleaned() -> None:
    assert read_document_number(DocumentType.CE, "000 123\u2011456") == "000123456"
    assert read_document_number(DocumentType.PASSPORT, "xx.12345") == "XX12345"
