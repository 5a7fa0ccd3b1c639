"""Damage to the objects of a PDF. A changed object is added to the file, as a signature is, so that all places hold.

Other mutations change the file where it stands; most of these end at the table of objects, which then lies elsewhere.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from tests.fuzz.bytewise import BYTEWISE, Mutate, renumber, replaced
from tests.fuzz.chance import Chance

_OBJECT = re.compile(rb"(?<!\d)(\d{1,8}) (\d{1,5}) obj\b(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"(.*?)stream(\r?\n)(.*)endstream", re.DOTALL)
_DICTIONARY = re.compile(rb"<<[^<>]*>>")
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,8}) (\d{1,5}) R\b")
_NAME = re.compile(rb"/[A-Za-z0-9#]{1,30}")
_STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]+>")
_LENGTH = re.compile(rb"/Length\s+\d+(?:\s+\d+\s+R\b)?")
_NUMERIC = (
    b"/Length /Prev /XRefStm /W /Index /Size /N /First /Count /Columns /Predictor /Colors /BitsPerComponent /Width "
    b"/Height /EarlyChange /V /R /P /Length1 /Extends"
).split()
_HOLDING = (
    b"/Kids /Parent /Pages /Root /Contents /Resources /Annots /Filter /DecodeParms /ByteRange /Names /Nums /EF /AF /F "
    b"/UF /A /AA /Next /OpenAction /JS /URI /D /Fields /T /V /XObject /Font /Encrypt /ID /Subtype /Type /S /MediaBox"
).split()
_FILTERS = b"/FlateDecode /Fl /LZWDecode /RunLengthDecode /ASCIIHexDecode /ASCII85Decode /DCTDecode /JPXDecode".split()
_FILTERS += b"/CCITTFaxDecode /JBIG2Decode /Crypt /Unknown".split()
_NAMES = b"/Page /Pages /Catalog /XRef /ObjStm /JavaScript /Launch /URI /GoTo /GoToR /Named /Sig /EmbeddedFile".split()
_NAMES += b"/Filespec /Widget /Link /Screen /Image /Form /FileAttachment /DocTimeStamp /Standard /Thread".split()
_KEY = {
    key: re.compile(re.escape(key) + rb"(?![A-Za-z0-9])\s*(\[[^\]]*\]|\d+ \d+ R|<<[^<>]*>>|[^\s/<>\[\]()]+)?")
    for key in {*_NUMERIC, *_HOLDING}
}
_LAST_START = re.compile(rb"startxref\s+(\d{1,10})")
_TRAILER_ENTRY = re.compile(rb"/(?:Root|Info|Encrypt) \d+ \d+ R|/ID\s*\[[^\]]*\]")
_MOST_ADDED = 4


def add_changed_objects(content: bytes, chance: Chance) -> bytes:
    """Change some objects and add them to the file with a table that lists them."""
    objects = list(_OBJECT.finditer(content))
    if not objects:
        return content
    chosen = [chance.choice(objects) for _ in range(chance.randint(1, _MOST_ADDED))]
    numbers = [int(one[1]) for one in objects]
    bodies = [(int(one[1]), int(one[2]), changed(one[3], int(one[1]), numbers, chance)) for one in chosen]
    return with_objects(content, bodies)


def with_objects(content: bytes, bodies: Sequence[tuple[int, int, bytes]]) -> bytes:
    """Return the file with objects added after its end: numbers, generations and what stands behind `obj`."""
    last = [int(found[1]) for found in _LAST_START.finditer(content)]
    known = dict.fromkeys(_TRAILER_ENTRY.findall(content))
    latest = {one.split(maxsplit=1)[0].partition(b"[")[0]: one for one in known}
    file, places = bytearray(content.rstrip() + b"\n"), {}
    for number, generation, body in bodies:
        places[number] = (len(file), generation)
        file += b"%d %d obj%bendobj\n" % (number, generation, body)
    start = len(file)
    file += b"xref\n" + b"".join(
        b"%d 1\n%010d %05d n \n" % (number, place, min(generation, 99999))
        for number, (place, generation) in sorted(places.items())
    )
    size = max([*places, *(int(found[1]) for found in _OBJECT.finditer(content))], default=0) + 1
    previous = b"/Prev %d" % last[-1] if last else b""
    file += b"trailer\n<< /Size %d %b %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        previous,
        b" ".join(latest.values()),
        start,
    )
    return bytes(file)


def changed(body: bytes, number: int, others: Sequence[int], chance: Chance) -> bytes:
    """Return an object with a word of it changed, or the data of its stream."""
    stream = _STREAM.match(body)
    if stream and chance.random() < 0.5:
        return _with_other_data(stream, others, chance)
    head, rest = (stream[1], body[stream.end(1) :]) if stream else (body, b"")
    for _ in range(chance.randint(1, 3)):
        head = _with_other_word(head, number, others, chance)
    return head + rest


def change_in_place(content: bytes, chance: Chance) -> bytes:
    """Change a word of the file where it stands."""
    numbers = [int(one) for one, _ in _REFERENCE.findall(content)] or [1]
    return _with_other_word(content, chance.choice(numbers), numbers, chance)


def pad_changed_word(content: bytes, chance: Chance) -> bytes:
    """Change a number where it stands to another one of as many digits, so that no place moves."""
    return replaced(
        content,
        re.compile(rb"(?<=[\s\[/])\d{1,10}(?=[\s\]/>])"),
        lambda found: (b"%d" % chance.randrange(10 ** len(found[0]))).rjust(len(found[0]), b"0"),
        chance,
    )


def crowd(content: bytes, chance: Chance) -> bytes:
    """Add many objects that refer to one large thing: what is looked at once for each of them never ends."""
    objects = [one for one in _OBJECT.finditer(content) if b"stream" not in one[3] and b"<<" in one[3]]
    if not objects:
        return content
    key, copies = chance.choice(_HOLDING), chance.choice((500, 4000, 12_000))
    first = max(int(one[1]) for one in objects) + 2
    shared = _large(first, copies, chance)
    body = chance.choice(objects)[3]
    end = body.rfind(b">>")
    entry = _KEY[key].sub(b"", body[:end]) + b" %b %d 0 R >> " % (key, first - 1)
    added = [(first + number, 0, entry) for number in range(copies)]
    return with_objects(content, [(first - 1, 0, shared), *added])


def _large(first: int, copies: int, chance: Chance) -> bytes:
    words = chance.choice((b"%d 0 R " % first, b"(a) ", b"/Fl ", b"<</S/URI>> ", b"0 "))
    data = zlib.compress(chance.choice((b"a", b" ", b"\x00")) * 2_500_000, 9)
    return chance.choice(
        (
            b"[ " + b"".join(b"%d 0 R " % (first + number) for number in range(copies)) + b"] ",
            b"[ " + words * chance.choice((1000, 60_000)) + b"] ",
            b"(" + chance.choice((b"a", b"\\000", b"http://a ")) * 150_000 + b") ",
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream " % (len(data), data),
            b"<< /S /JavaScript /Next %d 0 R /Kids [ %b ] /F (a.xml) >> " % (first, words * 20_000),
        )
    )


def repack_streams(content: bytes, chance: Chance) -> bytes:
    """Change what is in one deflated stream where it stands; where it fits, no place moves."""
    streams = [one for one in re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL) if _inflated(one[1])]
    if not streams:
        return content
    one = chance.choice(streams)
    data = _inflated(one[1])
    packed = zlib.compress(_other_data(data, [1, 2, 3, 4], chance), 9)
    packed = packed.ljust(len(one[1]), b"\n") if len(packed) <= len(one[1]) else packed
    return content[: one.start(1)] + packed + content[one.end(1) :]


def double_dictionary(content: bytes, chance: Chance) -> bytes:
    """Write the entries of a dictionary twice, or one dictionary inside itself."""
    return replaced(
        content,
        _DICTIONARY,
        lambda found: chance.choice((found[0][:-2] + found[0][2:], b"<</A " + found[0] * 2 + b">>", found[0] * 300)),
        chance,
    )


def _with_other_word(text: bytes, number: int, others: Sequence[int], chance: Chance) -> bytes:
    simple = (double_dictionary, renumber, chance.choice(BYTEWISE))
    key, kind = chance.choice(_HOLDING if chance.random() < 0.7 else _NUMERIC), chance.randrange(9)
    if kind < len(simple):
        return simple[kind](text, chance)
    if kind == 3:
        return replaced(text, _REFERENCE, lambda _: _reference(number, others, chance), chance)
    if kind == 4:
        return replaced(text, _NAME, lambda found: _name(found[0], text, chance), chance)
    if kind == 5:
        return replaced(text, _STRING, lambda _: _string(chance), chance)
    return _with_other_value(text, key, number, others, chance)


def _with_other_value(text: bytes, key: bytes, number: int, others: Sequence[int], chance: Chance) -> bytes:
    """Give a key another value; where it is not there, add it to a dictionary."""
    value = _value(key, number, others, chance)
    if _KEY[key].search(text):
        return replaced(text, _KEY[key], lambda _: key + b" " + value, chance)
    return replaced(text, re.compile(b">>"), lambda _: b" %b %b >>" % (key, value), chance)


def _value(key: bytes, number: int, others: Sequence[int], chance: Chance) -> bytes:
    if key in _NUMERIC and chance.random() < 0.5:
        return chance.number()
    if key == b"/Filter" and chance.random() < 0.8:
        many = b" ".join(chance.choice(_FILTERS) for _ in range(chance.choice((1, 1, 2, 4, 5, 900))))
        return b"[" + many + b"]"
    simple = (b"null", b"true", b"[]", b"<<>>", chance.number(), chance.choice(_NAMES), _string(chance))
    return chance.choice(
        (
            *simple,
            _reference(number, others, chance),
            _reference(number, others, chance),
            b"[" + b" ".join(chance.choice((*simple, _reference(number, others, chance))) for _ in range(6)) + b"]",
            b"[" * chance.choice((3, 70, 700)) + b"]" * chance.choice((3, 70, 700)),
            b"[ %b %b %b %b ]" % tuple(chance.number() for _ in range(4)),
            b"<< %b %b %b >>" % (chance.choice(_HOLDING), _reference(number, others, chance), chance.choice(_NAMES)),
        )
    )


def _reference(number: int, others: Sequence[int], chance: Chance) -> bytes:
    generation = chance.choice((0, 0, 0, 0, 0, 1, 65535, 99999))
    return b"%d %d R" % (chance.choice((number, chance.choice(others), chance.choice(others), 0, 999_999)), generation)


def _name(name: bytes, text: bytes, chance: Chance) -> bytes:
    there = _NAME.findall(text) or [name]
    odd = (b"/", b"/#00", b"/#zz", b"/#50rev", b"/" + b"A" * 70_000, b"/\xff\xfe\x80", name + b"#20")
    return chance.choice((chance.choice(there), chance.choice(_NAMES), chance.choice(_FILTERS), chance.choice(odd)))


def _string(chance: Chance) -> bytes:
    odd = b"() (\\ (() <> <0> <zz> (\xfe\xff\xd8\x00) (\xfe\xff\xd8\x00\xdc) (\xef\xbb\xbf\xed\xa0\x80)".split()
    long = chance.choice((300, 3000, 90_000))
    return chance.choice(
        (
            *odd,
            b"(%b)" % (b"a" * long),
            b"(" * long,
            b"(http://a\x00\n\x1b)",
            b"(javascript:a)",
            b"(\x9d\xfe\xff\x00\x80)",
            b"<%b>" % (b"feff202e" * chance.choice((1, long))),
        )
    )


def _with_other_data(stream: re.Match[bytes], others: Sequence[int], chance: Chance) -> bytes:
    data = _inflated(stream[3])
    other = _other_data(data or stream[3], others, chance)
    packed = zlib.compress(other) if data else other
    packed = packed[: -chance.randint(1, 9)] if chance.random() < 0.1 else packed
    length = len(packed) if chance.random() < 0.8 else chance.other_than(len(packed))
    head = _LENGTH.sub(b"/Length %d" % length, stream[1])
    return head + b"stream" + stream[2] + packed + b"\nendstream\n"


def _other_data(data: bytes, others: Sequence[int], chance: Chance) -> bytes:
    if chance.random() < 0.5:
        return _with_other_word(data, chance.choice(others), others, chance)
    return chance.choice(BYTEWISE)(data, chance)


def _inflated(packed: bytes) -> bytes:
    """Return what was deflated; empty where it was not."""
    try:
        return zlib.decompressobj().decompress(packed, 8 * 1024 * 1024)
    except zlib.error:
        return b""


PDFS: tuple[Mutate, ...] = (
    *(add_changed_objects,) * 10,
    *(repack_streams,) * 3,
    *(pad_changed_word,) * 3,
    change_in_place,
    double_dictionary,
    crowd,
)
