"""Photos on their pages: seen as they were taken, packed as they were, and without what was said of them."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.filing.photos import drawn_anew as anew
from chalicelib.services.filing.photos.orientation import read_orientation
from chalicelib.services.filing.photos.page import LONG, MARGIN, SHORT, page_for
from chalicelib.services.filing.photos.photo import Packing, Photo
from chalicelib.services.filing.photos.photos_pdf import write_photos_pdf
from chalicelib.services.filing.photos.read_photo import MOST_BYTES, allowed_bytes, read_photo
from tests.photos import CAMERA, a_picture, exif, packed, rendered
from tests.services.upload.inspecting import accept

JPEG, PNG = "image/jpeg", "image/png"
AT = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)
DOTS = 96
"""At which a small picture's dots are the page's."""
NEAR = 6.0
"""Mean difference of a colour: a resampled edge, a JPEG's rounding."""
ROOT = Path(__file__).parents[4]

needs_reader = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")


def read(folder: Path, content: bytes, media_type: str = JPEG, *, most: int = MOST_BYTES) -> Photo:
    path = folder / "photo"
    path.write_bytes(content)
    return read_photo(path, media_type, most=most)


def a_pdf(folder: Path, *photos: Photo) -> bytes:
    target = folder / "photos.pdf"
    assert write_photos_pdf(photos, target, title="Fotos", made_at=AT) == len(photos)
    return target.read_bytes()


def on_page(page: Image.Image, seen: tuple[int, int]) -> Image.Image:
    """Cut out where the photo stands; its dots are the page's at 96 an inch."""
    box = page_for(seen).box
    scale = DOTS / 72
    top = page.height - (box.y + box.height) * scale
    corner = (round(box.x * scale), round(top))
    size = (round(box.width * scale), round(box.height * scale))
    return page.crop((*corner, corner[0] + size[0], corner[1] + size[1])).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@needs_reader
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_seen_as_it_was_taken(tmp_path: Path, orientation: int, kind: str) -> None:
    picture = a_picture((320, 200))
    photo = read(tmp_path, packed(picture, kind, orientation), f"image/{kind.lower()}")
    with Image.open(io.BytesIO(packed(picture, "PNG", orientation))) as turned:
        expected = ImageOps.exif_transpose(turned)
    assert photo.seen_size == expected.size

    [page] = rendered(a_pdf(tmp_path, photo), dots_per_inch=DOTS)

    seen = on_page(page, photo.seen_size)
    assert seen.size == expected.size
    assert difference(seen, expected) < NEAR
    others = [ImageOps.mirror(expected), ImageOps.flip(expected), expected.rotate(180)]
    assert min(difference(seen, other) for other in others) > 4 * NEAR, "and not otherwise"


@needs_reader
@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [
        ("L", "JPEG", {}),
        ("RGB", "JPEG", {"progressive": True}),
        ("RGB", "JPEG", {"subsampling": 0}),
        ("CMYK", "JPEG", {}),
        ("1", "PNG", {}),
        ("L", "PNG", {}),
        ("P", "PNG", {}),
        ("LA", "PNG", {}),
        ("RGBA", "PNG", {}),
        ("I;16", "PNG", {}),
    ],
)
def test_every_kind_that_is_accepted_is_drawn_with_its_colours(
    tmp_path: Path, mode: str, kind: str, options: dict[str, Any]
) -> None:
    picture = a_picture((320, 200))
    if mode == "I;16":
        greys = picture.convert("L")
        picture = Image.frombytes("I;16", greys.size, b"".join(bytes((grey, grey)) for grey in greys.tobytes()))
        expected = greys
    else:
        plain = Image.Dither.NONE
        picture = picture.quantize(16, dither=plain) if mode == "P" else picture.convert(mode, dither=plain)
        expected = picture
    content = packed(picture, kind, **options)
    accept(content, f"image/{kind.lower()}")

    [page] = rendered(a_pdf(tmp_path, read(tmp_path, content, f"image/{kind.lower()}")), dots_per_inch=DOTS)

    assert difference(on_page(page, (320, 200)), expected) < NEAR


@needs_reader
def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (120, 80), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 60, 80))

    [page] = rendered(a_pdf(tmp_path, read(tmp_path, packed(picture, "PNG"), PNG)), dots_per_inch=DOTS)

    seen = on_page(page, (120, 80))
    assert (seen.getpixel((20, 40)), seen.getpixel((100, 40))) == ((0, 0, 255), (255, 255, 255))


@needs_reader
def test_an_interlaced_picture_is_drawn(tmp_path: Path) -> None:
    picture = a_picture((161, 97)).convert("L")
    dots = picture.tobytes()
    passes = b"".join(
        b"\x00" + bytes(dots[y * 161 + x] for x in range(left, 161, across))
        for left, top, across, down in (
            (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
        )
        for y in range(top, 97, down)
    )  # fmt: skip
    content = _png(161, 97, b"\x08\x00\x00\x00\x01", passes)
    accept(content, PNG)

    [page] = rendered(a_pdf(tmp_path, read(tmp_path, content, PNG)), dots_per_inch=DOTS)

    assert difference(on_page(page, (161, 97)), picture) < NEAR


def test_the_data_of_a_jpeg_is_copied_as_it_is(tmp_path: Path) -> None:
    content = packed(a_picture((900, 700)), progressive=True, optimize=True, restart_marker_blocks=7)

    photo = read(tmp_path, content)

    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(photo.data)) as after:
        assert before.tobytes() == after.tobytes(), "every dot"
    assert content[content.index(b"\xff\xda") :] in photo.data, "every scan"
    with pikepdf.open(io.BytesIO(a_pdf(tmp_path, photo))) as pdf:
        image = pdf.pages[0].Resources.XObject.Foto
        assert str(image.Filter) == "/DCTDecode"
        assert image.read_raw_bytes() == photo.data


def test_the_rows_of_a_png_are_copied_as_they_are(tmp_path: Path) -> None:
    content = packed(a_picture((900, 700)), "PNG")

    photo = read(tmp_path, content, PNG)

    assert photo.packing is Packing.PNG
    assert len(photo.data) > 1000
    assert photo.data[:500] in content


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("most", [MOST_BYTES, 1000], ids=["as it is", "drawn anew"])
def test_nothing_that_was_said_of_it_goes_along(tmp_path: Path, kind: str, most: int) -> None:
    options = {"comment": b"en casa de Ana"} if kind == "JPEG" else {}
    content = packed(a_picture((900, 700)), kind, 6, icc_profile=b"profile of mine" * 9, **options)
    thumbnail = packed(a_picture((30, 20)))
    if kind == "JPEG":
        content = content[:2] + _note(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00" + thumbnail) + content[2:]
        content = content[:2] + _note(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x>-8.11</x>") + content[2:]
        content += b"\x00" * 9 + b"SEFT"
    assert CAMERA.encode() in content

    pdf = a_pdf(tmp_path, read(tmp_path, content, f"image/{kind.lower()}", most=most))

    assert not [said for said in (CAMERA.encode(), b"Exif", b"JFXX", b"GPS", b"profile of mine", b"casa de Ana",
                                  b"-8.11", b"SEFT", b"Adobe", b"ns.adobe") if said in pdf]  # fmt: skip
    assert pdf.count(b"\xff\xd8\xff") <= 1, "no thumbnail"
    assert accept(pdf).pages == 1


@pytest.mark.parametrize(
    ("seen", "paper"),
    [((300, 200), "upright"), ((4000, 3000), "across"), ((3000, 4000), "upright"), ((20_000, 10), "across"),
     ((10, 20_000), "upright"), ((1, 1), "upright"), ((700, 500), "upright")],
)  # fmt: skip
def test_a_page_is_a4_with_the_photo_whole_within_its_margins(seen: tuple[int, int], paper: str) -> None:
    page = page_for(seen)
    box = page.box

    assert (page.width, page.height) == ((SHORT, LONG) if paper == "upright" else (LONG, SHORT))
    assert box.x >= MARGIN - 0.01 <= box.y
    assert box.x + box.width <= page.width - MARGIN + 0.01
    assert box.y + box.height <= page.height - MARGIN + 0.01
    assert box.width / box.height == pytest.approx(seen[0] / seen[1])
    assert box.width <= seen[0] * 0.75 + 0.01, "never larger than on a screen"


def test_a_large_photo_fills_its_page() -> None:
    box = page_for((3000, 4000)).box
    assert (round(box.width), box.height > 700) == (round(SHORT - 2 * MARGIN), True)


def test_the_same_photos_give_the_same_bytes(tmp_path: Path) -> None:
    photos = [read(tmp_path, packed(a_picture(), kind), f"image/{kind.lower()}") for kind in ("JPEG", "PNG")]
    assert a_pdf(tmp_path, *photos) == a_pdf(tmp_path, *photos)


def test_pages_come_in_the_order_given(tmp_path: Path) -> None:
    photos = [read(tmp_path, packed(a_picture((100 + number, 50)))) for number in range(12)]
    with pikepdf.open(io.BytesIO(a_pdf(tmp_path, *photos))) as pdf:
        assert [int(page.Resources.XObject.Foto.Width) for page in pdf.pages] == [*range(100, 112)]


def test_a_photo_above_its_share_is_drawn_anew_as_dense_as_print(tmp_path: Path) -> None:
    content = packed(Image.effect_noise((5000, 6500), 60), orientation=8, quality=95)

    photo = read(tmp_path, content, most=1_000_000)

    width, height = photo.seen_size
    box = page_for(photo.seen_size).box
    assert 290 <= width / (box.width / 72) <= 310
    assert width / height == pytest.approx(6500 / 5000, rel=0.01)
    assert photo.orientation == 8
    assert len(photo.data) < len(content) / 2


def test_shares_are_only_where_all_together_are_too_large() -> None:
    assert allowed_bytes([MOST_BYTES - 5, 5]) == MOST_BYTES
    assert allowed_bytes([MOST_BYTES - 5, 6]) == MOST_BYTES // 2


def test_what_is_too_large_to_be_drawn_anew_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("decoded"))
    rows = b"\x00" * 64
    content = _png(8000, 8000, b"\x08\x06\x00\x00\x00", rows)

    with pytest.raises(InvalidInput) as refusal:
        read(tmp_path, content, PNG)

    assert refusal.value.code == "photo_too_large"
    assert anew.MOST_DECODED < 64_000_000


@pytest.mark.parametrize(
    "tiff",
    [
        b"",
        b"II*\x00",
        b"II*\x00\xff\xff\xff\xff",
        b"II*\x00\x08\x00\x00\x00\xff\xff" + b"\x12\x01\x03\x00\x02\x00\x00\x00\x06\x00\x00\x00",
        b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x09\x00\x00\x00",
        b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00",
        b"XX*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00",
    ],
)
def test_an_odd_header_turns_nothing(tiff: bytes) -> None:
    assert read_orientation(tiff) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_header_is_read_in_both_orders_of_bytes(orientation: int) -> None:
    small = b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00" + bytes((orientation, 0, 0, 0))
    large = b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + bytes((orientation, 0, 0))
    assert (read_orientation(small), read_orientation(large)) == (orientation, orientation)
    assert read_orientation(exif(orientation).tobytes()[6:]) == orientation


_TWENTY = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from chalicelib.services.filing.photos.photos_pdf import write_photos_pdf
from chalicelib.services.filing.photos.read_photo import allowed_bytes, read_photo
path, count, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
most = allowed_bytes([path.stat().st_size] * count)
photos = (read_photo(path, kind, most=most) for _ in range(count))
begun = time.monotonic()
write_photos_pdf(photos, Path(sys.argv[4]), title="Fotos", made_at=datetime(2026, 3, 9, tzinfo=UTC))
[peak] = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]  # ru_maxrss has the caller's too
print(int(peak.split()[1]) // 1024, time.monotonic() - begun)
"""


@pytest.mark.parametrize(
    ("kind", "megapixels", "quality"),
    [("JPEG", 12, 85), ("JPEG", 48, 90), ("PNG", 12, None)],
    ids=["twelve million dots", "above their share", "transparent"],
)
def test_twenty_photos_fit_into_a_small_function(
    tmp_path: Path, kind: str, megapixels: int, quality: int | None
) -> None:
    size = (round((megapixels * 4e6 / 3) ** 0.5), round((megapixels * 3e6 / 4) ** 0.5))
    noise = Image.effect_noise((size[0] // 3, size[1] // 3), 50).resize(size)
    picture = noise.convert("RGBA") if kind == "PNG" else noise.convert("RGB")
    source, target = tmp_path / "photo", tmp_path / "photos.pdf"
    options = {"quality": quality} if quality else {"compress_level": 1}
    picture.save(source, kind, **options)
    count = 20 if kind == "JPEG" else 3

    call = [sys.executable, "-c", _TWENTY, str(source), str(count), f"image/{kind.lower()}", str(target)]
    done = subprocess.run(call, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 - itself

    megabytes, seconds = map(float, done.stdout.split())
    assert megabytes < 700
    assert seconds < 200
    assert target.stat().st_size < 100 * 1024 * 1024


def _note(code: int, said: bytes) -> bytes:
    return b"\xff" + bytes((code,)) + (len(said) + 2).to_bytes(2, "big") + said


def _png(width: int, height: int, how: bytes, rows: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = struct.pack(">II", width, height) + how
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
