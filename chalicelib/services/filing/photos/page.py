"""Where a photo stands on its page: A4, upright or across, as large as fits, and never larger than on a screen."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.services.filing.photos.orientation import Box

SHORT, LONG = 595.276, 841.89
"""A4, in points."""
MARGIN = 28.35
"""A centimetre, which every printer leaves white."""
LARGEST_DOT = 0.75
"""Points of paper that a dot of a photo takes at most: 96 dots an inch, as on a screen. More would only blur it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's size, and the photo's place on it."""

    width: float
    height: float
    box: Box


def page_for(seen: tuple[int, int]) -> Page:
    """Return the page for a photo of so many dots across and down: upright, unless it is larger across."""
    upright, across = _fit(seen, SHORT, LONG), _fit(seen, LONG, SHORT)
    width, height, scale = (SHORT, LONG, upright) if upright >= across else (LONG, SHORT, across)
    drawn = seen[0] * scale, seen[1] * scale
    return Page(width, height, Box((width - drawn[0]) / 2, (height - drawn[1]) / 2, *drawn))


def printed_size(seen: tuple[int, int]) -> tuple[float, float]:
    """Return how large it is printed, in points."""
    box = page_for(seen).box
    return box.width, box.height


def _fit(seen: tuple[int, int], width: float, height: float) -> float:
    return min((width - 2 * MARGIN) / seen[0], (height - 2 * MARGIN) / seen[1], LARGEST_DOT)
