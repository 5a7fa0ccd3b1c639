"""Every code by which a file is refused has its row, and no row outlives its code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from chalicelib.domain.upload.file_refusals import FILE_REFUSALS, FileRefusal

PACKAGE = Path(__file__).parents[3] / "chalicelib"
TABLE = PACKAGE / "domain" / "upload" / "file_refusals.py"
CODE = re.compile(r"(?:pdf|spreadsheet|image|text|file|filename|media_type|sha256)_[a-z0-9]+(?:_[a-z0-9]+)*")
OF_UPLOADS = {"file_infected"}
"""Told of an upload's state, and in the guide among what happens to uploads."""
OF_CHECKS = {"file_check_limit", "file_check_not_found"}
"""Told of a check and not of its file, and in the guide among the codes of every request."""
OF_PAGES = {"file_missing", "file_too_large_here"}
"""Told where a page's form is sent with no file, or with one that it does not take; no program meets them."""
CODES = {row.code for row in FILE_REFUSALS}


def named_in(*folders: Path) -> set[str]:
    """Return every text in the code that looks like the code of a file's refusal, however it is given to an error."""
    trees = (ast.parse(path.read_text("utf-8")) for folder in folders for path in folder.rglob("*.py") if path != TABLE)
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and CODE.fullmatch(text)}


def test_every_code_that_a_file_can_be_refused_by_has_a_row() -> None:
    raised = named_in(PACKAGE / "services" / "upload", PACKAGE / "domain" / "upload")
    assert len(raised) >= 20
    known = CODES | OF_UPLOADS | OF_CHECKS | OF_PAGES
    assert raised - known == set(), "add these to chalicelib/domain/upload/file_refusals.py"


def test_every_row_is_raised_somewhere() -> None:
    everywhere = {
        node
        for path in PACKAGE.rglob("*.py")
        if path != TABLE
        for node in re.findall(r'"(\w+)"', path.read_text("utf-8"))
    }
    assert CODES - everywhere == set(), "nothing raises these any more: take them out of file_refusals.py"


def test_no_code_has_two_rows() -> None:
    assert len(CODES) == len(FILE_REFUSALS)


@pytest.mark.parametrize("row", FILE_REFUSALS, ids=lambda row: row.code)
def test_a_row_says_what_it_means_and_what_to_do(row: FileRefusal) -> None:
    for text in (row.means, row.remedy):
        assert text
        assert not text.endswith(".")
        assert "|" not in text


@pytest.mark.parametrize("row", [row for row in FILE_REFUSALS if row.code.startswith("pdf_")], ids=lambda row: row.code)
def test_the_advice_for_a_pdf_never_costs_its_signature(row: FileRefusal) -> None:
    assert "desde su origen" in row.remedy
    assert "si estaba firmado, firmar el nuevo" in row.remedy
    assert not re.search(r"imprim|guardar|abrir", row.remedy)
