"""The scan of a paper that was shown at the desk: of which types and how large it may be, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE

LARGEST_SCAN = MAX_INLINE_SIZE
"""Bytes."""
ENDINGS: Mapping[str, str] = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
"""What a scan may be, with the end of its name."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that was inspected; `key` is where it lies in the documents bucket, `size` is in bytes."""

    key: str
    media_type: str
    sha256: str
    size: int

    @property
    def ending(self) -> str:
        """What its name ends in."""
        return ENDINGS[self.media_type]


def require_scan_type(media_type: str) -> None:
    """Take a PDF or a picture and nothing else.

    Raises:
        InvalidInput: `scan_type_not_allowed`.

    """
    if media_type not in ENDINGS:
        detail = "La copia tiene que ser un PDF, o una imagen JPG o PNG."
        raise InvalidInput("scan_type_not_allowed", detail, field="file")
