"""Reads each part of a package once and to its end, which checks its size and its checksum, within one budget."""

from __future__ import annotations

from zipfile import ZipFile

from chalicelib.services.upload.spreadsheet.findings import DAMAGED, EMBEDDED, Findings, shown
from chalicelib.services.upload.spreadsheet.xml_stream import PIECE, Budget, NotXml, Source, TooMuchXml, Watch, walk
from chalicelib.services.upload.zip_package import too_complex

FREE_WORK, WORK_A_BYTE, MAX_WORK = 1_000_000, 2, 40_000_000
"""Tags and what is judged of them: some for any package, more for each packed byte, and a bound of all. A full sheet
has about one tag for every two bytes it is packed in."""
FREE_LETTERS, LETTERS_A_BYTE, MAX_LETTERS = 2_000_000, 16, 64_000_000
"""Letters of formulas, likewise."""
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"#!", b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf",
    b"\x1f\x8b",
)  # fmt: skip


class PartReader:
    """Reads the parts of one package."""

    def __init__(self, package: ZipFile, findings: Findings) -> None:
        """Begin with a budget that grows with what the package takes."""
        packed = sum(entry.compress_size for entry in package.infolist())
        self.findings = findings
        self._package = package
        self._budget = Budget(min(FREE_WORK + WORK_A_BYTE * packed, MAX_WORK))
        self._letters = min(FREE_LETTERS + LETTERS_A_BYTE * packed, MAX_LETTERS)

    def xml(self, name: str, watch: Watch, *, may_leave_breaks_open: bool = False) -> None:
        """Read a part as XML; one that is none is noted. Excel leaves `<br>` open in legacy drawings, and reads it."""
        if self._walks(name, watch) or (may_leave_breaks_open and self._walks(name, watch, closed=True)):
            return
        remedy = "Ábralo, guárdelo de nuevo y envíe el nuevo archivo."
        self.findings.add(DAMAGED, "El libro tiene una parte dañada", where=shown(name), remedy=remedy)

    def _walks(self, name: str, watch: Watch, *, closed: bool = False) -> bool:
        with self._package.open(name) as part:
            try:
                walk(_ClosedBreaks(part) if closed else part, watch, self._budget)
            except TooMuchXml as error:
                raise too_complex() from error
            except NotXml:
                _read_on(part)
                return False
        return True

    def head(self, name: str) -> bytes:
        """Read a part that is no XML, and return its first piece."""
        with self._package.open(name) as part:
            head = part.read(PIECE)
            _read_on(part)
        return head

    def opaque(self, name: str) -> None:
        """Read a part that only its program understands, and note it if it is a program or an archive."""
        if self.head(name).startswith(_PROGRAMS):
            remedy = "Quítelo y, si hace falta, envíelo como anexo."
            self.findings.add(EMBEDDED, "Tiene un archivo incrustado", where=shown(name), remedy=remedy)

    def is_empty(self, name: str) -> bool:
        """Whether a part has no bytes, as LibreOffice leaves some."""
        return not self._package.getinfo(name).file_size

    def skip(self, name: str) -> None:
        """Read a part that is refused already, for its checksum."""
        with self._package.open(name) as part:
            _read_on(part)

    def count_formula(self, letters: int) -> None:
        """Take a formula's letters from the budget."""
        self._letters -= letters
        if self._letters < 0:
            raise too_complex()


class _ClosedBreaks:
    """A part whose line breaks are closed while it is read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._held = b""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; what may be the beginning of a break waits for the rest."""
        while piece := self._source.read(size):
            data = (self._held + piece).replace(b"<br>", b"<br/>")
            begun = next((length for length in (3, 2, 1) if data.endswith(b"<br"[:length])), 0)
            self._held = data[len(data) - begun :]
            if len(data) > begun:
                return data[: len(data) - begun]
        held, self._held = self._held, b""
        return held


def _read_on(part: Source) -> None:
    while part.read(PIECE):
        pass
