"""Files to deposit."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

from fpdf import FPDF


def write_pdf(path: Path) -> None:
    """Write a document of one page."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.write(text="Documento de prueba")
    pdf.output(str(path))


def write_noise(path: Path, side: int = 1300) -> None:
    """Write a picture that no compression makes small, so that it is too big to travel inside a deposit."""
    rows = b"".join(b"\0" + os.urandom(3 * side) for _ in range(side))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 1)),
        (b"IEND", b""),
    )
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))
