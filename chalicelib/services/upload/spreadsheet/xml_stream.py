"""XML of strangers, read as a stream: nothing outside is fetched, nothing is expanded, everything is counted.

Tags and attributes are told by their local names, whatever prefix they wear: who renames a prefix hides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar
from xml.parsers import expat

Attributes = dict[str, str]
OnTag = Callable[[str, Attributes, Attributes], None]
"""Called with the local name, the attributes by local name, and those of the tag that started before as they stand."""
OnAttribute = Callable[[str, str, str], None]
"""Called with the tag's local name, the attribute's, and the value."""
OnText = Callable[[str, Attributes], None]
"""Called with what stands in a tag, once it is closed, and the attributes of the tag before it as they stand."""

_T = TypeVar("_T")
PIECE = 256 * 1024
MAX_TOKEN = 1024 * 1024
"""Of one tag with its attributes, one comment, one instruction: what the parser must have whole."""
MAX_DEPTH = 256
MAX_NAMES = 20_000
"""Different names of tags and attributes in one part; each stays in memory."""
_WATCHED = 3
MAX_TEXT = 64 * 1024
"""Of one text that is judged, in characters. Excel ends formulas at 8,192."""
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "ascii"}
"""What Excel and LibreOffice read in the packages; ASCII is UTF-8."""


class Source(Protocol):
    """What a part is read from."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`; none at the end."""


class NotXml(Exception):
    """The part is no XML, or it has a document type, which parts with data never have."""


class TooMuchXml(Exception):
    """The part has more tags, depth, names or longer texts than programs write."""


@dataclass(slots=True)
class Budget:
    """How much work all parts of a package may still take: one for a tag, and for four attributes of one.

    What is watched takes three more. One is the third part of a microsecond.
    """

    work: int


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at in a part, each by its local name. What isn't named costs next to nothing."""

    tags: Mapping[str, OnTag] = field(default_factory=dict)
    attributes: Mapping[str, OnAttribute] = field(default_factory=dict)
    texts: Mapping[str, OnText] = field(default_factory=dict)
    may_name_doctype: bool = False
    """Whether the part may name a document type, as old OpenOffice does in lists; one that declares anything never."""


class _Watched(dict[str, _T | None], Generic[_T]):
    """Finds by the name as it is written what is watched by the local name, and remembers it."""

    def __init__(self, watched: Mapping[str, _T]) -> None:
        super().__init__()
        self._watched = watched

    def __missing__(self, name: str) -> _T | None:
        prefix, _, local = name.rpartition(":")
        found = self[name] = None if prefix == "xmlns" else self._watched.get(local)
        return found


def walk(source: Source, watch: Watch, budget: Budget) -> None:
    """Read a part to its end, and call what watches it.

    Raises:
        NotXml, TooMuchXml: see there. What the source raises while it unpacks is not caught.

    """
    parser, spend = _parser(watch, budget)
    fed = 0
    try:
        while piece := source.read(PIECE):
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > MAX_TOKEN or len(parser.intern) > MAX_NAMES:
                raise TooMuchXml
        parser.Parse(b"", True)
    except (expat.ExpatError, UnicodeError, LookupError) as error:
        raise NotXml from error
    finally:
        spend()


def _parser(watch: Watch, budget: Budget) -> tuple[expat.XMLParserType, Callable[[], None]]:
    """Make a parser, and what takes its tags from the budget in the end.

    What runs for every tag stands in closures, which is twice as fast as an object.
    """
    parser = expat.ParserCreate(intern={})
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_declarations if watch.may_name_doctype else _refuse
    parser.SkippedEntityHandler = _refuse
    parser.XmlDeclHandler = _check_declaration
    on_tag, on_text = _Watched(watch.tags), _Watched(watch.texts)
    judge_attributes = _judge_of_attributes(watch.attributes) if watch.attributes else None
    left, depth = budget.work, 0
    before: Attributes = {}
    text = _Text()

    def start(name: str, attributes: Attributes) -> None:
        nonlocal left, depth, before
        left -= 1 + (len(attributes) >> 2)
        depth += 1
        if left < 0 or depth > MAX_DEPTH:
            raise TooMuchXml
        judge_tag = on_tag[name]
        if judge_tag is not None:
            left -= _WATCHED
            judge_tag(_local(name), _by_local_name(attributes), before)
        if judge_attributes is not None:
            left -= _WATCHED * judge_attributes(name, attributes)
        if on_text[name] is not None and not text.depth:
            text.begin(depth, before)
            parser.CharacterDataHandler = text.add
        before = attributes

    def end(name: str) -> None:
        nonlocal depth
        if depth == text.depth:
            parser.CharacterDataHandler = None
            judge = on_text[name]
            if judge is not None:
                judge(text.end(), text.before)
        depth -= 1

    def spend() -> None:
        budget.work = left

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    return parser, spend


def _judge_of_attributes(watched: Mapping[str, OnAttribute]) -> Callable[[str, Attributes], int]:
    """Return what judges the attributes of a tag, and says of how many there was something to judge."""
    on_attribute = _Watched(watched)

    def judge(name: str, attributes: Attributes) -> int:
        judged = 0
        for each in attributes:
            judge_one = on_attribute[each]
            if judge_one is not None:
                judged += 1
                judge_one(_local(name), _local(each), attributes[each])
        return judged

    return judge


class _Text:
    """The text of a tag, which grows until the tag is closed; `depth` is the tag's, 0 while there is none."""

    def __init__(self) -> None:
        self.depth = 0
        self.before: Attributes = {}
        self._pieces: list[str] = []
        self._size = 0

    def begin(self, depth: int, before: Attributes) -> None:
        self.depth, self.before, self._pieces, self._size = depth, before, [], 0

    def add(self, piece: str) -> None:
        self._size += len(piece)
        if self._size > MAX_TEXT:
            raise TooMuchXml
        self._pieces.append(piece)

    def end(self) -> str:
        self.depth = 0
        return "".join(self._pieces)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _by_local_name(attributes: Attributes) -> Attributes:
    """Name attributes by their local names; where two share one, that without a prefix counts."""
    found: Attributes = {}
    for name, value in attributes.items():
        prefix, _, local = name.rpartition(":")
        if prefix != "xmlns" and (not prefix or local not in found):
            found[local] = value
    return found


def _refuse(*_: object) -> None:
    raise NotXml


def _refuse_declarations(_: str, __: str | None, ___: str | None, has_declarations: int) -> None:
    if has_declarations:
        raise NotXml


def _check_declaration(_: str, encoding: str | None, __: int) -> None:
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise NotXml
