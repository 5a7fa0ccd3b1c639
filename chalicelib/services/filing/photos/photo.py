"""A photo as a PDF draws it: its packed data, and what a reader has to know to unpack it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from chalicelib.services.filing.photos.orientation import UPRIGHT, is_across


class Packing(Enum):
    """How the data is packed: as in a JPEG, or as the rows of a PNG."""

    JPEG = "jpeg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo without anything that is said of it: no place, no camera, no thumbnail.

    `samples` are one for greys and three for colours, one too where they are numbers of colours in `palette`.
    """

    data: bytes
    packing: Packing
    width: int
    height: int
    samples: int
    bits: int = 8
    palette: bytes | None = None
    orientation: int = UPRIGHT

    @property
    def seen_size(self) -> tuple[int, int]:
        """Width and height in points, as it is to be seen."""
        return (self.height, self.width) if is_across(self.orientation) else (self.width, self.height)
