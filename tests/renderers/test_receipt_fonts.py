from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from chalicelib.renderers.printable import COVERAGE
from infra.fonts import build_fonts

FONTS = COVERAGE.parent
WEIGHTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")


def covered() -> set[int]:
    points: set[int] = set()
    for line in COVERAGE.read_text("ascii").split():
        first, last = line.split("-")
        points.update(range(int(first, 16), int(last, 16) + 1))
    return points


@pytest.mark.parametrize("weight", WEIGHTS)
def test_printable_characters_are_those_of_the_font(weight: str) -> None:
    assert set(TTFont(FONTS / weight).getBestCmap()) == covered()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_no_two_characters_share_a_glyph_so_that_copied_text_is_right(weight: str) -> None:
    assert max(Counter(TTFont(FONTS / weight).getBestCmap().values()).values()) == 1


@pytest.mark.skipif(not build_fonts.DEBIAN.exists(), reason="fonts-dejavu-core is not installed")
def test_fonts_can_be_made_again_from_debians_package(tmp_path: Path) -> None:
    build_fonts.build(tmp_path)
    for name in (*WEIGHTS, "coverage.txt", "LICENSE.txt"):
        assert (tmp_path / name).read_bytes() == (FONTS / name).read_bytes(), name
