"""Photos that a PDF cannot take as they are, or that are too large: decoded, and packed anew. Imports Pillow late."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.filing.photos.jpeg_photo import jpeg_orientation, jpeg_photo
from chalicelib.services.filing.photos.orientation import is_across
from chalicelib.services.filing.photos.page import printed_size
from chalicelib.services.filing.photos.photo import Photo
from chalicelib.services.filing.photos.png_photo import png_orientation, png_photo

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_DECODED = 50_000_000
"""Points: what the cameras of telephones make. Decoded they take 350 MB, where they have transparent points."""
DOTS_PER_INCH = 300
"""Of print that is read, and scanned, without loss."""
QUALITY = 85
_POINTS_PER_INCH = 72


def drawn_anew(stream: BinaryIO, media_type: str, *, most: int) -> Photo:
    """Return a photo that was inspected, decoded and packed anew; as a PNG if it was one and stays below `most` bytes.

    What is larger becomes a JPEG of 300 dots an inch, as it is printed.

    Raises:
        InvalidInput: `photo_too_large`: nothing was decoded.

    """
    from PIL import Image  # noqa: PLC0415 - heavy: loaded only where a photo has to be decoded

    is_png = media_type == "image/png"
    orientation = png_orientation(stream) if is_png else jpeg_orientation(stream)
    stream.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(stream, formats=("PNG" if is_png else "JPEG",)) as image:
            if image.width * image.height > MOST_DECODED:
                raise photo_too_large()
            seen = (image.height, image.width) if is_across(orientation) else image.size
            width, height = _printed_dots(seen)
            target = (height, width) if is_across(orientation) else (width, height)
            if not is_png:
                image.draft(None, target)
            flat = _flat(image)
    if is_png:
        content = io.BytesIO()
        flat.save(content, "PNG")
        packed = png_photo(content)
        if packed is not None and len(packed.data) <= most:
            return _turned(packed, orientation)
        content.close()
    if flat.width > target[0]:
        flat = flat.resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)
    content = io.BytesIO()
    flat.save(content, "JPEG", quality=QUALITY)
    packed = jpeg_photo(content)
    if packed is None:
        raise TypeError(flat.mode)
    return _turned(packed, orientation)


def photo_too_large() -> InvalidInput:
    """Return the refusal of a photo that would take too much memory to be drawn anew."""
    detail = (
        "Una de las fotos tiene más de 50 millones de puntos y no se puede juntar tal como está. Redúcela, o guárdala"
        " como JPEG, y envíala otra vez."
    )
    return InvalidInput("photo_too_large", detail)


def _turned(photo: Photo, orientation: int) -> Photo:
    return Photo(
        photo.data,
        photo.packing,
        photo.width,
        photo.height,
        photo.samples,
        photo.bits,
        photo.palette,
        orientation,
    )


def _printed_dots(seen: tuple[int, int]) -> tuple[int, int]:
    """Return a size of at most as many dots as the print has, and never more than there are."""
    width, _ = printed_size(seen)
    scale = min(1.0, width / _POINTS_PER_INCH * DOTS_PER_INCH / seen[0])
    return max(1, round(seen[0] * scale)), max(1, round(seen[1] * scale))


def _flat(image: Image) -> Image:
    """Return it in greys or colours of eight bits, what is transparent over white."""
    from PIL import Image  # noqa: PLC0415 - as above

    if image.mode.startswith("I"):  # greys of sixteen bits
        image.load()
        return image.point(lambda value: value / 257).convert("L")
    if image.mode in {"LA", "RGBA", "PA"} or "transparency" in image.info:
        seen = image.convert("RGBA")
        flat = Image.new("RGB", seen.size, "white")
        flat.paste(seen, mask=seen)
        return flat
    return image.convert("L" if image.mode in {"1", "L"} else "RGB")
