"""Plain text and CSV: UTF-8 that shows everything it contains."""

from __future__ import annotations

import codecs
import re
from functools import partial
from typing import BinaryIO

from chalicelib.domain.errors import InvalidInput

_CHUNK = 1024 * 1024
_HIDDEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Controls other than tab, line ends and form feed; and what makes letters read in another order."""


def inspect_text(stream: BinaryIO) -> None:
    """Accept UTF-8 without control characters; a byte order mark may come first.

    Raises:
        InvalidInput: `text_not_utf8` or `text_control_characters`.

    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for chunk in iter(partial(stream.read, _CHUNK), b""):
            _check_visible(decoder.decode(chunk))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        detail = "El archivo de texto no está en UTF-8. Guárdelo con la codificación UTF-8 y envíelo de nuevo."
        raise InvalidInput("text_not_utf8", detail) from None


def _check_visible(text: str) -> None:
    if _HIDDEN.search(text):
        detail = "El archivo de texto tiene caracteres de control. Guárdelo como texto sin formato y envíelo de nuevo."
        raise InvalidInput("text_control_characters", detail)
