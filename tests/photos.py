"""Photos as telephones make them, and what a reader of their PDF sees."""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

CAMERA, LATITUDE = "Camara Inventada X1", (8.0, 6.0, 41.25)
"""What is said of each photo, and goes."""


def a_picture(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """Return a picture with another colour in each corner, which no turning or mirroring leaves as it is."""
    across, down = Image.linear_gradient("L").resize(size), Image.linear_gradient("L").rotate(90).resize(size)
    picture = Image.merge("RGB", (across, down, Image.new("L", size, 90)))
    width, height = size
    picture.paste((255, 255, 0), (0, 0, width // 3, height // 3))
    picture.paste((0, 0, 0), (width - width // 4, 0, width, height // 4))
    return picture.convert(mode)


def exif(orientation: int | None = None) -> Image.Exif:
    """Say of a photo what telephones do: camera, place, and how it is to be turned."""
    said = Image.Exif()
    said[0x010F] = CAMERA
    if orientation is not None:
        said[0x0112] = orientation
    said.get_ifd(0x8825).update({1: "S", 2: LATITUDE, 3: "W", 4: (79.0, 1.0, 30.0)})
    return said


def packed(picture: Image.Image, kind: str = "JPEG", orientation: int | None = 1, **options: Any) -> bytes:
    """Return a photo as a file."""
    target = io.BytesIO()
    given = {"quality": 92, **options} if kind == "JPEG" else options
    picture.save(target, kind, exif=exif(orientation), **given)
    return target.getvalue()


@cache
def a_large_photo(seed: int, megapixels: int = 12) -> bytes:
    """Return a photo of a telephone: some megabytes, as with leaves or print."""
    width = int((megapixels * 1_000_000 * 4 / 3) ** 0.5)
    noise = Image.effect_noise((width // 4, width * 3 // 16), 40 + seed).resize((width, width * 3 // 4))
    return packed(Image.merge("RGB", (noise, noise, noise)), orientation=6, quality=92)


def rendered(pdf: bytes, *, dots_per_inch: int) -> list[Image.Image]:
    """Return the pages as a reader shows them."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.pdf"
        source.write_bytes(pdf)
        call: Sequence[str] = ["pdftoppm", "-r", str(dots_per_inch), "-png", str(source), f"{folder}/page"]
        subprocess.run(call, check=True, capture_output=True)  # noqa: S603 - a tool of the tests
        return [Image.open(io.BytesIO(page.read_bytes())) for page in sorted(Path(folder).glob("page*.png"))]
