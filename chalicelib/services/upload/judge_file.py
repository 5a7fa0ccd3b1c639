"""Say of a file what a deposit would say of it, and keep nothing."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

from chalicelib.domain.errors import InvalidInput, TooLarge, refusals
from chalicelib.domain.notice import FileFacts, FileRole
from chalicelib.domain.upload.file_check import Verdict, media_type_of
from chalicelib.domain.upload.upload import DeclaredFile, problems_of
from chalicelib.renderers.printable import check_printable
from chalicelib.services.upload.inspect_file import inspect_file


def judge_file(content: Path | bytes, declared: DeclaredFile, role: FileRole) -> Verdict:
    """Return the verdict on a file whose sender declared it; no call."""
    problems: tuple[InvalidInput | TooLarge, ...] = refusals(
        lambda: check_printable(declared.filename, field="filename")
    )
    facts = FileFacts()
    try:
        facts = inspect_file(content, declared, role=role)
    except (InvalidInput, TooLarge) as refusal:
        problems = (*problems, refusal)
    told = tuple(problem for one in problems for problem in problems_of(one))
    return Verdict(declared.sha256, declared.size, told, FileFacts() if told else facts)


def judge_sent_file(content: Path | bytes, filename: str, role: FileRole) -> Verdict:
    """Return the verdict on a file that came from a form: its size, hash and type are what they are.

    Its name, of a few thousand letters at most, is taken as that of a deposit is: composed, without blanks around it.
    """
    filename = unicodedata.normalize("NFC", filename).strip()
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    return judge_file(content, DeclaredFile(filename, media_type_of(filename), _sha256(content), size), role)


def _sha256(content: Path | bytes) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
