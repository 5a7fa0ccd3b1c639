from __future__ import annotations

import pytest

from chalicelib.renderers.line_wrap import wrap


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("uno", ["uno"]),
        ("uno dos tres", ["uno dos", "tres"]),
        ("uno  dos", ["uno  dos"]),
        (" uno", [" uno"]),
        ("abcdefghij", ["abcdefgh", "ij"]),
        ("a bcdefghijkl m", ["a", "bcdefghi", "jkl m"]),
    ],
)
def test_lines_break_at_spaces_and_inside_a_word_only_when_it_must(text: str, lines: list[str]) -> None:
    assert wrap(text, 8, len) == lines


def test_a_letter_keeps_its_marks_across_a_break() -> None:
    assert wrap("aaap\u0308p\u0308", 4, lambda part: sum(letter != "\u0308" for letter in part)) == [
        "aaap\u0308",
        "p\u0308",
    ]


def test_a_letter_wider_than_the_line_gets_a_line_of_its_own() -> None:
    assert wrap("ab", 0.5, len) == ["a", "b"]
