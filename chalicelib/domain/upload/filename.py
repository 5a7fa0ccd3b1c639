"""File names as senders give them: what is safe to store, to show and to offer for download."""

from __future__ import annotations

import unicodedata

from chalicelib.domain.errors import InvalidInput

MAX_FILENAME_LENGTH = 200
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control and invisible characters, bidirectional overrides among them, and letters without a meaning."""


def check_filename(filename: str, *, field: str | None = None) -> None:
    """Let a plain name with an extension pass, e.g. `Resolución N° 15.pdf`.

    Raises:
        InvalidInput: `filename_invalid` when the name holds a path, invisible characters, a leading dot, blanks
            around it, no extension, or more than 200 characters.

    """
    problem = _problem(filename)
    if problem:
        raise InvalidInput("filename_invalid", f"{problem} Cambie el nombre y envíe el archivo de nuevo.", field=field)


def extension(filename: str) -> str:
    """Return what follows the last dot, in lower case; empty without a dot."""
    return filename.rpartition(".")[2].lower() if "." in filename else ""


def _problem(filename: str) -> str:
    if not filename or len(filename) > MAX_FILENAME_LENGTH:
        return f"El nombre del archivo debe tener entre 1 y {MAX_FILENAME_LENGTH} caracteres."
    if "/" in filename or "\\" in filename:
        return "El nombre del archivo no puede llevar carpetas ni las barras / y \\."
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in filename):
        return "El nombre del archivo tiene caracteres invisibles o de control."
    if filename.startswith(".") or filename.strip() != filename:
        return "El nombre del archivo no puede empezar con un punto ni llevar espacios al inicio o al final."
    if not extension(filename):
        return "El nombre del archivo debe terminar en una extensión, por ejemplo .pdf."
    return ""
