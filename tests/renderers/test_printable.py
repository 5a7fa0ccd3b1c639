# ruff: noqa: RUF001 -- the letters and signs are the subject
from __future__ import annotations

import pytest

from chalicelib.domain.errors import Unprintable
from chalicelib.renderers.deposit.receipt import check_printable


@pytest.mark.parametrize("text", ["", "Ñandú", "p\u0308", "ĉ ŝ ẽ ʼ ’ “ ” – — … • № ° € S/ ½"])
def test_usual_letters_and_signs_are_printable(text: str) -> None:
    check_printable(text, field="document.subject")


@pytest.mark.parametrize(
    ("text", "position"),
    [("a😀", 2), ("漢", 1), ("ab\x07", 3), ("a\nb", 2), ("a\tb", 2), ("a\u00adb", 2), ("\ud800", 1)],
)
def test_other_characters_are_refused_by_code_and_position(text: str, position: int) -> None:
    with pytest.raises(Unprintable) as refusal:
        check_printable(text, field="document.subject")
    character = text[position - 1]
    assert refusal.value.field == "document.subject"
    assert f"U+{ord(character):04X}" in refusal.value.detail
    assert f"posición {position}" in refusal.value.detail


def test_invisible_characters_are_named_by_code_only() -> None:
    with pytest.raises(Unprintable) as refusal:
        check_printable("a\x07", field="x")
    assert "\x07" not in refusal.value.detail
    assert "U+0007" in refusal.value.detail
