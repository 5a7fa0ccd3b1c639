"""Read a photo that was inspected: as it is where a PDF can have it so, else drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chalicelib.services.filing.photos.drawn_anew import drawn_anew
from chalicelib.services.filing.photos.jpeg_photo import jpeg_photo
from chalicelib.services.filing.photos.photo import Photo
from chalicelib.services.filing.photos.png_photo import png_photo

MOST_BYTES = 90 * 1024 * 1024
"""Of all photos of a document, so that it stays below what a file may have."""
PHOTO_TYPES = frozenset({"image/jpeg", "image/png"})


def allowed_bytes(sizes: Sequence[int]) -> int:
    """Return how large a photo may be to be taken as it is: any, if all together are not too large, else its share."""
    return MOST_BYTES if sum(sizes) <= MOST_BYTES else MOST_BYTES // len(sizes)


def read_photo(content: Path, media_type: str, *, most: int) -> Photo:
    """Return a photo of at most about `most` bytes.

    Raises:
        InvalidInput: `image_too_complex`, `photo_too_large`.

    """
    with content.open("rb") as stream:
        if content.stat().st_size <= most:
            photo = png_photo(stream) if media_type == "image/png" else jpeg_photo(stream)
            if photo is not None:
                return photo
        return drawn_anew(stream, media_type, most=most)
