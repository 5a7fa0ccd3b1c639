"""What a workbook's package says of itself: the content type of each part, and the relations between parts."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from chalicelib.services.upload.spreadsheet.links import leads_to_web, stays_inside
from chalicelib.services.upload.spreadsheet.xlsx_kinds import BASES
from chalicelib.services.upload.spreadsheet.xml_stream import Attributes, TooMuchXml, Watch

_ADDRESS = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.\-]*:|//|\\\\)")
"""What no name of a part begins with, whatever the relation's mode says."""
CONTENT_TYPES = "[content_types].xml"
MAX_RELATIONS = 100_000
"""That are remembered: those between parts, and links that lead to nothing good."""
_MOST_LEVELS = 4
"""From a sheet to its drawing, its chart, the chart's own drawing."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One part's relation to another, or to something outside."""

    id: str
    type: str
    target: str
    outside: bool

    @property
    def word(self) -> str:
        """The last word of its type, in small letters."""
        return self.type.rstrip("/").rpartition("/")[2].lower()


@dataclass(slots=True)
class Contents:
    """Types and relations by the parts' names in small letters, without a slash before them."""

    parts: dict[str, str]
    """Of each part that is there, its name as it is written."""
    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    relations: dict[str, dict[str, Relation]] = field(default_factory=dict)
    incoming: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Of each part: the parts with a relation to it, and that relation's word."""
    sheets: dict[str, str] = field(default_factory=dict)
    """Names of sheets by part."""
    remembered: int = 0
    contradicts_itself: bool = False
    """Whether it gives one part two types, of which each program takes another."""

    def type_of(self, part: str) -> str | None:
        """Return the content type in small letters; None for a part without one."""
        found = self.overrides.get(part) or self.defaults.get(part.rpartition(".")[2])
        return found.partition(";")[0].strip().lower() if found else None

    def part_of(self, source: str, relation: Relation) -> str:
        """Return the part that a relation inside the package leads to, whether it is there or not."""
        return target_of(source, relation.target)

    def sheet_of(self, part: str) -> str | None:
        """Return the name of the sheet that a part is, or that it belongs to."""
        for _ in range(_MOST_LEVELS):
            if part in self.sheets:
                return self.sheets[part]
            sources = self.incoming.get(part)
            if not sources:
                return None
            part = sources[0][0]
        return None


def watch_types(contents: Contents) -> Watch:
    """Read [Content_Types].xml."""

    def note(types: dict[str, str], name: str, content_type: str) -> None:
        contents.contradicts_itself |= types.setdefault(name, content_type).lower() != content_type.lower()

    def default(_: str, attributes: Attributes, __: Attributes) -> None:
        note(contents.defaults, attributes.get("Extension", "").lower(), attributes.get("ContentType", ""))

    def override(_: str, attributes: Attributes, __: Attributes) -> None:
        note(contents.overrides, attributes.get("PartName", "").lstrip("/").lower(), attributes.get("ContentType", ""))

    return Watch(tags={"Default": default, "Override": override})


def source_of(part: str) -> str:
    """Return the part whose relations stand in `part`; the package itself is the empty name."""
    folder, _, name = part.rpartition("/")
    return posixpath.join(folder.removesuffix("_rels").rstrip("/"), name.removesuffix(".rels"))


def watch_relations(contents: Contents, source: str) -> Watch:
    """Read the relations of `source`. Links to the web are as good as read, and aren't remembered."""
    found = contents.relations.setdefault(source, {})

    def relation(_: str, attributes: Attributes, __: Attributes) -> None:
        target = attributes.get("Target", "")
        outside = attributes.get("TargetMode", "").strip().lower() == "external" or bool(_ADDRESS.match(target))
        one = Relation(attributes.get("Id", ""), attributes.get("Type", ""), target, outside)
        if outside and is_good_link(one):
            return
        contents.remembered += 1
        if contents.remembered > MAX_RELATIONS:
            raise TooMuchXml
        found[one.id if one.id not in found else f"{one.id}#{len(found)}"] = one
        if not outside:
            contents.incoming.setdefault(target_of(source, one.target), []).append((source, one.word))

    return Watch(tags={"Relationship": relation})


def is_good_link(relation: Relation) -> bool:
    """Whether a relation to something outside is a link to the web, or to a place in the workbook."""
    is_link = relation.word == "hyperlink" and relation.type.lower().startswith(BASES)
    return is_link and (leads_to_web(relation.target) or stays_inside(relation.target))


def target_of(source: str, target: str) -> str:
    """Return the name of the part that a relation inside the package leads to."""
    path = unquote(target.partition("#")[0]).replace("\\", "/").lower()
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), path)).lstrip("/")
