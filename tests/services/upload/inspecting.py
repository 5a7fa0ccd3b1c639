"""Files for the inspection tests: declared as they are, so that only their contents can be refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from chalicelib.domain.errors import CasillaError
from chalicelib.domain.notice import FileFacts, FileRole
from chalicelib.domain.upload.upload import EXTENSIONS, PDF, DeclaredFile
from chalicelib.services.upload.inspect_file import inspect_file

FIXTURES = Path(__file__).parents[2] / "fixtures"


def a_declaration(content: bytes, media_type: str = PDF, **overrides: str | int) -> DeclaredFile:
    facts: dict[str, str | int] = {
        "filename": "documento." + min(EXTENSIONS[media_type]),
        "media_type": media_type,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }
    return DeclaredFile(**(facts | overrides))  # type: ignore[arg-type]


def accept(content: bytes, media_type: str = PDF) -> FileFacts:
    return inspect_file(content, a_declaration(content, media_type), role=FileRole.ANNEX)


def problems(content: bytes, media_type: str = PDF) -> list[tuple[str, str]]:
    """Return the code and the words of all that is wrong."""
    with pytest.raises(CasillaError) as refused:
        accept(content, media_type)
    return [(one.code, one.detail) for one in refused.value.problems or (refused.value,)]


def refusal(content: bytes, media_type: str = PDF) -> str:
    with pytest.raises(CasillaError) as refused:
        accept(content, media_type)
    assert refused.value.detail.endswith(".")
    return refused.value.code
