"""Say of a file what a deposit would say of it, and keep nothing."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

from chalicelib.domain.errors import InvalidInput, TooLarge, Unprintable, refusals
from chalicelib.domain.notice import FileFacts, FileRole
from chalicelib.domain.upload.file_check import Verdict, media_type_of
from chalicelib.domain.upload.filename import check_filename
from chalicelib.domain.upload.upload import DeclaredFile, problems_of
from chalicelib.renderers.printable import check_printable
from chalicelib.services.upload.inspect_file import inspect_file


def judge_file(content: Path | bytes, declared: DeclaredFile, role: FileRole) -> Verdict:
    """Return the verdict on a file whose sender declared it; no call."""
    problems: tuple[InvalidInput | TooLarge, ...] = (
        ()
        if refusals(lambda: check_filename(declared.filename))
        else (refusals(lambda: _check_printable(declared.filename)))
    )
    facts = FileFacts()
    try:
        facts = inspect_file(content, declared, role=role)
    except (InvalidInput, TooLarge) as refusal:
        problems = (*problems, refusal)
    told = tuple(problem for one in problems for problem in problems_of(one))
    return Verdict(declared.sha256, declared.size, told, FileFacts() if told else facts)


def _check_printable(filename: str) -> None:
    try:
        check_printable(filename, field="filename")
    except Unprintable as refusal:
        detail = (
            f"El nombre del archivo: {refusal.detail[0].lower()}{refusal.detail[1:]} Cambie el nombre, no el archivo."
        )
        raise Unprintable(refusal.code, detail, field=refusal.field) from None


def judge_sent_file(content: Path | bytes, filename: str, role: FileRole) -> Verdict:
    """Return the verdict on a file that came from a form: its size, hash and type are what they are.

    Its name, of a few thousand letters at most, is taken as that of a deposit is: composed, without blanks around it.
    """
    return judge_file(content, declared_by(content, filename), role)


def declared_by(content: Path | bytes, filename: str) -> DeclaredFile:
    """Return what a file that came from a form declares: itself."""
    filename = unicodedata.normalize("NFC", _read_again(filename)).strip()
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    return DeclaredFile(filename, media_type_of(filename), _sha256(content), size)


def _read_again(filename: str) -> str:
    """Return a name as it was sent: some engines read a form's parts as Latin-1 where they are UTF-8."""
    try:
        return filename.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return filename


def _sha256(content: Path | bytes) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
