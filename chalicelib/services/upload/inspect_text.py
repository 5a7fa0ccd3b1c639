"""Plain text and CSV: UTF-8 that shows everything it contains, the same to everybody.

Refused is what hides text. Controls do: they delete, overprint, or end a text before its end. So do marks that turn
the order of letters, which make `txt.exe` read as `exe.txt`, and interlinear notes, which some programs leave out.
Letters of the block of tags are a second, invisible alphabet. They pass in the flags of regions, which they draw.

Passed is what shows nothing and hides nothing: joiners and selectors of emoji and of other scripts, soft hyphens,
zero-width blanks of copied web pages, byte order marks of files that were put together. They come one, two or three at
a time. More than four in a row draw nothing anywhere and can carry a text of their own, so these are refused. Tabs,
form feeds, every kind of line end, and the end mark that DOS programs write pass.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from chalicelib.domain.errors import InvalidInput, refusal_of
from chalicelib.services.upload.csv_formulas import may_reach_out, outward_formulas, separators
from chalicelib.services.upload.text_encodings import narrow_encoding, wide_encoding
from chalicelib.services.upload.text_pieces import Piece, Place, text_pieces

MOST_TOLD = 20
"""Problems in one refusal; where there are more, the last says how many are left out."""
MOST_COUNTED = 1_000
"""Places after which nobody looks any further."""
_HEAD = 64
_TURNS = "\u202a-\u202e\u2066-\u2069\u206a-\u206f"
_CONTROLS = "\x00-\x08\x0b\x0e-\x1f\x7f-\x9f"
_NOTES = "\ufff9-\ufffb"
_TAGS = "\U000e0000-\U000e007f"
_STRANGE = "\udc80-\udcff"
_SHOWS_NOTHING = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0100-\U000e01ef"
)
_WORTH_A_LOOK = re.compile(f"[{_CONTROLS}{_TURNS}{_NOTES}{_TAGS}{_STRANGE}{_SHOWS_NOTHING}]")
_WORTH_A_LOOK_IN_ASCII = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_FOUND = re.compile(
    f"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{{1,6}}\U000e007f"
    f"|(?P<strange>[{_STRANGE}]+)"
    f"|(?P<control>[{_CONTROLS}])|(?P<turn>[{_TURNS}])|(?P<note>[{_NOTES}])|(?P<tag>[{_TAGS}]+)"
    f"|(?P<run>[{_SHOWS_NOTHING}]{{5,}})"
)
_SAYS = {
    "control": "un carácter de control, que no se ve",
    "turn": "una marca que cambia el orden en que se leen las letras",
    "note": "una marca de notas que algunos programas no muestran",
    "tag": "letras invisibles",
    "run": "más de cuatro caracteres invisibles seguidos",
}
_TXT_REMEDY = "Ábralo en el Bloc de notas, elija Archivo, Guardar como, y en Codificación, UTF-8. Envíe el nuevo."
_CSV_REMEDY = (
    "Expórtelo en UTF-8 del sistema del que salió. Si se hizo en Excel, abra el libro y elija Guardar como, CSV UTF-8"
    " (delimitado por comas). Si solo tiene el CSV, ábralo en el Bloc de notas y elija Guardar como, con Codificación"
    " UTF-8; Excel le quitaría los ceros del inicio."
)


def inspect_text(stream: BinaryIO) -> None:
    """Accept UTF-8 that hides nothing; a byte order mark may come first.

    Raises:
        InvalidInput: `text_not_utf8` or `text_control_characters`; `problems` has 20 at most.

    """
    _inspect(stream, _TXT_REMEDY, is_csv=False)


def inspect_csv(stream: BinaryIO) -> None:
    """Accept the same as a table. Raises the codes of `inspect_text`, and `text_formulas`."""
    _inspect(stream, _CSV_REMEDY, is_csv=True)


def _inspect(stream: BinaryIO, remedy: str, *, is_csv: bool) -> None:
    stream.seek(0)
    if wide := wide_encoding(stream.read(_HEAD)):
        raise InvalidInput("text_not_utf8", f"El archivo de texto está en {wide} y debe estar en UTF-8. {remedy}")
    strange = _Strange()
    found: list[InvalidInput] = []
    reaches_out = is_cut = False
    for piece in text_pieces(stream):
        _look(piece, strange, found)
        reaches_out = reaches_out or (is_csv and may_reach_out(piece.text))
        is_cut = strange.count + len(found) > MOST_COUNTED
        if is_cut:
            break
    formulas = _formulas(stream) if reaches_out else []
    problems = [*strange.problems(remedy), *found, *formulas]
    if not problems:
        return
    if len(problems) > MOST_TOLD:
        code, more = problems[MOST_TOLD - 1].code, len(problems) - MOST_TOLD + 1
        told = f"Hay {'al menos ' if is_cut else ''}{more} lugares más como estos. Corrija también esos."
        problems[MOST_TOLD - 1 :] = [InvalidInput(code, told)]
    raise refusal_of(tuple(problems))


class _Strange:
    """Bytes that are not UTF-8: one problem with one remedy, however many they are."""

    def __init__(self) -> None:
        """Begin with none."""
        self.first: Place | None = None
        self.count = 0
        self._last_end = 0
        self._bytes = bytearray()
        self._lines: set[int] = set()

    def add(self, place: Place, content: bytes) -> None:
        """Note what stands at a place."""
        self.first = self.first or place
        self.count += 1
        self._lines.add(place.line)
        self._bytes += content

    def problems(self, remedy: str) -> list[InvalidInput]:
        """Return the refusal, if there is one."""
        if self.first is None:
            return []
        name = narrow_encoding(bytes(self._bytes))
        more = len(self._lines) - 1
        others = f", y otras {more} líneas" if more > 1 else ", y otra línea" if more else ""
        where = f"línea {self.first.line}, byte {self.first.byte} (0x{self._bytes[0]:02X}){others}"
        what = f"El archivo de texto no está en UTF-8: parece estar en {name}" if name else "El texto no está en UTF-8"
        return [InvalidInput("text_not_utf8", f"{what} ({where}). {remedy}")]


def _look(piece: Piece, strange: _Strange, found: list[InvalidInput]) -> None:
    first = (_WORTH_A_LOOK_IN_ASCII if piece.text.isascii() else _WORTH_A_LOOK).search(piece.text)
    if first is None:
        return
    for each in _FOUND.finditer(piece.text, max(0, first.start() - 1)):
        kind = each.lastgroup
        if kind == "strange":
            strange.add(piece.place(each.start()), each[0].encode("utf-8", "surrogateescape"))
        elif kind:
            found.append(_hidden(piece.place(each.start()), ord(each[0][0]), _SAYS[kind]))
        if strange.count + len(found) > MOST_COUNTED:
            return


def _hidden(place: Place, code: int, says: str) -> InvalidInput:
    detail = f"El texto tiene en la {place}, el carácter U+{code:04X}: {says}. Bórrelo, o escriba de nuevo esa línea."
    return InvalidInput("text_control_characters", detail)


def _formulas(stream: BinaryIO) -> list[InvalidInput]:
    found: dict[tuple[int, str], InvalidInput] = {}
    start = next(text_pieces(stream)).text
    for separator in separators(start):
        for each in outward_formulas((piece.text for piece in text_pieces(stream)), separator):
            detail = f"La tabla tiene en la línea {each.line}, celda {each.cell}, una fórmula que {each.does}."
            remedy = "Ponga en su lugar el valor que debe leerse."
            found.setdefault((each.line, each.does), InvalidInput("text_formulas", f"{detail} {remedy}"))
            if len(found) > MOST_COUNTED:
                break
    return list(found.values())
