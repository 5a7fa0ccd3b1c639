"""The guide's chapter on files: what stands between its marks is written from the tables that the code uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_kinds import ACCEPTED, REFUSED
from chalicelib.domain.upload.file_refusals import FILE_REFUSALS
from chalicelib.services.upload.pdf.oddities import TOLERATED

GUIDE = (Path(__file__).parents[2] / "docs" / "guia-de-integracion.md").read_text("utf-8")
PART = re.compile(r"<!-- from: (\S+) -->\n(.*?)<!-- end -->", re.DOTALL)
PARTS = dict(PART.findall(GUIDE))
CHAPTER = GUIDE.split("\n## 6. ")[1].split("\n## ")[0]


def a_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    first, line, *rest = (f"| {' | '.join(cells)} |" for cells in lines)
    return "\n".join((first, line.replace(" ", ""), *rest)) + "\n"


def endings(extensions: tuple[str, ...]) -> str:
    return ", ".join(f"`.{each}`" for each in extensions)


def bare(name: str) -> str:
    return name.removeprefix("una ").removeprefix("un ")


def accepted() -> str:
    rows = [
        (
            bare(kind.name),
            f"`{kind.media_type}`",
            endings(kind.extensions),
            "sí" if FileRole.MAIN in kind.roles else "no",
            "sí" if FileRole.ANNEX in kind.roles else "no",
            kind.must,
        )
        for kind in ACCEPTED
    ]
    return a_table(("Tipo", "`media_type`", "Extensión", "Principal", "Anexo", "Cómo debe ser"), rows)


def refused() -> str:
    rows = [(bare(kind.name), endings(kind.extensions), kind.advice) for kind in REFUSED if kind.extensions]
    return a_table(("Si tiene", "Extensión", "Cómo enviarlo"), rows)


def refusals() -> str:
    rows = [(f"`{row.code}`", row.means, row.remedy) for row in FILE_REFUSALS]
    return a_table(("Código", "Qué pasó", "Qué hacer"), rows)


def oddities() -> str:
    rows = [(row.told, row.writers or "varios") for row in TOLERATED]
    return a_table(("Qué puede tener", "Quién lo escribe así"), rows)


WRITERS: Mapping[str, Callable[[], str]] = {
    "file_kinds.ACCEPTED": accepted,
    "file_kinds.REFUSED": refused,
    "file_refusals.FILE_REFUSALS": refusals,
    "pdf/oddities.TOLERATED": oddities,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_part_of_the_guide_is_what_the_codes_table_says(name: str) -> None:
    assert PARTS[name] == WRITERS[name](), f"write this between the marks of {name}:\n{WRITERS[name]()}"


def test_every_part_between_marks_is_written_once_by_something() -> None:
    names = [name for name, _ in PART.findall(GUIDE)]
    assert sorted(names) == sorted(WRITERS)
    assert GUIDE.count("<!-- from: ") == GUIDE.count("<!-- end -->") == len(names)


def test_the_chapter_never_has_a_pdf_printed_or_saved_again_but_to_warn_of_it() -> None:
    [warned] = [
        line for line in CHAPTER.splitlines() if re.search(r"[Ii]mpr[ií]m.*PDF", line) and "imprimir y usar" not in line
    ]
    assert warned.startswith("Si un PDF se rechaza, **hágalo de nuevo desde su origen")
