"""What Windows, macOS and Linux take of names and paths in a ZIP, held for names as wild as people send them."""

from __future__ import annotations

import random  # noqa: TID251 - the same names at every run
import re
import unicodedata
from collections.abc import Iterator

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.export.bundled_name import bundled_name
from chalicelib.domain.upload.filename import MAX_FILENAME_LENGTH, check_filename

LONGEST_WINDOWS_PATH = 259
"""UTF-16 units; the 260 of MAX_PATH count the zero at the end."""
USUAL_FOLDER = "C:\\Users\\nombre.apellido\\OneDrive - Entidad\\Descargas\\"
ZIP = "casilla-8-20100000009-2026-11-30 (1)"
DEEPEST = "2026-11-30 XXXX-XXXX-XXXX\\documento\\"
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
DEVICES = re.compile(r"(?i)(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])[ .]*(?:\..*)?")
EXTENSIONS = ("pdf", "PDF", "xlsx", "ods", "jpeg", "csv")
ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz 0123456789-_.,()",
    "ÁÉÍÓÚÑÜáéíóúñü°º \u2013—'",
    "n\u0303a\u0301o\u0308u\u0302 \u1e63\u0323\u0307",
    "漢字仮名交じり文",
    "🙂🏛📄\U0001f1f5\U0001f1ea",
    "\u0301\u0323\u20dd",
    '<>:"|?*',
    ". ",
)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def wild_names(seed: int, count: int) -> Iterator[str]:
    """Yield names that a deposit takes, many of them as long as it takes them."""
    chance = random.Random(seed)  # noqa: S311 - names, no secrets
    made = 0
    while made < count:
        letters = "".join(chance.sample(ALPHABETS, chance.randint(1, 3)))
        length = chance.choice((1, 3, chance.randint(4, 190), MAX_FILENAME_LENGTH - 5))
        stem = "".join(chance.choice(letters) for _ in range(length))
        name = f"{chance.choice(('', 'CON', 'aux.', 'lpt1 '))}{stem}.{chance.choice(EXTENSIONS)}"
        try:
            check_filename(name)
        except InvalidInput:
            continue
        made += 1
        yield name


@pytest.mark.parametrize("seed", range(8))
def test_any_name_of_a_deposit_becomes_one_that_every_computer_unpacks(seed: int) -> None:
    for name in wild_names(seed, 300):
        bundled = bundled_name(20, name)
        assert utf16(USUAL_FOLDER + f"{ZIP}\\{ZIP}\\" + DEEPEST + bundled) <= LONGEST_WINDOWS_PATH
        assert len(bundled.encode()) <= 255
        assert not FORBIDDEN.search(bundled)
        assert not DEVICES.fullmatch(bundled)
        assert bundled == bundled.strip(" .")
        assert bundled.endswith("." + name.rpartition(".")[2])
        assert unicodedata.normalize("NFC", bundled) == bundled
        assert not re.search(r"[ .]\.[^.]*$", bundled)


@pytest.mark.parametrize("seed", range(8))
def test_no_two_names_of_a_bundle_are_one_on_any_computer(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    names = list(wild_names(seed, 10))
    alike = [
        *names,
        *(chance.choice((name.upper(), name.lower(), unicodedata.normalize("NFD", name))) for name in names),
    ]
    bundled = [bundled_name(number, name) for number, name in enumerate(alike, 1)]
    seen = {unicodedata.normalize("NFKD", name).casefold() for name in bundled}
    assert len(seen) == len(alike)


def test_a_short_name_is_kept_and_a_long_one_keeps_its_beginning() -> None:
    assert bundled_name(1, "Resolución N° 15.pdf") == "01 Resolución N° 15.pdf"
    long = bundled_name(12, "ñ" * 196 + ".pdf")
    assert re.fullmatch(r"12 ñ{75,}\.pdf", long)


def test_a_letter_is_kept_with_its_marks_or_not_at_all() -> None:
    letter = "q\u0323\u0301"
    stem = bundled_name(1, letter * 66 + ".pdf").removeprefix("01 ").removesuffix(".pdf")
    assert len(stem) > 70
    assert stem.replace(letter, "") == ""
    family = "\U0001f3db"
    assert bundled_name(1, family * 190 + ".pdf").count(family) * 2 + len("01 .pdf") <= 90


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ('cuadro: "2025"?.xlsx', "01 cuadro_ _2025__.xlsx"),
        ("nota. .pdf", "01 nota.pdf"),
        ("AUX.pdf", "01 AUX.pdf"),
        ("can\u0303o\u0301n.pdf", "01 cañón.pdf"),
        ("sin-extension", "01 sin-extension"),
        (".pdf", "01.pdf"),
        ("...pdf", "01.pdf"),
        ("a." + "x" * 40, "01 a." + "x" * 40),
        ("x" * 255, "01 " + "x" * 87),
        ("a.pdf. ", "01 a.pdf"),
        ("a\u202efdp.exe.pdf", "01 a_fdp.exe.pdf"),
        ("a\ud800.pdf", "01 a_.pdf"),
        ("\u0301" * 150 + ".pdf", "01.pdf"),
    ],
)
def test_names_are_those_that_any_computer_takes(filename: str, name: str) -> None:
    assert bundled_name(1, filename) == name
