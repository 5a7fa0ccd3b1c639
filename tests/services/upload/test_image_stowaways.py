"""Images that hold something else than their picture, and good ones with all that is said of pictures."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image, PngImagePlugin

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import FileRole
from chalicelib.services.upload.inspect_file import inspect_file
from tests.cpu import cpu_within
from tests.services.upload.inspecting import a_declaration, accept
from tests.services.upload.test_inspect_image import an_image

PNG, JPEG = "image/png", "image/jpeg"


def a_zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("oculto.txt", "x" * 100)
    return target.getvalue()


def a_program() -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", 128) + bytes(64) + b"PE\x00\x00" + bytes(20)


FILES = {
    "ZIP": a_zip(),
    "PDF": b"%PDF-1.7\n%%EOF",
    "RAR": b"Rar!\x1a\x07\x01\x00",
    "7Z": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "Office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "programa": a_program(),
    "un programa": b"\x7fELF\x02\x01\x01",
    "video": b"\x00\x00\x00\x18ftypmp42",
    "web": b"<script>alert(1)</script>",
}


def a_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(kind: bytes, data: bytes) -> bytes:
    image = an_image("PNG")
    return image[:33] + a_chunk(kind, data) + image[33:]


def a_picture(data: bytes, header: tuple[int, ...] = (4, 4, 8, 0, 0, 0, 0)) -> bytes:
    parts = a_chunk(b"IHDR", struct.pack(">IIBBBBB", *header)), a_chunk(b"IDAT", data), a_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def with_segment(code: int, content: bytes, image: bytes = b"") -> bytes:
    image = image or an_image("JPEG", size=(900, 600))
    return image[:2] + bytes((0xFF, code)) + struct.pack(">H", len(content) + 2) + content + image[2:]


def told(content: bytes, media_type: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        inspect_file(content, a_declaration(content, media_type), role=FileRole.ANNEX)
    return [(each.code, each.detail) for each in refused.value.problems or (refused.value,)]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("before", [b"", b"nota\x00" * 20_000])
def test_a_file_in_a_private_chunk_is_refused_with_what_it_is_and_the_chunk(name: str, before: bytes) -> None:
    [(code, detail)] = told(with_chunk(b"prVt", before + FILES[name]), PNG)
    assert code == "image_embedded_file"
    assert name in detail
    assert "bloque prVt, byte 34" in detail


@pytest.mark.parametrize("kind", [b"tEXt", b"eXIf", b"iCCP"])
def test_so_is_one_in_a_chunk_that_says_something_of_the_picture(kind: bytes) -> None:
    assert told(with_chunk(kind, b"Comment\x00" + a_zip()), PNG)[0][0] == "image_embedded_file"


@pytest.mark.parametrize(
    "chunk",
    [
        (b"zTXt", b"Comment\x00\x00" + zlib.compress(a_zip())),
        (b"iTXt", b"Comment\x00\x01\x00es\x00Nota\x00" + zlib.compress(a_zip())),
    ],
)
def test_so_is_one_in_a_packed_text(chunk: tuple[bytes, bytes]) -> None:
    assert told(with_chunk(*chunk), PNG)[0][0] == "image_embedded_file"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("code", "place"), [(0xE1, "APP1"), (0xEB, "APP11"), (0xFE, "COM")])
def test_a_file_in_a_segment_is_refused_with_what_it_is_and_the_segment(name: str, code: int, place: str) -> None:
    [(found, detail)] = told(with_segment(code, b"Exif\x00\x00" + FILES[name]), JPEG)
    assert found == "image_embedded_file"
    assert name in detail
    assert f"segmento {place}, byte 3" in detail


@pytest.mark.parametrize("name", FILES)
def test_a_file_behind_a_jpeg_is_refused_however_far(name: str) -> None:
    [(code, detail)] = told(an_image("JPEG") + bytes(70) + FILES[name] + bytes(1_100_000), JPEG)
    assert code == "image_trailing_data"
    assert name in detail


@pytest.mark.parametrize("hostile", [b"MZPE\x00\x00", b"PK\x03\x04", b"MZ", b"<", b"PE\x00\x00" + b"MZ" + bytes(64)])
def test_what_only_looks_like_files_takes_no_longer(hostile: bytes) -> None:
    content = with_chunk(b"prVt", hostile * (5_000_000 // len(hostile)))
    with cpu_within(2):
        accept(content, PNG)


def test_a_text_that_is_packed_into_much_is_not_kept() -> None:
    assert told(with_chunk(b"zTXt", b"a\x00\x00" + bytes(33 * 1024 * 1024)), PNG)[0][0] == "image_too_complex"


def test_a_moving_picture_is_told_how_to_be_sent_still() -> None:
    assert "foto fija" in told(an_image("JPEG") + FILES["video"], JPEG)[0][1]


def test_everything_that_is_inside_is_told_at_once() -> None:
    image = with_segment(0xFE, FILES["PDF"], with_segment(0xE5, a_zip())) + a_program()
    assert [code for code, _ in told(image, JPEG)] == ["image_embedded_file"] * 2 + ["image_trailing_data"]


def test_an_archive_in_the_rows_of_a_picture_is_refused() -> None:
    rows = b"\x00" + a_zip()
    stored = (
        b"\x78\x01\x01"
        + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF)
        + rows
        + zlib.adler32(rows).to_bytes(4, "big")
    )
    assert told(a_picture(stored, (len(rows) - 1, 1, 8, 0, 0, 0, 0)), PNG)[0][0] == "image_trailing_data"


ROWS = b"\x00" * 20


@pytest.mark.parametrize(
    "data",
    [
        b"basura que nadie puede mostrar",
        zlib.compress(ROWS)[:-1],
        zlib.compress(ROWS)[:-1] + b"\x00",
        zlib.compress(ROWS[:-1]),
        zlib.compress(ROWS + b"\x00"),
        zlib.compress(ROWS) + a_zip(),
        zlib.compress(b"\x05" + ROWS[1:]),
        b"",
    ],
)
def test_a_picture_that_does_not_unpack_to_its_size_is_damaged_though_its_checksums_are_right(data: bytes) -> None:
    assert told(a_picture(data), PNG)[0][0] == "image_damaged"


@pytest.mark.parametrize(
    "header", [(4, 4, 3, 0, 0, 0, 0), (4, 4, 8, 3, 0, 0, 0), (4, 0, 8, 0, 0, 0, 0), (4, 4, 8, 0, 0, 0, 2)]
)
def test_a_header_that_no_decoder_knows_is_damage(header: tuple[int, ...]) -> None:
    assert told(a_picture(zlib.compress(ROWS), header), PNG)[0][0] == "image_damaged"


@pytest.mark.parametrize("kind", [b"CgBI", b"PRIV"])
def test_a_critical_chunk_that_nobody_knows_is_damage(kind: bytes) -> None:
    assert told(with_chunk(kind, b"x"), PNG)[0][0] == "image_damaged"


def test_a_picture_that_is_filled_up_with_zeros_passes() -> None:
    accept(a_picture(zlib.compress(ROWS) + bytes(9)), PNG)


def test_the_greatest_picture_of_the_deepest_colours_takes_seconds_at_most() -> None:
    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(bytes(1 + 8 * 10_000)) for _ in range(8_000)) + packer.flush()
    with cpu_within(4):
        accept(a_picture(rows, (10_000, 8_000, 16, 6, 0, 0, 0)), PNG)


def test_an_animated_png_is_refused_since_programs_differ_in_what_they_show() -> None:
    target = io.BytesIO()
    frames = [Image.new("L", (9, 9), shade) for shade in (0, 255)]
    frames[0].save(target, "PNG", save_all=True, append_images=frames[1:])
    assert told(target.getvalue(), PNG)[0][0] == "image_animated"


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (5, 9), (8, 8), (257, 33)])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_picture_of_any_size_and_depth_passes(mode: str, size: tuple[int, int]) -> None:
    target = io.BytesIO()
    Image.new(mode, size).save(target, "PNG")
    accept(target.getvalue(), PNG)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 5), (13, 8)])
def test_an_interlaced_picture_passes(size: tuple[int, int]) -> None:
    width, height = size
    steps = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = b"".join(
        (b"\x01" + bytes(len(range(left, width, across)))) * len(range(top, height, down))
        for left, top, across, down in steps
        if left < width
    )
    content = a_picture(zlib.compress(rows), (width, height, 8, 0, 0, 0, 1))
    Image.open(io.BytesIO(content)).load()
    accept(content, PNG)


def test_what_is_said_of_a_picture_passes() -> None:
    about = PngImagePlugin.PngInfo()
    about.add_text("Software", "Programa <1.0> (ZIP, PK)", zip=True)
    about.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta><rdf:RDF/></x:xmpmeta>", zip=True)
    exif = Image.Exif()
    exif[0x010E] = "Vista de la fachada"
    picture = Image.new("RGB", (40, 40))
    for kind, media_type in (("PNG", PNG), ("JPEG", JPEG)):
        target = io.BytesIO()
        more = {"pnginfo": about} if kind == "PNG" else {"xmp": b"<x:xmpmeta/>", "comment": b"MZ de la PE"}
        picture.save(target, kind, icc_profile=bytes(3000), exif=exif, **more)
        accept(target.getvalue(), media_type)


def test_a_second_view_and_what_cameras_append_pass() -> None:
    accept(an_image("JPEG") + an_image("JPEG") + bytes(3000) + b"SEFHe\x00SEFT", JPEG)
