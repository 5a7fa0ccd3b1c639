"""Make the list of what passwords are too often made of: same sources, same bytes.

Run `python -m infra.passwords.build_list` to make `chalicelib/common_passwords/common.txt` from the pinned zxcvbn and
from `sources.json` beside this file. That one holds what is used of two packages on which nothing here depends:

    npm pack @zxcvbn-ts/language-es-es@4.1.2 && pip download --no-deps django==5.2.19
    python -m infra.passwords.build_list zxcvbn-ts-language-es-es-4.1.2.tgz django-5.2.19-py3-none-any.whl

Everything is listed lower-case, without accents, and without the digits and signs at its ends: the rule that reads the
list allows for those.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

from chalicelib.domain.access.folding import fold

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "chalicelib" / "common_passwords" / "common.txt"
SOURCES = HERE / "sources.json"
SPANISH_SHA512 = (
    "cc50a09b2aa2fd506c9f5296a0cfd2a9953583e98dc202c7ab92d1ba7c3acebb"
    "048e7e999e1482ff0a29c5d485808221b10caaa1a9c4c6b67225c8ba676ae51e"
)
"""Of @zxcvbn-ts/language-es-es 4.1.2 as npm packs it."""
DJANGO_SHA512 = (
    "605bc1c5a5193ea8bdb83b78b3dba5c110001cb1c10ba2e448f28e9ae17641dd"
    "2b9fb10364adf0022810abf711995af27cc3c17a7482e6e71fa97fbbdda3d855"
)
"""Of the wheel of Django 5.2.19."""
SPANISH_PARTS = {"firstnames": 1500, "lastnames": 3000, "commonWords": 5000}
ENGLISH_PARTS = {
    "female_names": 800,
    "male_names": 500,
    "surnames": 400,
    "english_wikipedia": 3000,
    "us_tv_and_film": 3000,
}
"""How many of each, most frequent first."""
SURNAMES_IN_PAIRS = 600
MIN_LETTERS = 3
MIN_LETTERS_OF_ENGLISH = 6
"""Shorter English words are in the list of passwords, where anybody chose them."""
MIN_BREACHED = 7
"""One sign more makes what is shorter by one long enough."""

_ENDS = re.compile(r"^[^a-z]+|[^a-z]+$")


def core(text: str) -> str:
    """Return what is left without digits and signs at the ends; nothing if that is too little to be listed."""
    inner = _ENDS.sub("", fold(text))
    return inner if len(inner) >= MIN_LETTERS and _is_listable(inner) else ""


def core_or_whole(text: str) -> str:
    """Return the same, or the whole where its letters alone are too few to be listed."""
    whole = fold(text)
    return core(text) or (whole if _is_listable(whole) and not whole.isdigit() else "")


def words_of(texts: Iterable[str]) -> list[str]:
    """Return what consists of letters alone, as it is listed."""
    return [word for word in map(core, texts) if word.isalpha()]


def build() -> bytes:
    """Return the list: names that also count in pairs, an empty line, everything else; each sorted, one a line."""
    sources: dict[str, list[str]] = json.loads(SOURCES.read_text("utf-8"))
    english = {part: words_of([*FREQUENCY_LISTS[part]][:many]) for part, many in ENGLISH_PARTS.items()}
    names = {*words_of(sources["firstnames"]), *words_of(sources["lastnames"][:SURNAMES_IN_PAIRS])}
    others = {
        *filter(None, map(core_or_whole, [*FREQUENCY_LISTS["passwords"], *sources["breached"]])),
        *english["female_names"],
        *english["male_names"],
        *english["surnames"],
        *(word for word in english["english_wikipedia"] if len(word) >= MIN_LETTERS_OF_ENGLISH),
        *(word for word in english["us_tv_and_film"] if len(word) >= MIN_LETTERS_OF_ENGLISH),
        *words_of([*sources["lastnames"], *sources["commonWords"]]),
    }
    return "\n".join([*sorted(names), "", *sorted(others - names), ""]).encode("ascii")


def extract(spanish: Path, django: Path) -> str:
    """Return what is used of the two packages."""
    for archive, digest in ((spanish, SPANISH_SHA512), (django, DJANGO_SHA512)):
        if hashlib.sha512(archive.read_bytes()).hexdigest() != digest:
            raise SystemExit(f"{archive} is not the package that this was written for")
    with tarfile.open(spanish) as package:
        found = {part: _words_in(package, part)[:many] for part, many in SPANISH_PARTS.items()}
    with ZipFile(django) as wheel:
        passwords = gzip.decompress(wheel.read("django/contrib/auth/common-passwords.txt.gz")).decode().split()
    found["breached"] = [password for password in passwords if len(password) >= MIN_BREACHED]
    return json.dumps(found, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"


def _is_listable(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _words_in(package: tarfile.TarFile, part: str) -> list[str]:
    member = package.extractfile(f"package/src/{part}.json")
    if member is None:
        raise SystemExit(f"the package has no {part}")
    words: list[str] = json.load(member)
    return words


if __name__ == "__main__":
    if len(sys.argv) > 1:
        SOURCES.write_text(extract(*map(Path, sys.argv[1:])), encoding="utf-8")
    TARGET.write_bytes(build())
