"""Images: PNG and JPEG that are whole, of a size that any reader can show, and nothing else besides."""

from __future__ import annotations

import io
import warnings
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from chalicelib.domain.errors import InvalidInput, refusal_of
from chalicelib.services.upload.image_budget import bounded_jpeg, segment_name, too_complex
from chalicelib.services.upload.png_data import (
    MAX_CHUNKS,
    PIECE,
    SIGNATURE,
    Picture,
    PngDamagedError,
    check_chunk,
    chunks,
    needs_palette,
    packed_text,
    read_header,
)
from chalicelib.services.upload.stowaways import stowaway
from chalicelib.services.upload.zip_tail import has_zip_tail

MAX_PIXELS = 80_000_000
"""An A3 page scanned at 600 dots an inch has 70 million."""
MOST_TOLD = 20
_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_PACKED = {b"zTXt", b"iTXt", b"iCCP"}
MAX_TEXTS = 32 * 1024 * 1024
"""Bytes of all packed texts of a PNG together, unpacked; drawings that programs keep in them take some hundred KB."""
_ANIMATION = b"acTL"
_PROFILE = b"iCCP"
_PIECE, _SEAM = 1024 * 1024, 4096 + 64


def inspect_png(stream: BinaryIO) -> None:
    """Accept a PNG whose picture unpacks to its size, with all its chunks intact and nothing in or after them.

    An animated one shows other pictures in other programs, and is refused.

    Raises:
        InvalidInput: `file_type_mismatch`, `image_damaged`, `image_too_complex`, `image_too_large`,
            `image_trailing_data`, `image_embedded_file`, `image_animated`; `problems` has all that is inside.

    """
    if stream.read(len(SIGNATURE)) != SIGNATURE:
        raise _wrong_type("PNG")
    size = stream.seek(0, io.SEEK_END)
    try:
        end, found = _read_png(stream, size)
    except PngDamagedError as error:
        raise _damaged() from error
    if end != size or (not found and has_zip_tail(stream)):
        found.append(_trailing_data(_rest(stream, end)))
    _refuse(found)


def inspect_jpeg(stream: BinaryIO) -> None:
    """Accept a JPEG that decodes to its end; cameras append data of their own, other files are refused.

    Raises the same codes as `inspect_png`, but for `image_animated`.
    """
    if stream.read(3) != b"\xff\xd8\xff":
        raise _wrong_type("JPEG")
    image = bounded_jpeg(stream)
    _decode_jpeg(image.whole)
    found: list[InvalidInput] = []
    for segment in image.said:
        stream.seek(segment.start)
        if name := stowaway(stream.read(segment.size)):
            found.append(_embedded(name, f"segmento {segment_name(segment)}, byte {segment.start + 1}"))
    rest = _rest(stream, image.end) if image.end is not None else ""
    if rest or (not found and has_zip_tail(stream)):
        found.append(_trailing_data(rest))
    _refuse(found)


def _read_png(stream: BinaryIO, size: int) -> tuple[int, list[InvalidInput]]:
    """Return where the image ends, and what else is in it."""
    header = read_header(stream)
    if header.width * header.height > MAX_PIXELS:
        raise _too_large()
    picture = Picture(header)
    texts = _Texts()
    seen: set[bytes] = set()
    found: list[InvalidInput] = []
    last, end = b"", size
    for number, chunk in enumerate(chunks(stream, size)):
        kind, end = chunk.kind, chunk.start + chunk.size + 4
        if number > MAX_CHUNKS or (kind == _PROFILE and kind in seen):
            raise too_complex()
        if (kind[:1].isupper() and kind not in _CRITICAL) or (kind == b"IHDR") != (number == 0):
            raise PngDamagedError
        if kind == b"IDAT":
            if (kind in seen and last != kind) or (needs_palette(header) and b"PLTE" not in seen):
                raise PngDamagedError
            for piece in check_chunk(stream, chunk):
                picture.add(piece)
        elif name := texts.stowaway(kind, check_chunk(stream, chunk)):
            found.append(_embedded(name, f"bloque {kind.decode()}, byte {chunk.start - 7}"))
        last = kind
        seen.add(kind)
    picture.end()
    if _ANIMATION in seen:
        detail = "La imagen PNG es animada: cada programa muestra otra cosa de ella. Envíe cada vista como una imagen."
        found.append(InvalidInput("image_animated", detail))
    return end, found


class _Texts:
    """What is said of a picture in packed texts and profiles: unpacked within bounds, since readers do so as well."""

    def __init__(self) -> None:
        """Begin with nothing unpacked."""
        self._left = MAX_TEXTS

    def stowaway(self, kind: bytes, pieces: Iterator[bytes]) -> str:
        """Return what other file stands in a chunk, as it is or packed; empty for none."""
        if kind not in _PACKED:
            return _stowaway_of(pieces)
        content = b"".join(islice(pieces, MAX_TEXTS // PIECE + 1))
        if len(content) > MAX_TEXTS:
            raise too_complex()
        try:
            text = zlib.decompressobj().decompress(packed_text(kind, content), self._left + 1)
        except zlib.error:
            text = b""  # readers pass over it
        self._left -= len(text)
        if self._left < 0:
            raise too_complex()
        return stowaway(content) or stowaway(text)


def _decode_jpeg(whole: BinaryIO) -> None:
    from PIL import Image  # noqa: PLC0415  (heavy: loaded only where a JPEG is inspected)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(whole, formats=("JPEG",)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise _too_large()
                # all of it is read, and decoded at an eighth of the size
                image.draft("L", (max(1, image.width // 8), max(1, image.height // 8)))
                image.load()
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
        raise _damaged() from error


def _rest(stream: BinaryIO, at: int) -> str:
    """Return what file stands behind the image; empty for none."""
    stream.seek(at)
    return _stowaway_of(iter(lambda: stream.read(_PIECE), b""))


def _stowaway_of(pieces: Iterator[bytes]) -> str:
    """Look for another file in pieces, and at the seams; all of them are read."""
    name, before = "", b""
    for piece in pieces:
        content = before + piece
        name = name or stowaway(content)
        before = content[-_SEAM:]
    return name


def _refuse(found: list[InvalidInput]) -> None:
    if len(found) > MOST_TOLD:
        more = InvalidInput(
            found[MOST_TOLD].code, f"Hay {len(found) - MOST_TOLD} lugares más como estos. Corrija también esos."
        )
        found = [*found[:MOST_TOLD], more]
    if found:
        raise refusal_of(tuple(found))


def _wrong_type(name: str) -> InvalidInput:
    detail = f"El archivo no es una imagen {name}. Expórtela en ese formato y envíela de nuevo."
    return InvalidInput("file_type_mismatch", detail)


def _damaged() -> InvalidInput:
    detail = "La imagen está incompleta o dañada. Ábrala en un visor, expórtela de nuevo y envíe el nuevo archivo."
    return InvalidInput("image_damaged", detail)


def _too_large() -> InvalidInput:
    detail = "La imagen tiene más de 80 millones de puntos. Redúzcala y envíela de nuevo."
    return InvalidInput("image_too_large", detail)


def _embedded(name: str, place: str) -> InvalidInput:
    remedy = "Expórtela de nuevo desde un visor de imágenes, y envíe ese archivo aparte si hace falta."
    return InvalidInput("image_embedded_file", f"La imagen lleva dentro {name} ({place}). {remedy}")


def _trailing_data(name: str) -> InvalidInput:
    what = name or "otros datos"
    remedy = "Expórtela de nuevo desde un visor de imágenes y envíe el nuevo archivo"
    if "video" in name:
        remedy = "Es una foto en movimiento: en la galería del teléfono, expórtela o compártala como foto fija"
    return InvalidInput("image_trailing_data", f"La imagen lleva {what} después de su final. {remedy}.")
