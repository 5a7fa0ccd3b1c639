"""The QR code of a receipt, read as a telephone does: out of a picture of the page."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image

PDFTOPPM = shutil.which("pdftoppm")


def read_qr(pdf: Path, folder: Path) -> str:
    """Return the text of the one QR code on a PDF's first page, at the resolution of an ordinary printer's scan."""
    assert PDFTOPPM is not None
    command = [PDFTOPPM, "-r", "150", "-f", "1", "-l", "1", "-png", str(pdf), str(folder / "page")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - a program of the system, on a file of ours
    (picture,) = folder.glob("page*.png")
    with Image.open(picture) as image:
        (code,) = zxingcpp.read_barcodes(image)
    return str(code.text)
