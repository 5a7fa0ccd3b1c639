"""Bounds on the work one PDF can cause: a few kilobytes can unpack to gigabytes.

Streams are unpacked in small pieces that are thrown away, to find damage: pages and object streams always, fonts
and images as far as a second bound goes, since a legitimate scan can be large.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from chalicelib.services.upload.pdf.places import Places
from chalicelib.services.upload.pdf.reader import CountedReader
from chalicelib.services.upload.pdf.references import Generations
from chalicelib.services.upload.pdf.refusal import Findings, damaged, too_complex
from chalicelib.services.upload.pdf.sections import MAX_SECTIONS
from chalicelib.services.upload.pdf.things import is_dictionary, items, name_of, parser
from chalicelib.services.upload.pdf.unpacking import MOST_TIMES, PIECE, SHORT_NAMES, Broken, Budget, Spent, unpacked
from chalicelib.services.upload.pdf.words import most

if TYPE_CHECKING:
    from pikepdf import Pdf

MAX_OBJECTS = 300_000
MAX_ENTRIES = 1_000_000
"""In all arrays and dictionaries of a file of up to 4 MiB together; they are looked through one by one."""
MOST_ENTRIES = 2_000_000
"""In the largest."""
_FREE_ENTRIES = 60_000
MAX_CONTENTS = 200_000
"""Streams that draw the pages of a file, each as often as it is listed."""
MAX_UNPACKED = 512 * 1024 * 1024
MAX_UNPACKED_OBJECTS = 64 * 1024 * 1024
"""Of `MAX_UNPACKED`, what object streams may hold: it is understood, and not only unpacked."""
MAX_UNPACKED_REST = 128 * 1024 * 1024
_MAX_PARSER_MEMORY = 3 * 1024 * 1024
"""For one cross-reference or object stream: the places of `MAX_OBJECTS` fit."""
_MAX_CONTAINER = 1_000_000
_MAX_WARNINGS = 10_000
_PREVIOUS = re.compile(rb"/(?:P|#50)(?:r|#72)(?:e|#65)(?:v|#76)(?=[\x00\s%])(?!\s{1,8}\d{1,10}\s{1,4}\d{1,5}\s{1,4}R)")
"""Leads from a section to the one before. In an outline a reference follows, as to other objects."""
_LONGEST_PREVIOUS = 64
_LONGEST_NAME = 128
"""That costs nothing by itself: many streams can share one of megabytes."""
_ROW = (("/Columns", 1), ("/Colors", 1), ("/BitsPerComponent", 8))
_MAX_ROW = 128 * 1024 * 1024
"""Bits that a predictor keeps at once (ISO 32000-1, 7.4.4.4)."""
_MOST_DIGITS = 10
_ALL_WORDS = b"/" * PIECE


def limit_parser() -> None:
    """Tell the parser how much memory one compressed structure may take; the limits hold for the process."""
    from pikepdf.settings import set_qpdf_limits  # noqa: PLC0415  (heavy)

    set_qpdf_limits(
        flate_max_memory=_MAX_PARSER_MEMORY,
        png_max_memory=_MAX_PARSER_MEMORY,
        parser_max_container_size=_MAX_CONTAINER,
        parser_max_errors=_MAX_WARNINGS,
        doc_max_warnings=_MAX_WARNINGS,
    )


def check_sections(stream: BinaryIO) -> None:
    """Count the cross-reference sections before the parser follows them: each can unpack to megabytes.

    Raises:
        InvalidInput: `pdf_too_complex`; `pdf_damaged` when a table has an object that the parser would pass over.

    """
    stream.seek(0)
    before, found = b"", 0
    while piece := stream.read(PIECE):
        text = before + piece
        kept = len(text) if len(piece) < PIECE else len(text) - _LONGEST_PREVIOUS
        found += sum(1 for one in _PREVIOUS.finditer(text) if one.start() < kept)
        if found > MAX_SECTIONS:
            raise too_complex("La lista de partes del PDF")
        before = text[kept:]


def check_structure(pdf: Pdf, size: int, reader: CountedReader) -> set[int]:
    """Unpack the object streams of a file of `size` bytes, each once, within bounds.

    Return which of them may refer to objects under another generation than these have.

    Raises:
        InvalidInput: `pdf_too_complex` beyond the bounds, `pdf_damaged` when one is not what was written.

    """
    table = pdf.get_xref_table()
    if len(table) > MAX_OBJECTS:
        raise too_complex(f"La estructura del PDF, con más de {MAX_OBJECTS} objetos,")
    budget = Budget.of_file(min(MAX_UNPACKED, MAX_UNPACKED_OBJECTS), size)
    listed: dict[int, list[tuple[int, int]]] = {}
    for (number, _), entry in table.items():
        if entry.obj_stream_number is not None:
            listed.setdefault(entry.obj_stream_number, []).append((entry.obj_stream_index or 0, number))
    generations = Generations(table if listed else ())
    odd: set[int] = set()
    for number, places in listed.items():
        stream = pdf.get_object(number, 0)
        try:
            with reader.uncounted():
                data = _understand(stream, budget, reader)
        except Spent:
            raise too_complex("La estructura del PDF") from None
        except Broken:
            raise damaged(f"El objeto {number}, que guarda otros objetos, está dañado") from None
        if data is None:
            continue
        if not _holds(stream, data, places):
            raise damaged(f"El objeto {number}, que guarda otros objetos, no dice de ellos lo mismo que la tabla")
        if generations.may_lack(data, 0, len(data)):
            odd.add(number)
    return odd


def _holds(stream: Any, data: bytes, places: list[tuple[int, int]]) -> bool:
    """Tell whether an object stream has each object once, at the position that the table says (ISO 32000-1, 7.5.7)."""
    first, count = stream.get("/First"), stream.get("/N")
    if not isinstance(first, int) or not isinstance(count, int) or first < 0 or count < 0:
        return False
    numbers = data[:first].replace(b"\x00", b" ").split()[: 2 * count : 2]
    if not all(number.isdigit() and len(number) <= _MOST_DIGITS for number in numbers):
        return False
    held = [int(number) for number in numbers]
    return len(held) == len(set(held)) and all(
        position < len(held) and held[position] == number for position, number in places
    )


def check_contents(contents: Iterable[tuple[int, Any]], size: int, reader: CountedReader, findings: Findings) -> Budget:
    """Unpack what draws the pages of a file of `size` bytes, each stream once: pairs of the page's number and a stream.

    Return what is left to read, and which streams were done.

    Raises:
        InvalidInput: `pdf_too_complex` beyond the bounds.

    """
    budget = Budget.of_file(MAX_UNPACKED, size)
    for page, stream in contents:
        try:
            with reader.uncounted():
                _unpack(stream, budget)
        except Spent:
            raise too_complex(f"El contenido de la página {page}") from None
        except Broken:
            findings.add(damaged(f"Página {page}: su contenido está dañado (objeto {stream.objgen[0]})"))
    return budget


def check_other_streams(
    streams: Iterable[Any], drawn: Budget, reader: CountedReader, findings: Findings, places: Places
) -> None:
    """Unpack fonts, images and the like until the bound is reached; what lies beyond goes unchecked."""
    budget = Budget.of_file(MAX_UNPACKED_REST, drawn.size)
    budget.packed, budget.done = drawn.packed, drawn.done
    for stream in streams:
        try:
            with reader.uncounted():
                _unpack(stream, budget)
        except Spent:
            if budget.packed < 0:
                findings.add(too_complex())
            if budget.unpacked < 0 or budget.packed < 0:
                return
        except Broken:
            kind = name_of(stream.get("/Subtype"))
            budget.packed -= len(kind) if len(kind) > _LONGEST_NAME else 0
            findings.add(damaged(f"{places.of(stream)}: {_is_damaged(kind)} (objeto {stream.objgen[0]})"))


def entry_bound(size: int) -> int:
    """Return how many entries the arrays and dictionaries of a file of `size` bytes may have."""
    return most(MAX_ENTRIES, MOST_ENTRIES, size, _FREE_ENTRIES)


def filters_of(stream: Any) -> list[str]:
    """Return what a stream is packed with, outermost first, by the long names."""
    given = stream.get("/Filter")
    names = [name_of(one) for one in ([given] if name_of(given) else _first(given))]
    if given is not None and not names and not isinstance(given, parser().Array):
        names = [""]  # neither a name nor a list: no reader knows it
    return [SHORT_NAMES.get(name, name) for name in names]


def _first(array: Any) -> list[Any]:
    """Return as many of an array as one packing can have, and one more; to begin with it copies none of it."""
    many = items(array)
    return [many[number] for number in range(min(len(many), MOST_TIMES + 1))]


def _understand(stream: Any, budget: Budget, reader: CountedReader) -> bytes | None:
    """Take from the budget what an object stream unpacks to, and its words; it may be deflated once, or plain.

    Return the data; None of what is no stream.
    """
    from pikepdf import Stream  # noqa: PLC0415

    if not isinstance(stream, Stream) or stream.objgen in budget.done:
        return None
    budget.done.add(stream.objgen)
    filters = filters_of(stream)
    if filters not in ([], ["/FlateDecode"]):
        raise Spent
    is_altered = "/DecodeParms" in stream or "/DP" in stream
    pieces = unpacked(_raw(stream, budget), filters, budget)
    if is_altered:
        reader.take(_ALL_WORDS[: len(piece)] for piece in pieces)
        return bytes(stream.read_bytes())
    kept: list[bytes] = []
    reader.take(_keeping(pieces, kept))
    return b"".join(kept)


def _keeping(pieces: Iterable[bytes], kept: list[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        kept.append(piece)
        yield piece


def _unpack(stream: Any, budget: Budget) -> None:
    from pikepdf import Stream  # noqa: PLC0415

    if not isinstance(stream, Stream) or stream.objgen in budget.done:
        return
    budget.done.add(stream.objgen)
    filters = filters_of(stream)
    if not filters:
        return
    budget.packed -= sum(len(name) for name in filters if len(name) > _LONGEST_NAME)
    for _ in unpacked(_raw(stream, budget), filters, budget, _early_change(stream)):
        pass


def _raw(stream: Any, budget: Budget) -> bytes:
    data = bytes(stream.read_raw_bytes())
    budget.packed -= len(data)
    if budget.packed < 0:
        raise Spent
    return data


def _early_change(stream: Any) -> int:
    """Return when LZW codes grow, having looked at how large the rows are that its data are parted in."""
    given = stream.get("/DecodeParms")
    many = [given] if is_dictionary(given) else _first(given)
    parameters = [one for one in many if is_dictionary(one)]
    for one in parameters:
        columns, colors, bits = (one.get(key, usual) for key, usual in _ROW)
        sizes = (columns, colors, bits)
        if not all(isinstance(size, int) and size > 0 for size in sizes) or columns * colors * bits > _MAX_ROW:
            raise Broken
    return 0 if any(one.get("/EarlyChange", 1) == 0 for one in parameters) else 1


def _is_damaged(kind: str) -> str:
    names = {"/Image": "una imagen está dañada", "/Form": "un dibujo está dañado"}
    return names.get(kind, "un dato, como una fuente, está dañado")
