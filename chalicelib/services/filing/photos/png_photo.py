"""PNG pictures: their packed rows as they are, which PDF readers unpack by the same rules; nothing is decoded here."""

from __future__ import annotations

import io
from typing import BinaryIO

from chalicelib.services.filing.photos.orientation import UPRIGHT, read_orientation
from chalicelib.services.filing.photos.photo import Packing, Photo
from chalicelib.services.upload.png_data import chunks, read_header

_DRAWN = {0: 1, 2: 3, 3: 1}
"""Samples of greys, colours and numbers of colours. What has transparent points is drawn over white before."""
_TRANSPARENT = b"tRNS"


def png_photo(stream: BinaryIO) -> Photo | None:
    """Return a PNG that was inspected as it is; None for one that has to be drawn anew."""
    header = read_header(stream)
    if header.is_interlaced or header.colour not in _DRAWN:
        return None
    rows, palette, orientation = io.BytesIO(), None, UPRIGHT
    for chunk in chunks(stream, stream.seek(0, io.SEEK_END)):
        if chunk.kind == _TRANSPARENT:
            return None
        if chunk.kind in {b"IDAT", b"PLTE", b"eXIf"}:
            stream.seek(chunk.start)
            content = stream.read(chunk.size)
            if chunk.kind == b"IDAT":
                rows.write(content)
            elif chunk.kind == b"PLTE":
                palette = content
            else:
                orientation = read_orientation(content)
    return Photo(
        rows.getvalue(),
        Packing.PNG,
        header.width,
        header.height,
        _DRAWN[header.colour],
        header.depth,
        palette if header.colour == 3 else None,  # noqa: PLR2004 - PNG's number for it
        orientation,
    )


def png_orientation(stream: BinaryIO) -> int:
    """Return how it says that it is to be turned."""
    for chunk in chunks(stream, stream.seek(0, io.SEEK_END)):
        if chunk.kind == b"eXIf":
            stream.seek(chunk.start)
            return read_orientation(stream.read(chunk.size))
    return UPRIGHT
