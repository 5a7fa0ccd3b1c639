"""Pictures inside spreadsheets: what their first bytes say, and nothing that programs run."""

from __future__ import annotations

_FIRST_BYTES: dict[str, tuple[bytes, ...]] = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "bmp": (b"BM",),
    "tiff": (b"II*\x00", b"MM\x00*"),
    "hdphoto": (b"II\xbc",),
    "emf": (b"\x01\x00\x00\x00",),
    "wmf": (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00", b"\x02\x00\x09\x00"),
    "svm": (b"VCLMTF",),
    "webp": (b"RIFF",),
    "gzip": (b"\x1f\x8b\x08",),
    "font": (b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf"),
}
ENOUGH = 64
"""Bytes from the start that `kind_of` needs."""


def kind_of(head: bytes) -> str | None:
    """Return what the first bytes are of; None for anything else, SVG included, which has no first bytes of its own."""
    for kind, starts in _FIRST_BYTES.items():
        if head.startswith(starts):
            if kind == "emf" and head[40:44] != b" EMF":
                continue
            if kind == "webp" and head[8:12] != b"WEBP":
                continue
            return kind
    return None
