"""Forms with a file (RFC 7578), as browsers send them: cut along their boundary, in time linear in their length.

The parser of `email` works line by line: four megabytes of line ends cost it a second, and this 5 ms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.domain.errors import InvalidInput
from chalicelib.handlers.page_request import PageRequest

MOST_PARTS = 60
_LONGEST_HEAD = 4096
_LONGEST_TEXT = 4096
_BOUNDARY = re.compile(r'multipart/form-data\s*;\s*boundary=(?:"([^"]{1,70})"|([^\s";,]{1,70}))\s*', re.IGNORECASE)
_DISPOSITION = re.compile(
    r'^content-disposition:[ \t]*form-data;[ \t]*name="([^"]*)"(?:;[ \t]*filename="([^"]*)")?[ \t]*$',
    re.IGNORECASE | re.MULTILINE,
)
_ESCAPED = {"%22": '"', "%0D": "\r", "%0A": "\n"}
"""What browsers write in a name in the place of these three (HTML, multipart form data)."""


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file that a form sent; a form sends an empty one without a name where none was chosen."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FormWithFiles:
    """Texts and files of a form, by the names of its fields; the first of each name counts."""

    texts: Mapping[str, str]
    files: Mapping[str, FormFile]


def with_texts(request: PageRequest) -> PageRequest:
    """Return the request of a form with files with its texts as those of any other form; its files stay in the body.

    Raises:
        InvalidInput: `form_malformed`.

    """
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/"):
        return request
    texts = read_form(content_type, request.body).texts
    return replace(request, form={name: [text] for name, text in texts.items()})


def read_form(content_type: str, body: bytes) -> FormWithFiles:
    """Read a form.

    Raises:
        InvalidInput: `form_malformed`.

    """
    found = _BOUNDARY.fullmatch(content_type)
    if found is None:
        raise _malformed()
    mark = b"\r\n--" + (found[1] or found[2]).encode("ascii", "replace")
    first, *parts = (b"\r\n" + body).split(mark, MOST_PARTS + 2)
    if first.strip(b"\r\n") or not parts or len(parts) > MOST_PARTS + 1 or parts.pop().rstrip(b"\r\n ") != b"--":
        raise _malformed()
    texts: dict[str, str] = {}
    files: dict[str, FormFile] = {}
    for part in parts:
        name, filename, content = _read(part)
        if filename is not None:
            files.setdefault(name, FormFile(filename, content))
        else:
            texts.setdefault(name, _text(content))
    return FormWithFiles(texts, files)


def _read(part: bytes) -> tuple[str, str | None, bytes]:
    """Return a part's name, its file's name if it is one, and what it holds."""
    end = part.find(b"\r\n\r\n", 0, _LONGEST_HEAD)
    if end < 0 or not part.startswith(b"\r\n"):
        raise _malformed()
    said = list(_DISPOSITION.finditer(_decoded(part[:end]).replace("\r\n", "\n")))
    if len(said) != 1:
        raise _malformed()
    name, filename = said[0].groups()
    return str(name), None if filename is None else _unescaped(filename), part[end + 4 :]


def _text(content: bytes) -> str:
    if len(content) > _LONGEST_TEXT:
        raise _malformed()
    return _decoded(content)


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise _malformed() from None


def _unescaped(name: str) -> str:
    for written, meant in _ESCAPED.items():
        name = name.replace(written, meant)
    return name


def _malformed() -> InvalidInput:
    return InvalidInput("form_malformed", "El formulario llegó dañado. Vuelve a la página y envíalo otra vez.")
