"""Looks as a CSV that Excel opens as it is: UTF-8 with its mark, semicolons, all cells quoted, no text a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import DocumentType
from chalicelib.renderers.audit.audit_rows import COLUMNS, row_of

_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FORMULA = re.compile(r"\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]")
"""What programs take for the beginning of a formula, also in its wide form and behind blanks."""
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class LooksCsv:
    """A table that grows by a row for each look."""

    def __init__(self, prefixes: Mapping[DocumentType, str], zone: ZoneInfo) -> None:
        """Begin with the columns' names."""
        self._prefixes, self._zone = prefixes, zone
        self._text = io.StringIO(newline="")
        self._text.write(_MARK)
        self._writer = csv.writer(self._text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        self._write(COLUMNS)
        self.count = 0

    def add(self, look: Event) -> None:
        """Write a row."""
        self._write(row_of(look, self._prefixes, self._zone).cells)
        self.count += 1

    def to_bytes(self) -> bytes:
        """Return the file."""
        return self._text.getvalue().encode()

    def _write(self, cells: Iterable[str]) -> None:
        self._writer.writerow([safe_cell(cell) for cell in cells])


def safe_cell(text: str) -> str:
    """Return a text on one line that no program takes for a formula: an apostrophe goes before what looks like one."""
    line = _UNSEEN.sub(" ", text)
    return f"'{line}" if _FORMULA.match(line) else line
