"""Every way of packing is unpacked within a budget, and damage in it is seen."""

from __future__ import annotations

import base64
import io
import os
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image

from chalicelib.services.upload.pdf import budget
from chalicelib.services.upload.pdf.unpacking import Broken, Budget, Spent, lzw_size, runs_size, unpacked
from tests.cpu import cpu_within
from tests.services.upload.inspecting import accept, problems, refusal
from tests.services.upload.pdf.test_work import drawn

TEXT = b"0 0 m 100 100 l S\n" * 400


def lzw(data: bytes) -> bytes:
    """Have the image library pack it; TIFF's way is PDF's."""
    target = io.BytesIO()
    Image.frombytes("L", (len(data), 1), data).save(target, "TIFF", compression="tiff_lzw")
    with Image.open(io.BytesIO(target.getvalue())) as image:
        starts, sizes = image.tag_v2[273], image.tag_v2[279]  # type: ignore[attr-defined]
    assert len(starts) == 1
    return target.getvalue()[starts[0] : starts[0] + sizes[0]]


def runs(data: bytes) -> bytes:
    pieces = [data[at : at + 100] for at in range(0, len(data), 100)]
    return b"".join(bytes([len(piece) - 1]) + piece for piece in pieces) + b"\x80"


def ascii85(data: bytes) -> bytes:
    return base64.a85encode(data, wrapcol=70) + b"~>"


def asciihex(data: bytes) -> bytes:
    return data.hex().encode() + b">"


PACKINGS: list[tuple[bytes, Callable[[bytes], bytes]]] = [
    (b"/FlateDecode", zlib.compress),
    (b"/Fl", zlib.compress),
    (b"/LZWDecode", lzw),
    (b"/LZW", lzw),
    (b"/RunLengthDecode", runs),
    (b"/RL", runs),
    (b"/ASCII85Decode", ascii85),
    (b"/ASCIIHexDecode", asciihex),
    (b"[/ASCII85Decode /FlateDecode]", lambda data: ascii85(zlib.compress(data))),
    (b"[/A85 /LZW]", lambda data: ascii85(lzw(data))),
    (b"[/ASCIIHexDecode /RunLengthDecode]", lambda data: asciihex(runs(data))),
    (b"[/RunLengthDecode /ASCIIHexDecode]", lambda data: runs(asciihex(data))),
    (b"[/LZWDecode /FlateDecode]", lambda data: lzw(zlib.compress(data))),
    (b"[/FlateDecode /FlateDecode]", lambda data: zlib.compress(zlib.compress(data))),
    (b"[/Crypt /FlateDecode]", zlib.compress),
]
PACKINGS += [(b"[]", bytes), (b"[/Crypt]", bytes)]
NAMES = [name.decode() for name, _ in PACKINGS]


@pytest.mark.parametrize(("given", "pack"), PACKINGS, ids=NAMES)
def test_contents_packed_in_any_way_pass_when_they_are_whole(given: bytes, pack: Callable[[bytes], bytes]) -> None:
    accept(drawn(pack(TEXT), b"/Filter " + given))


@pytest.mark.parametrize(("given", "pack"), PACKINGS[:-2], ids=NAMES[:-2])
def test_contents_packed_in_any_way_are_bounded(
    given: bytes, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MAX_UNPACKED", 3000)
    ((code, detail),) = problems(drawn(pack(TEXT), b"/Filter " + given))
    assert (code, "página 1" in detail) == ("pdf_too_complex", True)


@pytest.mark.parametrize(
    ("given", "data"),
    [
        (b"/LZWDecode", b"Not really compressed."),
        (b"/RunLengthDecode", b"\x50abc"),
        (b"/ASCII85Decode", b"zzvzz~>"),
        (b"/ASCIIHexDecode", b"no hex>"),
        (b"[/ASCII85Decode /FlateDecode]", ascii85(b"\x78\x9c" + b"\xff" * 20)),
        (b"/FlateDecode", zlib.compress(TEXT)[:-30]),
        (b"/FlateDecode", zlib.compress(TEXT)[:-4] + b"\x00\x00\x00\x00"),
        (b"/FlateDecode", b"\x00" + zlib.compress(TEXT)),
        (b"/Inventado", TEXT),
        (b"(FlateDecode)", TEXT),
        (b"/DCTDecode", b"GIF89a"),
        (b"/DCTDecode", b"\xff\xd8\xff\xe0 cut off"),
        (b"/DCTDecode", b"\xff\xd8\xff\xd9" + b"x" * 600_000),
        (b"[/FlateDecode /DCTDecode]", zlib.compress(b"\xff\xd8\xff\xe0 cut off")),
        (b"/JPXDecode", b"\xff\xd8\xff"),
        (b"[/ASCIIHexDecode /DCTDecode]", b"00112233>"),
    ],
)
def test_contents_that_are_not_what_they_say_are_damaged(given: bytes, data: bytes) -> None:
    found = problems(drawn(data, b"/Filter " + given))
    assert found[0][0] == "pdf_damaged"
    assert found[0][1].startswith("Página 1: su contenido está dañado (objeto 4)")


@pytest.mark.parametrize(
    ("given", "data"),
    [
        (b"/DCTDecode", b"\xff\xd8\xff\xe0 and what no one decodes here\xff\xd9"),
        (b"/DCTDecode", b"\xff\xd8\xff\xe0\xff\xd9" + b"\x00" * 900),
        (b"/DCTDecode", b"\xff\xd8" + b"x" * 600_000 + b"\xff\xd9\r\n"),
        (b"/JPXDecode", b"\x00\x00\x00\x0cjP  \r\n\x87\n"),
        (b"/CCITTFaxDecode", b"\x00\x01"),
        (b"/JBIG2Decode", b"\x00"),
        (b"[/FlateDecode /DCTDecode]", zlib.compress(b"\xff\xd8\xff\xd9")),
        (b"/FlateDecode", b"\r\n"),
    ],
)
def test_pictures_are_looked_at_by_their_first_bytes(given: bytes, data: bytes) -> None:
    accept(drawn(data, b"/Filter " + given))


@pytest.mark.parametrize(
    "parameters",
    [b"/Columns 2000000000", b"/Columns 0", b"/Colors -1", b"/Columns (x)"],
)
def test_rows_that_no_reader_can_keep_are_damage(parameters: bytes) -> None:
    given = b"/Filter /FlateDecode /DecodeParms << /Predictor 12 %b >>" % parameters
    assert refusal(drawn(zlib.compress(TEXT), given)) == "pdf_damaged"
    accept(drawn(zlib.compress(TEXT), b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 4000 /Colors 3 >>"))


@pytest.mark.parametrize("filters", [["/FlateDecode"] * 5, ["/ASCIIHexDecode"] * 9])
def test_many_packings_within_each_other_are_not_followed(filters: list[str]) -> None:
    with pytest.raises(Spent):
        list(unpacked(b"x", filters, Budget(10**9, 10**9)))


@pytest.mark.parametrize("size", [1, 300, 5000, 70_000])
@pytest.mark.parametrize("kind", ["zeros", "noise", "text"])
def test_sizes_are_what_the_parser_unpacks(size: int, kind: str) -> None:
    data = {"zeros": bytes(size), "noise": os.urandom(size), "text": (TEXT * 20)[:size]}[kind]
    with pikepdf.new() as pdf:
        for name, packed, sized in (("/LZWDecode", lzw(data), lzw_size), ("/RunLengthDecode", runs(data), runs_size)):
            stream = pikepdf.Stream(pdf, packed)
            stream.Filter = pikepdf.Name(name)
            assert sized(packed, 10**9) == len(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)) == size


def test_a_bomb_of_the_older_kinds_is_counted_and_not_made() -> None:
    bomb = lzw(bytes(3_000_000)) + b""
    with cpu_within(1):
        with pytest.raises(Spent):
            lzw_size(bomb, 1_000_000)
        with pytest.raises(Spent):
            runs_size(b"\x81\x00" * 100_000, 1_000_000)
    with pytest.raises(Broken):
        runs_size(b"\x10abc", 1_000_000)


def test_a_large_stream_of_an_older_kind_is_refused_before_it_is_gone_through() -> None:
    with cpu_within(2):
        assert refusal(drawn(b"\x00a" * 2_500_000, b"/Filter /RunLengthDecode")) == "pdf_too_complex"


def test_a_small_file_may_not_stand_for_as_much_as_a_large_one() -> None:
    small = drawn(zlib.compress(bytes(60_000_000), 9), b"/Filter /FlateDecode")
    assert len(small) < 100_000
    assert refusal(small) == "pdf_too_complex"
    accept(drawn(zlib.compress(bytes(30_000_000), 9), b"/Filter /FlateDecode"))
    assert Budget.of_file(512 * 1024 * 1024, 20_000_000).unpacked == 512 * 1024 * 1024
