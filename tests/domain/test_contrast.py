from __future__ import annotations

import pytest

from chalicelib.domain.contrast import contrast, read_colour
from chalicelib.domain.errors import InvalidInput
from tests.renderers import contrast as oracle


@pytest.mark.parametrize(("one", "other", "ratio"), [("#ffffff", "#000000", 21.0), ("#0056ac", "#ffffff", 7.2)])
def test_contrast_is_as_the_guidelines_have_it(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 1) == round(contrast(other, one), 1) == ratio
    assert contrast(one, other) == oracle.contrast(one, other)


@pytest.mark.parametrize(("typed", "is_dark"), [("#0056AC", False), (" dc362e ", False), ("8ab8f5", True)])
def test_a_colour_that_can_be_read_is_taken(typed: str, *, is_dark: bool) -> None:
    assert read_colour(typed, field="light", is_dark=is_dark) == f"#{typed.strip().lower().lstrip('#')}"


@pytest.mark.parametrize(
    ("typed", "is_dark", "measured"),
    [("#FF6701", False, "2,91"), ("#777777", False, "4,47"), ("#0056ac", True, "2,48"), ("#ffffff", False, "1,00")],
)
def test_one_that_cannot_is_refused_with_its_figure(typed: str, measured: str, *, is_dark: bool) -> None:
    with pytest.raises(InvalidInput, match="colour_unreadable") as refused:
        read_colour(typed, field="light", is_dark=is_dark)
    assert f"es {measured} y hace falta 4,5" in refused.value.detail


@pytest.mark.parametrize(
    "typed", ["", "#12345", "red", "#12345g", "##123456", "#1234567", "#\u0660\u0660\u0660\u0660\u0660\u0660", "url(x)"]
)
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match="colour_malformed"):
        read_colour(typed, field="light", is_dark=False)
