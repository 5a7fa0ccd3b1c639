from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from tests.services.upload.inspecting import accept, refusal

PNG = "image/png"
JPEG = "image/jpeg"


def an_image(kind: str, mode: str = "RGB", size: tuple[int, int] = (90, 60)) -> bytes:
    target = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(target, kind)
    return target.getvalue()


def a_huge_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_png_passes(mode: str) -> None:
    accept(an_image("PNG", mode), PNG)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("size", [(1, 1), (90, 60), (1000, 700)])
def test_jpeg_passes(mode: str, size: tuple[int, int]) -> None:
    accept(an_image("JPEG", mode, size), JPEG)


def test_jpeg_with_what_a_camera_appends_passes() -> None:
    accept(an_image("JPEG") + b"\x00" * 64 + b"SEFT", JPEG)


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", PNG), ("JPEG", JPEG)])
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.9])
def test_truncated_image_is_refused(kind: str, media_type: str, kept: float) -> None:
    image = an_image(kind)
    assert refusal(image[: int(len(image) * kept)], media_type) == "image_damaged"


def test_wrong_bit_in_a_png_is_refused() -> None:
    image = bytearray(an_image("PNG"))
    image[len(image) // 2] ^= 1
    assert refusal(bytes(image), PNG) == "image_damaged"


@pytest.mark.parametrize("media_type", [PNG, JPEG])
@pytest.mark.parametrize("content", [b"MZ" + bytes(99), b"%PDF-1.7\n", b"<svg/>", an_image("GIF", "P")])
def test_another_kind_of_file_is_refused(content: bytes, media_type: str) -> None:
    assert refusal(content, media_type) == "file_type_mismatch"


def test_png_named_as_jpeg_is_refused() -> None:
    assert refusal(an_image("PNG"), JPEG) == "file_type_mismatch"


@pytest.mark.parametrize("size", [(9_000, 9_000), (12_000, 12_000), (60_000, 60_000)])
def test_image_with_too_many_pixels_is_refused_unread(size: tuple[int, int]) -> None:
    assert refusal(a_huge_png(*size), PNG) == "image_too_large"


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", PNG), ("JPEG", JPEG)])
def test_archive_behind_an_image_is_refused(kind: str, media_type: str) -> None:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("oculto.txt", "x" * 100)
    assert refusal(an_image(kind) + hidden.getvalue(), media_type) == "image_trailing_data"


def test_anything_behind_a_png_is_refused() -> None:
    assert refusal(an_image("PNG") + b"x", PNG) == "image_trailing_data"
