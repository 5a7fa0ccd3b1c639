"""Other files inside an image: found by what every program that opens them looks for, wherever it stands.

What cameras and programs say of a picture (EXIF, XMP, ICC profiles, thumbnails, notes of makers) holds none of these.
Four or more bytes have to agree, with what must follow them, so that chance finds nothing.
"""

from __future__ import annotations

import re

_ZIP = re.compile(
    rb"PK\x03\x04[\x0a-\x3f].{3}[\x00\x08\x09\x0c\x0e\x5d\x5f\x63]\x00.{16}[^\x00].{0,1}[\x00-\x02]", re.DOTALL
)
_ZIP_END = re.compile(rb"PK\x05\x06\x00\x00\x00\x00")
_PDF = re.compile(rb"%PDF-[12]\.\d")
_ELF = re.compile(rb"\x7fELF[\x01\x02][\x01\x02]\x01")
_VIDEO = re.compile(rb"ftyp(?:isom|iso[2-9]|mp4[12]|MSNV|qt  |M4V |M4A |3gp|avc1|dash|heic|mif1|avif)")
_PAGE = re.compile(rb"<(?:script|html|!doctype html|iframe|\?php)[\s>]", re.IGNORECASE)
_KINDS: tuple[tuple[re.Pattern[bytes], bytes, str], ...] = (
    (_ZIP, b"PK\x03\x04", "un archivo comprimido (ZIP)"),
    (_ZIP_END, b"PK\x05\x06", "un archivo comprimido (ZIP)"),
    (_PDF, b"%PDF-", "un PDF"),
    (re.compile(rb"Rar!\x1a\x07[\x00\x01]"), b"Rar!", "un archivo comprimido (RAR)"),
    (re.compile(rb"7z\xbc\xaf\x27\x1c\x00"), b"7z\xbc\xaf", "un archivo comprimido (7Z)"),
    (re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), b"\xd0\xcf\x11\xe0", "un documento antiguo de Office"),
    (_ELF, b"\x7fELF", "un programa"),
    (_VIDEO, b"ftyp", "un video"),
)
_PROGRAM = re.compile(rb"MZ(?=.{58}([\x00-\xff][\x00-\x0f]\x00\x00))", re.DOTALL)
_PROGRAM_MARK = b"PE\x00\x00"
"""A Windows program's beginning tells, 60 bytes on, where its second mark is."""


def stowaway(content: bytes) -> str:
    """Return what file stands in these bytes, with its article; empty for none."""
    for pattern, first, name in _KINDS:
        if first in content and pattern.search(content):
            return name
    if _PROGRAM_MARK in content and _has_program(content):
        return "un programa"
    return "una página web o un programa de una" if b"<" in content and _PAGE.search(content) else ""


def _has_program(content: bytes) -> bool:
    return any(
        content.startswith(_PROGRAM_MARK, begin.start() + int.from_bytes(begin[1], "little"))
        for begin in _PROGRAM.finditer(content)
    )
