"""Images: PNG and JPEG that are whole and of a size that any reader can show."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.upload.image_budget import bounded_jpeg, check_chunks
from chalicelib.services.upload.zip_tail import has_zip_tail

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 80_000_000
"""An A3 page scanned at 600 dots an inch has 70 million."""
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"


def inspect_png(stream: BinaryIO) -> None:
    """Accept a PNG with all its chunks intact and nothing after them.

    Raises:
        InvalidInput: `file_type_mismatch`, `image_damaged`, `image_too_complex`, `image_too_large`,
            `image_trailing_data`.

    """
    _inspect(stream, b"\x89PNG\r\n\x1a\n", "PNG", _chunks_bounded)
    stream.seek(-len(_PNG_END), 2)
    if stream.read() != _PNG_END:
        raise _trailing_data()


def inspect_jpeg(stream: BinaryIO) -> None:
    """Accept a JPEG that decodes to its end; cameras append data of their own, archives are refused.

    Raises the same codes as `inspect_png`.
    """
    _inspect(stream, b"\xff\xd8\xff", "JPEG", bounded_jpeg)
    if has_zip_tail(stream):
        raise _trailing_data()


def _inspect(stream: BinaryIO, signature: bytes, name: str, bounded: Callable[[BinaryIO], BinaryIO]) -> None:
    if stream.read(len(signature)) != signature:
        detail = f"El archivo no es una imagen {name}. Guárdela en ese formato y envíela de nuevo."
        raise InvalidInput("file_type_mismatch", detail)
    from PIL import Image  # noqa: PLC0415  (heavy: loaded only where an image is inspected)

    whole = bounded(stream)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(whole, formats=(name,)) as image:
                _check_image(image)
    except Image.DecompressionBombError:
        raise _too_large() from None
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
    ) as error:
        detail = "La imagen está incompleta o dañada. Ábrala, guárdela de nuevo y envíe el nuevo archivo."
        raise InvalidInput("image_damaged", detail) from error


def _chunks_bounded(stream: BinaryIO) -> BinaryIO:
    check_chunks(stream)
    return stream


def _check_image(image: Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_large()
    if image.format == "PNG":
        image.verify()  # reads every chunk and its checksum, decodes nothing
    else:
        image.draft(
            "L", (max(1, image.width // 8), max(1, image.height // 8))
        )  # reads all of it at an eighth of the size
        image.load()


def _too_large() -> InvalidInput:
    detail = "La imagen tiene más de 80 millones de puntos. Redúzcala y envíela de nuevo."
    return InvalidInput("image_too_large", detail)


def _trailing_data() -> InvalidInput:
    detail = "La imagen lleva otros datos después de su final. Ábrala, guárdela de nuevo y envíe el nuevo archivo."
    return InvalidInput("image_trailing_data", detail)
