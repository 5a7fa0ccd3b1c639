"""The name of a file that is checked: as it was sent, and told once, as a name."""

from __future__ import annotations

import pytest

from chalicelib.domain.notice import FileRole
from chalicelib.services.upload.judge_file import judge_sent_file
from tests.services.upload.inspecting import FIXTURES

PDF = (FIXTURES / "pdf" / "libreoffice.pdf").read_bytes()


@pytest.mark.parametrize(
    "name", ["RESOLUCIÓN 12.pdf", "Resolución Nº 123 \u2013 año niñez.pdf", "resolucio\u0301n.pdf", "a.pdf"]
)
def test_name_passes_though_the_store_read_it_as_latin_1(name: str) -> None:
    for sent in (name, name.encode().decode("latin-1")):
        assert not judge_sent_file(PDF, sent, FileRole.MAIN).problems


@pytest.mark.parametrize(
    ("name", "code"), [("a\u202eb.pdf", "filename_invalid"), ("oficio \U0001f600.pdf", "text_unprintable")]
)
def test_what_is_wrong_with_a_name_is_told_once_and_as_a_name(name: str, code: str) -> None:
    (problem,) = judge_sent_file(PDF, name, FileRole.MAIN).problems
    assert problem.code == code
    assert problem.detail.startswith("El nombre del archivo")
