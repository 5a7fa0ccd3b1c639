"""Files inside a PDF: only what the document declares to be part of it, and what cannot act.

An electronic invoice carries its data as XML (PDF/A-3, ISO 19005-3; Factur-X). Such a file passes when it is declared
in an /AF entry as data, source or alternative of the document, and is by name, type and bytes XML, CSV, JSON or plain
text.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import FileAttachment
from chalicelib.domain.upload.filename import check_filename, extension
from chalicelib.services.upload.inspect_text import inspect_csv, inspect_text
from chalicelib.services.upload.pdf.budget import filters_of
from chalicelib.services.upload.pdf.places import Places
from chalicelib.services.upload.pdf.reader import CountedReader
from chalicelib.services.upload.pdf.refusal import MAKE_ANEW, Findings, quoted
from chalicelib.services.upload.pdf.things import is_dictionary
from chalicelib.services.upload.pdf.unpacking import Broken, Budget, Spent, unpacked
from chalicelib.services.upload.pdf.work import Work

MAX_ATTACHMENT = 8 * 1024 * 1024
MAX_ATTACHMENTS = 50
_MOST_TOLD = 50
_RELATIONSHIPS = frozenset({"/Data", "/Source", "/Alternative"})
_TYPES: Mapping[str, frozenset[str]] = {
    "xml": frozenset({"text/xml", "application/xml", "text/plain"}),
    "csv": frozenset({"text/csv", "text/comma-separated-values", "application/csv", "text/plain"}),
    "json": frozenset({"application/json", "text/json", "text/plain"}),
    "txt": frozenset({"text/plain"}),
}
_MEDIA_TYPES = {"xml": "application/xml", "csv": "text/csv", "json": "application/json", "txt": "text/plain"}
_NAMES = ("/UF", "/F", "/Unix", "/DOS", "/Mac")
_UNSAID = frozenset({"", "application/octet-stream"})
_SEND_APART = "Quítelo, genere de nuevo el PDF (y fírmelo de nuevo si estaba firmado) y envíe ese archivo como anexo."
_ACTING_NAMESPACE = re.compile(r"http://www\.w3\.org/(?:1999/xhtml|2000/svg|1999/XSL|TR/WD-xsl)", re.IGNORECASE)
_ACTING_INSTRUCTIONS = frozenset({"xml-stylesheet", "mso-application"})
_MOST_MARKS = 1_000_000
"""Signs that begin an element or give an attribute, in all XML of a document: what parsing it costs."""
_TOO_LARGE = ", que es demasiado grande"
_ACTING = ", un XML que un navegador mostraría como página o ejecutaría"


class _Wrong(Exception):
    """The end of a sentence: what is wrong with a file."""


class _Passive:
    """Keeps nothing of what an XML says, and ends at what a browser would show as a page or run."""

    def close(self) -> None:
        """End."""

    def start_ns(self, _prefix: str, uri: str) -> None:
        """Look at a namespace, written in whatever way. Raises `_Wrong`."""
        if _ACTING_NAMESPACE.match((uri or "").strip()):
            raise _Wrong(_ACTING)

    def pi(self, target: str, _data: str) -> None:
        """Look at what an instruction is for. Raises `_Wrong`."""
        if target.lower() in _ACTING_INSTRUCTIONS:
            raise _Wrong(_ACTING)


class Attachments:
    """Looks at one dictionary after the other, and tells at the end which files the document carries."""

    def __init__(self, work: Work) -> None:
        """Begin with nothing seen."""
        self._work = work
        self._files: list[tuple[Any, Any]] = []
        self._streams: list[Any] = []
        self._pinned: list[Any] = []
        self._elsewhere: list[tuple[Any, Any]] = []
        self._declared: set[tuple[int, int]] = set()
        self._taken = 0
        self._marks = _MOST_MARKS
        self._sizes: dict[tuple[Any, str], int] = {}
        """Of the streams that were checked, each for what its name says it is."""

    def look(self, owner: Any, entries: Mapping[str, Any]) -> None:
        """Look at a dictionary of an indirect object; None is the trailer."""
        if "/AF" in entries:
            declared = entries["/AF"]
            many = [declared] if is_dictionary(declared) else self._work.items(declared)
            files = [one for one in many if is_dictionary(one)]
            self._declared |= {one.objgen for one in files if one.is_indirect}
            self._elsewhere += [(owner, one) for one in files if "/EF" not in one][:_MOST_TOLD]
        if "/EF" in entries and is_dictionary(entries["/EF"]):
            self._files.append((owner, entries))
        if "/Type" in entries and self._work.name(entries["/Type"]) == "/EmbeddedFile":
            self._streams.append(owner)
        if "/Subtype" in entries and self._work.name(entries["/Subtype"]) == "/FileAttachment":
            self._pinned.append(owner)

    def tell(self, findings: Findings, places: Places, reader: CountedReader) -> tuple[FileAttachment, ...]:
        """Tell which files may not be there; return those that may."""
        budget = Budget(4 * MAX_ATTACHMENT, 8 * MAX_ATTACHMENT)
        accepted: list[FileAttachment] = []
        named: set[tuple[int, int]] = set()
        for owner, entries in self._files:
            streams = [one for _, one in self._work.entries(entries["/EF"])]
            named |= {one.objgen for one in streams}
            name = self._name(entries)
            with reader.uncounted():
                try:
                    accepted.append(self._accept(owner, entries, streams, name, budget))
                except _Wrong as wrong:
                    problem = str(wrong)
                else:
                    continue
            findings.carries(places.of(owner), f"lleva adjunto el archivo {quoted(name)}{problem}", _SEND_APART)
        for owner, file in self._elsewhere[:_MOST_TOLD]:
            what = f"declara como parte suya el archivo {quoted(self._name(file))}, que no lleva dentro"
            findings.carries(places.of(owner), what, _SEND_APART)
        for owner in self._pinned:
            findings.carries(places.of(owner), "lleva un archivo adjunto en una nota", _SEND_APART)
        for stream in self._streams:
            if stream is None or stream.objgen not in named:
                number = "" if stream is None else f" {stream.objgen[0]}"
                findings.carries(f"Objeto{number}", "lleva un archivo incrustado que nada nombra", MAKE_ANEW)
        return tuple(accepted)

    def _name(self, entries: Any) -> str:
        named = [entries[key] for key in _NAMES if entries.get(key) is not None]
        return self._work.text(named[0]) if named else ""

    def _check_names(self, entries: Any, name: str) -> None:
        """Look whether all names that a file is given are one, since readers differ on which they take."""
        from pikepdf import String  # noqa: PLC0415

        for key in _NAMES:
            given = entries.get(key)
            if given is None:
                continue
            if not isinstance(given, String):
                raise _Wrong(", cuyo nombre no se puede leer")
            if self._work.text(given) != name and bytes(given).decode("utf-8", "replace") != name:
                raise _Wrong(f", que tiene además otro nombre, {quoted(self._work.text(given))}")

    def _accept(
        self, owner: Any, entries: Mapping[str, Any], streams: list[Any], name: str, budget: Budget
    ) -> FileAttachment:
        """Return the attachment as it is told. Raises `_Wrong`."""
        from pikepdf import Stream  # noqa: PLC0415

        self._taken += 1
        if self._taken > MAX_ATTACHMENTS:
            raise _Wrong(f", y son más de {MAX_ATTACHMENTS}")
        relationship = self._work.name(entries.get("/AFRelationship"))
        if owner is None or owner.objgen not in self._declared or relationship not in _RELATIONSHIPS:
            raise _Wrong(", que no está declarado como parte del documento (/AF: Data, Source o Alternative)")
        self._check_names(entries, name)
        ending = extension(name)
        if ending not in _TYPES:
            raise _Wrong(", de un tipo que no se admite dentro de un PDF: solo XML, CSV, JSON o TXT")
        if not _is_plain(name):
            raise _Wrong(", cuyo nombre no es válido")
        if not streams or len({one.objgen for one in streams}) != 1 or not isinstance(streams[0], Stream):
            raise _Wrong(", que no es un solo archivo")
        declared = self._work.name(streams[0].get("/Subtype")).removeprefix("/").partition(";")[0].strip().lower()
        if declared not in _TYPES[ending] | _UNSAID:
            raise _Wrong(f", declarado como {quoted(declared)}, que no corresponde a su nombre")
        key = streams[0].objgen, ending
        if key not in self._sizes:
            data = _data(streams[0], budget)
            if ending == "xml":
                self._marks -= data.count(b"<") + data.count(b"=")
                if self._marks < 0:
                    raise _Wrong(_TOO_LARGE)
            _CHECKS[ending](data)
            self._sizes[key] = len(data)
        media_type = declared if declared not in _UNSAID else _MEDIA_TYPES[ending]
        return FileAttachment(name, media_type, relationship.removeprefix("/"), self._sizes[key])


def _data(stream: Any, budget: Budget) -> bytes:
    if budget.packed < 0:
        raise _Wrong(_TOO_LARGE)
    try:
        packed = bytes(stream.read_raw_bytes())
        budget.packed -= len(packed)
        data = b"".join(unpacked(packed, filters_of(stream), budget))
    except Broken:
        raise _Wrong(", que está dañado") from None
    except Spent:
        raise _Wrong(_TOO_LARGE) from None
    if len(data) > MAX_ATTACHMENT:
        raise _Wrong(_TOO_LARGE)
    return data


def _is_plain(name: str) -> bool:
    try:
        check_filename(name)
    except InvalidInput:
        return False
    return True


def _check_xml(data: bytes) -> None:
    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # noqa: PLC0415
    from defusedxml.ElementTree import DefusedXMLParser, ParseError  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        reader = DefusedXMLParser(target=_Passive(), forbid_dtd=True)
        reader.feed(data)
        reader.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise _Wrong(", que no es XML") from None


def _check_json(data: bytes) -> None:
    try:
        text = data.decode("utf-8-sig")
        if text.count("[") + text.count("{") > MAX_ATTACHMENT // 16:
            raise _Wrong(_TOO_LARGE)
        json.loads(text)
    except (ValueError, RecursionError):
        raise _Wrong(", que no es JSON") from None


def _check_text(data: bytes) -> None:
    try:
        inspect_text(io.BytesIO(data))
    except InvalidInput as refusal:
        raise _Wrong(f", que no es texto legible ({refusal.code})") from None


def _check_csv(data: bytes) -> None:
    try:
        inspect_csv(io.BytesIO(data))
    except InvalidInput as refusal:
        what = "con fórmulas que salen del archivo" if refusal.code == "text_formulas" else "que no es texto legible"
        raise _Wrong(f", {what} ({refusal.code})") from None


_CHECKS: Mapping[str, Callable[[bytes], None]] = {
    "xml": _check_xml,
    "json": _check_json,
    "csv": _check_csv,
    "txt": _check_text,
}
