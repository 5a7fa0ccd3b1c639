"""Images that are made to keep their reader at work, and good ones that look as if."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from chalicelib.services.upload import image_budget
from chalicelib.services.upload.image_budget import bounded_jpeg
from tests.cpu import cpu_within
from tests.services.upload.inspecting import accept, refusal

PNG, JPEG = "image/png", "image/jpeg"
END = b"\xff\xd9"


def a_progressive(size: tuple[int, int], scans: int = 0, *, between: bytes = b"") -> bytes:
    """Return an image of one colour whose last scan comes so many times more."""
    target = io.BytesIO()
    Image.new("L", size, 128).save(target, "JPEG", progressive=True)
    image = target.getvalue().removesuffix(END)
    return image + between + image[image.rindex(b"\xff\xda") :] * scans + END


def a_segment(code: int, content: bytes) -> bytes:
    return bytes((0xFF, code)) + struct.pack(">H", len(content) + 2) + content


def with_segments(image: bytes, *segments: bytes) -> bytes:
    return image[:2] + b"".join(segments) + image[2:]


def a_png(*chunks: tuple[bytes, bytes]) -> bytes:
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), *chunks]
    parts += [(b"IDAT", zlib.compress(b"\x00\x00")), (b"IEND", b"")]
    framed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def test_an_image_of_hundreds_of_scans_is_not_decoded() -> None:
    bomb = a_progressive((6000, 6000), 400)
    assert len(bomb) < 250_000
    with cpu_within(0.3):
        assert refusal(bomb, JPEG) == "image_too_complex"


@pytest.mark.parametrize("between", [b"\xff\x02\xff\xff", b"\xff\xbf\xff\xff", b"\xff" * 1000, b"\xff\xd3\x00\x00"])
def test_scans_behind_what_decoders_pass_over_are_counted(between: bytes) -> None:
    assert refusal(a_progressive((6000, 6000), 400, between=between), JPEG) == "image_too_complex"


def test_arithmetic_scans_count_as_what_they_take() -> None:
    image = a_progressive((3000, 3000), 20)
    accept(image, JPEG)
    assert refusal(image.replace(b"\xff\xc2", b"\xff\xca"), JPEG) == "image_too_complex"


@pytest.mark.parametrize("size", [(1, 1), (3000, 2000)])
@pytest.mark.parametrize("scans", [0, 20])
def test_a_progressive_image_of_usual_programs_passes(size: tuple[int, int], scans: int) -> None:
    accept(a_progressive(size, scans), JPEG)


def test_the_greatest_image_passes_in_the_scans_that_programs_make() -> None:
    assert image_budget.MAX_SCANNED == 20 * 80_000_000


def test_marks_in_what_is_said_of_a_picture_are_no_scans() -> None:
    thumbnail = a_segment(0xE1, b"Exif\x00\x00" + b"\xff\xda\x00\x08" * 10_000)
    accept(with_segments(a_progressive((6000, 6000)), *[thumbnail] * 10), JPEG)


def test_a_picture_after_the_end_is_not_counted() -> None:
    accept(a_progressive((6000, 6000)) + a_progressive((6000, 6000), 400), JPEG)


def test_what_is_said_of_a_picture_is_not_read() -> None:
    entries = b"".join(struct.pack(">HHLL", tag, 7, 30_000, 34_000) for tag in range(2_700))
    directory = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08" + struct.pack(">H", 2_700) + entries
    image = with_segments(a_progressive((90, 60)), *[a_segment(0xE1, directory.ljust(65_000, b"x"))] * 20)
    with Image.open(bounded_jpeg(io.BytesIO(image)).whole) as read:
        assert read.size == (90, 60)
        assert not {"exif", "xmp", "photoshop", "mp"} & set(read.info)
    accept(image, JPEG)


def test_colours_are_decoded_as_they_are_meant() -> None:
    target = io.BytesIO()
    Image.new("CMYK", (40, 40), (10, 200, 30, 40)).save(target, "JPEG", icc_profile=b"x" * 100_000)
    image = target.getvalue()
    with Image.open(bounded_jpeg(io.BytesIO(image)).whole) as read, Image.open(io.BytesIO(image)) as whole:
        assert read.tobytes() == whole.tobytes()


@pytest.mark.parametrize(
    "segments", [[a_segment(0xEC, b"")] * 11_000, [a_segment(0xDB, (b"\x00" + b"\x01" * 64) * 1000)] * 5]
)
def test_a_jpeg_of_nothing_but_parts_is_refused(segments: list[bytes]) -> None:
    assert refusal(with_segments(a_progressive((90, 60)), *segments), JPEG) == "image_too_complex"


def test_a_reader_is_given_the_same_wherever_it_looks() -> None:
    image = with_segments(a_progressive((90, 60)), a_segment(0xE1, b"x" * 5_000))
    rebuilt = bounded_jpeg(io.BytesIO(image)).whole
    whole = rebuilt.read()
    assert whole == a_progressive((90, 60))
    for at in (0, 1, len(whole) // 2, len(whole) - 1, len(whole)):
        assert (rebuilt.seek(at), rebuilt.tell(), rebuilt.read(7), rebuilt.read()) == (
            at,
            at,
            whole[at : at + 7],
            whole[at + 7 :],
        )
    assert (rebuilt.seek(-3, io.SEEK_END), rebuilt.read()) == (len(whole) - 3, whole[-3:])


def test_a_png_of_endless_chunks_is_refused() -> None:
    assert refusal(a_png(*[(b"tEST", b"")] * 160_000), PNG) == "image_too_complex"


def test_a_png_unpacks_one_profile() -> None:
    profile = (b"iCCP", b"x\x00\x00" + zlib.compress(bytes(900_000)))
    accept(a_png(profile), PNG)
    assert refusal(a_png(profile, profile), PNG) == "image_too_complex"


def test_texts_of_a_png_that_unpack_to_much_are_refused() -> None:
    text = (b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(1024 * 1024)))
    assert refusal(a_png(*[text] * 100), PNG) == "image_too_complex"
