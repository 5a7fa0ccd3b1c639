"""How a photo is to be turned, out of what its camera says of it (Exif 2.32, 4.6.4, tag 274); nothing else is read.

Only the first directory is looked at, within its own bounds: what else stands there may be large, odd or hostile.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

UPRIGHT = 1
_ORIENTATIONS = range(1, 9)
_ACROSS = range(5, 9)
"""Those in which the photo's rows stand upright on the page."""
_TAG, _SHORT, _ENTRY = 0x0112, 3, 12
_MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page, in points from its lower left corner."""

    x: float
    y: float
    width: float
    height: float


def read_orientation(tiff: bytes) -> int:
    """Return the orientation that a TIFF header and its directory tell; upright where they tell none that there is."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:  # noqa: PLR2004 - the header's size
        return UPRIGHT
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    if at + 2 > len(tiff):
        return UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for number in range(min(count, _MOST_ENTRIES)):
        start = at + 2 + number * _ENTRY
        entry = tiff[start : start + _ENTRY]
        if len(entry) < _ENTRY:
            return UPRIGHT
        tag, kind, values, value = struct.unpack(f"{order}HHIH2x", entry)
        if tag == _TAG:
            return int(value) if (kind, values) == (_SHORT, 1) and value in _ORIENTATIONS else UPRIGHT
    return UPRIGHT


def is_across(orientation: int) -> bool:
    """Tell whether what is stored as its width is seen as its height."""
    return orientation in _ACROSS


def matrix(orientation: int, box: Box) -> tuple[float, float, float, float, float, float]:
    """Return what leads the unit square of an image into its box, turned and mirrored as its camera says.

    The image's first row is the square's upper side (ISO 32000-1, 8.9.5).
    """
    x, y, width, height = box.x, box.y, box.width, box.height
    right, top = x + width, y + height
    return {
        1: (width, 0, 0, height, x, y),
        2: (-width, 0, 0, height, right, y),
        3: (-width, 0, 0, -height, right, top),
        4: (width, 0, 0, -height, x, top),
        5: (0, -height, -width, 0, right, top),
        6: (0, -height, width, 0, x, top),
        7: (0, height, width, 0, x, y),
        8: (0, height, -width, 0, right, y),
    }[orientation]
