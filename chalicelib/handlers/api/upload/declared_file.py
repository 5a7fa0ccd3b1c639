"""What a sender says of a file, inside a deposit or ahead of it."""

from __future__ import annotations

import base64
import binascii

from chalicelib.domain.errors import InvalidInput, collect, refusal_of
from chalicelib.domain.upload.upload import DeclaredFile
from chalicelib.handlers.fields import Fields
from chalicelib.renderers.printable import check_printable

_FILENAME, _TYPE = 200, 100


def read_declared(fields: Fields) -> DeclaredFile:
    """Read what is said of a file: filename, media_type, sha256 and size.

    Raises:
        InvalidInput: all that cannot be read, at once.

    """
    problems: list[InvalidInput] = []
    declared = DeclaredFile(
        filename=collect(problems, lambda: printable(fields, "filename", _FILENAME), ""),
        media_type=collect(problems, lambda: fields.text("media_type", longest=_TYPE), ""),
        sha256=collect(problems, lambda: fields.text("sha256", longest=_TYPE), ""),
        size=collect(problems, lambda: fields.integer("size"), 0),
    )
    if problems:
        raise refusal_of(problems)
    return declared


def read_content(fields: Fields, left: int) -> bytes | None:
    """Return a file of up to `left` bytes out of its base64, None where there are more.

    What is written longer than they would be is not decoded.
    """
    written = fields.blob("content")
    if len(written) > 4 * -(-left // 3):
        return None
    try:
        content = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        fields.refuse("field_base64", "content", "no es base64 correcto")
    return content if len(content) <= left else None


def printable(fields: Fields, name: str, longest: int) -> str:
    """Read a text that the receipt's font can print.

    Raises:
        InvalidInput: as `Fields.text`.
        Unprintable: `text_unprintable`.

    """
    text = fields.text(name, longest=longest)
    check_printable(text, field=fields.where(name))
    return text
