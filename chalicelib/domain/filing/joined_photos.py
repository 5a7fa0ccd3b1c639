"""Photos of a draft that are joined into one PDF: which, in which order, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.limit import Limit
from chalicelib.domain.upload.attached_file import AttachedFile

JOINS_PER_USER = Limit("join-photos-user", 40, 60 * 60)
"""Each copies, and may draw anew, twenty photos."""
ASKED_AGAIN_AFTER = timedelta(minutes=10)
"""How long a PDF may not be there before it can be asked for again; it mostly takes seconds."""
NAME = "Fotos"
LONGEST_NAME = 60
MOST_KEPT = 10
"""Joined PDFs of which a draft remembers the photos, those that are in it apart."""


@dataclass(frozen=True, slots=True)
class JoinedPhotos:
    """What a PDF of photos is made of: `upload_id` is the PDF's own, `photos` its pages in their order.

    The photos are no files of the draft any more, and can be put back in the PDF's place while the draft is open.
    """

    upload_id: str
    filename: str
    photos: tuple[AttachedFile, ...]
    asked_at: datetime
