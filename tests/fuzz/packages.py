"""Damage to the members of a spreadsheet's package: the XML in them, their names, their number, their headers."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib

from tests.fuzz.bytewise import BYTEWISE, Mutate, replaced
from tests.fuzz.chance import Chance

Member = tuple[str, bytes]
_ATTRIBUTE = re.compile(rb'"[^"<>]{0,400}"')
_ELEMENT = re.compile(rb"<[A-Za-z][^<>]{0,2000}/>|<([A-Za-z:]{1,60})[^<>]{0,400}>[^<]{0,400}</\1>")
_TAG = re.compile(rb"</?[A-Za-z][^<>]{0,2000}>")
_VALUES = (
    b"\"cmd|' /C calc'!A0\"",
    b'"https://example.com/"',
    b'"External"',
    b'"//host/share"',
    b'"&#0;"',
    b'"&#55296;"',
    b'"&lol;"',
    b'"' + b"A" * 100_000 + b'"',
    b'""',
)
_TEXTS = (b"<f>WEBSERVICE(&quot;http://a&quot;)</f>", b"<![CDATA[]]>", b"<?xml-stylesheet?>", b"&#x0;", b"\xff\xfe")
_DTD = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY lol "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "latin-1", "utf-7")
_DEEP = 20_000
_WIDE = 200_000
_LONGEST = 20_000_000


def package_xml(content: bytes, chance: Chance) -> bytes:
    """Change the XML of one member, which is packed as the others."""
    members = _members(content)
    texts = [at for at, (name, _) in enumerate(members) if name.endswith((".xml", ".rels"))]
    if not texts:
        return content
    at = chance.choice(texts)
    name, data = members[at]
    change = chance.choice((*_TEXT_CHANGES, chance.choice(BYTEWISE)))
    members[at] = name, change(data, chance)
    return _write(members, chance)


def package_members(content: bytes, chance: Chance) -> bytes:
    """Rename, drop, double, swap or replace members."""
    members = _members(content)
    if not members:
        return content
    at, other = chance.randrange(len(members)), chance.randrange(len(members))
    name, data = members[at]
    what = chance.choice(("rename", "drop", "double", "swap", "move", "bomb", "many", "nested"))
    if what == "rename":
        odd = ("../a", "/a", "a\\b", "a" * 60_000, "", "xl/vbaProject.bin", name.upper(), name + "/", "ñ\x00\n.xml")
        members[at] = chance.choice((*odd, members[other][0])), data
    elif what == "drop":
        del members[at]
    elif what == "double":
        members.insert(other, members[at])
    elif what == "swap":
        members[at] = name, members[other][1]
    elif what == "move":
        members.insert(other, members.pop(at))
    elif what == "bomb":
        members[at] = name, data[:200] + b" " * chance.choice((10**6, 5 * 10**7)) + data[200:]
    elif what == "many":
        members += [(f"xl/a{number}.xml", b"<a/>") for number in range(chance.choice((100, 3000)))]
    else:
        members.append(("xl/embeddings/a.xlsx", content))
    return _write(members, chance)


def _other_attribute(data: bytes, chance: Chance) -> bytes:
    return replaced(data, _ATTRIBUTE, lambda _: chance.choice((*_VALUES, b'"%b"' % chance.number())), chance)


def _repeated_element(data: bytes, chance: Chance) -> bytes:
    times = chance.choice((2, 3, 5000))
    return replaced(data, _ELEMENT, lambda found: found[0] * times, chance)[:_LONGEST]


def _more_text(data: bytes, chance: Chance) -> bytes:
    return replaced(data, _TAG, lambda found: found[0] + chance.choice(_TEXTS), chance)


def _no_tag(data: bytes, chance: Chance) -> bytes:
    return replaced(data, _TAG, lambda _: b"", chance)


def _entities(data: bytes, _: Chance) -> bytes:
    head, mark, rest = data.partition(b"?>")
    return head + mark + _DTD + rest


def _other_encoding(data: bytes, chance: Chance) -> bytes:
    return data.decode("utf-8", "replace").encode(chance.choice(_ENCODINGS), "replace")


def _much_more(data: bytes, chance: Chance) -> bytes:
    filler = chance.choice((b"<a>" * _DEEP + b"</a>" * _DEEP, b"<a b='c'/>" * _WIDE, b"x" * 5_000_000))
    return replaced(data, _TAG, lambda found: found[0] + filler, chance)


_TEXT_CHANGES: tuple[Mutate, ...] = (
    _other_attribute,
    _repeated_element,
    _more_text,
    _no_tag,
    _entities,
    _other_encoding,
    _much_more,
)


def _members(content: bytes) -> list[Member]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return [(one.filename, package.read(one)) for one in package.infolist()]
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return []


def _write(members: list[Member], chance: Chance) -> bytes:
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        warnings.simplefilter("ignore", UserWarning)  # a name twice is one of the mutations
        for name, data in members:
            entry = zipfile.ZipInfo(name)
            kept = (zipfile.ZIP_STORED,) if name == "mimetype" else (zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED)
            package.writestr(entry, data, chance.choice((*kept, zipfile.ZIP_STORED)))
    return target.getvalue()


PACKAGES: tuple[Mutate, ...] = (package_xml, package_xml, package_members)
