"""A receipt's code and a file's hash, as people copy them: off paper, out of an address, out of what a program printed.

Programs that talk to the service send a code as it is (`domain.codes.parse_code`).
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput

LONGEST_TYPED = 2000
"""Characters of a code or hash with all that was copied along with it."""
_IN_ADDRESS = re.compile(r"/verificar(?:/|/?\?(?:[^#]*&)?code=)([^/?#&\s]*)", re.IGNORECASE)
_LABEL = re.compile(r"\s*c[oó]digo(?:\s+de\s+verificaci[oó]n)?", re.IGNORECASE)
_RUN = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{2}[\s:-]?){31}[0-9a-f]{2}(?![0-9a-f])")
"""Of 64 hexadecimal digits, also in pairs."""
_CERTUTIL = "certutil"
"""Begins with two of them, and a field of one line has it right after the hash."""


def read_code(text: str) -> str:
    """Read a code with any signs between its letters, a label before it, or as part of the address that shows it.

    Raises:
        InvalidInput: `code_invalid`.

    """
    typed = _plain(text)
    address = _IN_ADDRESS.search(typed)
    typed = _plain(unquote(address[1])) if address else typed.rpartition(":")[2]
    label = _LABEL.match(typed)
    try:
        return parse_code(re.sub(r"[\W_]+", "", typed[label.end() :] if label else typed))
    except InvalidInput as error:
        detail = (
            "Hay un error al escribir el código: revisa sus doce letras y números."
            " No lleva I, L, N, O, U ni V, ni los números 0 y 1."
        )
        raise InvalidInput(error.code, detail, field="code") from error


def read_sha256(text: str) -> str:
    """Pick the hash out of what a program printed: by itself, with a file's name, in a table or between other lines.

    Raises:
        InvalidInput: `sha256_malformed`, also where there are two.

    """
    typed = _plain(text).lower()
    first = typed.split()[0].lstrip("\\") if typed.split() else ""
    for whole in ("".join(typed.split()), first):
        if _RUN.fullmatch(whole):
            return _digits(whole)
    found = {_digits(run) for run in _RUN.findall(typed.replace(_CERTUTIL, " "))}
    if len(found) == 1:
        return found.pop()
    detail = "El SHA-256 no está completo: son 64 símbolos, de 0 a 9 y de la a a la f. Cópialo entero."
    if found:
        detail = "Ahí hay más de un SHA-256. Pega solo el del archivo que quieres verificar."
    raise InvalidInput("sha256_malformed", detail, field="sha256")


def _plain(text: str) -> str:
    """Have full-width letters and unusual blanks be usual ones, and leave out signs that nobody sees."""
    if len(text) > LONGEST_TYPED:
        return ""
    composed = unicodedata.normalize("NFKC", text)[:LONGEST_TYPED]
    return "".join(sign for sign in composed if unicodedata.category(sign) != "Cf")


def _digits(run: str) -> str:
    return re.sub(r"[^0-9a-f]", "", run)
