"""What a PDF does by itself, or leads to: only what is known to be harmless passes (ISO 32000-2, 12.6).

A link may lead to the web, to an e-mail address, to a telephone, or to another place of the document; at opening, only
to the last. A script of a form field may format what is typed. Everything else is refused, with where it is and what it
would do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chalicelib.services.upload.pdf.budget import filters_of
from chalicelib.services.upload.pdf.places import Places
from chalicelib.services.upload.pdf.refusal import Findings, quoted
from chalicelib.services.upload.pdf.scripts import only_formats
from chalicelib.services.upload.pdf.things import is_dictionary, parser
from chalicelib.services.upload.pdf.unpacking import Broken, Budget, Spent, unpacked
from chalicelib.services.upload.pdf.work import Work

_SCHEMES = re.compile(r" {0,9}(?:https?://|mailto:|tel:)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_MOVES = frozenset({"/GoTo", "/GoToDp"})
_HARMLESS = _MOVES | {"/URI", "/Named", "/Thread", "/ResetForm", "/Trans", "/JavaScript"}
"""Of these, /URI, /Named, /Thread and /JavaScript are looked at themselves."""
_PAGE_MOVES = frozenset(
    {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage", "/GoBack", "/GoForward", "/GoToPage", "/Find"}
)
_DOES: Mapping[str, str] = {
    "/Launch": "inicia un programa o abre un archivo",
    "/SubmitForm": "un botón que envía datos",
    "/ImportData": "toma datos de otro archivo",
    "/GoToR": "un enlace a otro archivo",
    "/GoToE": "un enlace a un archivo incrustado",
    "/Rendition": "reproduce audio o video",
    "/RichMediaExecute": "contenido multimedia que se ejecuta",
    "/Movie": "reproduce un video",
    "/Sound": "reproduce un sonido",
    "/GoTo3DView": "mueve un modelo en 3D",
    "/Hide": "muestra u oculta partes de la página",
    "/SetOCGState": "muestra u oculta capas de la página",
}
_SHOWS: Mapping[str, str] = {
    "/RichMedia": "contenido multimedia",
    "/3D": "un modelo en 3D",
    "/Movie": "un video",
    "/Sound": "un sonido",
    "/Screen": "una pantalla de audio o video",
    "/PS": "código PostScript, que solo algunas impresoras ejecutan",
}
_DOING = frozenset({"/S", "/JS", "/URI"})
_LEADING = frozenset({"/A", "/PA", "/Next", "/AA", "/OpenAction", "/JavaScript"})
_ELSEWHERE = frozenset({"/F", "/Ref", "/FS", "/XFA", "/OPI"})
_HOLDING = frozenset({"/Subtype", "/Rect", "/Title"})
"""What an annotation or a bookmark has."""
_UNREADABLE = "una acción que no se puede leer"
_CLICKS = frozenset({"/D", "/U"})
_TYPING = frozenset({"/K", "/F", "/V"})
_WHEN: Mapping[str, str] = {
    "/O": "al abrirla",
    "/C": "al cerrarla o al calcular",
    "/PO": "al abrir la página",
    "/PC": "al cerrar la página",
    "/PV": "al mostrarse la página",
    "/PI": "al ocultarse la página",
    "/WC": "al cerrar el documento",
    "/WS": "al guardar el documento",
    "/DS": "después de guardar el documento",
    "/WP": "al imprimir el documento",
    "/DP": "después de imprimir el documento",
    "/K": "al escribir",
    "/F": "al dar formato",
    "/V": "al validar",
}
_TRIGGERS = frozenset(_WHEN) | _CLICKS | {"/E", "/X", "/Fo", "/Bl"}
_LONGEST_CHAIN = 64
_MOST_SEEN = 500
"""So many are told apart from each other; one would be enough to refuse."""
_LONGEST_SCRIPT = 64 * 1024
_LONGEST_SHOWN = 1000
_MOST_UNPACKED = 16 * 1024 * 1024
_BYTES_A_STEP = 64


class Acts:
    """Looks at one dictionary after the other, and tells at the end what acts."""

    def __init__(self, work: Work) -> None:
        """Begin with nothing seen."""
        self._work = work
        self._seen: list[tuple[Any, tuple[int, int] | None, str, str]] = []
        """Whose it is, the action's own number, when it acts, what it does."""
        self._web_files: list[tuple[Any, str]] = []
        self._lists_of_scripts: list[Any] = []

    def look(self, owner: Any, entries: Mapping[str, Any], *, is_stream: bool) -> None:
        """Look at a dictionary of an indirect object; None is the trailer.

        Raises:
            InvalidInput: `pdf_too_complex` where many refer to something large.

        """
        if "/Subtype" in entries:
            subtype = self._work.name(entries["/Subtype"])
            if subtype in _SHOWS:
                self._add(owner, _SHOWS[subtype])
        if not _DOING.isdisjoint(entries):
            self._look_at_action(owner, entries)
        if not _LEADING.isdisjoint(entries):
            self._look_at_places(owner, entries)
        if not _ELSEWHERE.isdisjoint(entries):
            self._look_elsewhere(owner, entries, is_stream=is_stream)

    def _look_elsewhere(self, owner: Any, entries: Mapping[str, Any], *, is_stream: bool) -> None:
        if entries.get("/XFA") is not None and _is_filled(entries["/XFA"]):
            self._add(owner, "tiene partes dinámicas XFA (LiveCycle), que la mayoría de lectores no muestra")
        if is_stream and "/F" in entries:
            self._add(owner, f"datos que están en otro archivo, {_target(self._work, entries['/F'])}")
        if is_dictionary(entries.get("/Ref")) and "/F" in entries["/Ref"]:
            self._add(owner, f"un dibujo que está en otro archivo, {_target(self._work, entries['/Ref']['/F'])}")
        if "/OPI" in entries:
            self._add(owner, "una imagen que se toma de otro archivo al imprimir (OPI)")
        if self._work.name(entries.get("/FS")) == "/URL":
            self._web_files = [*self._web_files[:_MOST_SEEN], (owner, _target(self._work, entries.get("/F")))]

    def tell(self, findings: Findings, places: Places) -> None:
        """Tell all that was seen; what acts at an opening is not told again as such."""
        for owner, address in self._web_files:
            if not any(_number(other) == _number(owner) and address in what for other, _, _, what in self._seen):
                self._add(owner, f"un archivo que está en la web, {address}")
        for owner in self._lists_of_scripts:
            if not any("JavaScript" in what for _, _, _, what in self._seen):
                self._add(owner, "un script (JavaScript) que actúa al abrirlo")
        timed = [(owner, number, what) for owner, number, when, what in self._seen if when]
        told = {number for _, number, _ in timed if number} | {(_number(owner), what) for owner, _, what in timed}
        for owner, _number_of, when, what in self._seen:
            if not when and (_number(owner) in told or (_number(owner), what) in told):
                continue
            findings.acts(places.of(owner), f"{when}, {what}" if when else what)

    def _add(self, owner: Any, what: str, *, when: str = "", action: Any = None) -> None:
        number = action.objgen if action is not None and action.is_indirect else None
        if len(self._seen) < _MOST_SEEN:
            self._seen.append((owner, number, when, what))

    def _look_at_action(self, owner: Any, entries: Mapping[str, Any]) -> None:
        kind = self._work.name(entries.get("/S"))
        if kind in _DOES or "/JS" in entries or kind == "/JavaScript":
            what = what_it_does(self._work, entries, kind)
            if what:
                self._add(owner, what)
        if "/URI" in entries:
            what = _leads(self._work, entries["/URI"])
            if what:
                self._add(owner, what)
        elif kind == "/Named" and (order := self._work.name(entries.get("/N"))) not in _PAGE_MOVES:
            self._add(owner, f"la orden {quoted(order)}")
        elif kind == "/Thread" and "/F" in entries:
            self._add(owner, f"un enlace a otro archivo, {_target(self._work, entries['/F'])}")

    def _look_at_places(self, owner: Any, entries: Mapping[str, Any]) -> None:
        for key in ("/A", "/PA", "/Next"):
            if key in entries:
                self._look_at_place(owner, key, entries)
        opening: Any = entries.get("/OpenAction")
        if _is_held(opening):  # else it is a place in the document
            self._look_at_opening(owner, opening, "al abrirlo")
        names: Any = entries.get("/JavaScript")
        if is_dictionary(names) and any(_is_filled(names.get(key)) for key in ("/Names", "/Kids")):
            self._lists_of_scripts = [owner]
        triggers: Any = entries.get("/AA")
        if is_dictionary(triggers):
            for key, action in self._work.entries(triggers):
                self._look_at_trigger(owner, str(key), action)
        elif _is_held(triggers) and any(
            _is_held(triggers.get(key)) for key in _TRIGGERS
        ):  # else a drawing of this name
            self._add(owner, _UNREADABLE)

    def _look_at_place(self, owner: Any, key: str, entries: Mapping[str, Any]) -> None:
        """Look at what follows an action, or at what may be one: elements of the structure have an /A of their own."""
        is_action = "/S" in entries if key == "/Next" else not _HOLDING.isdisjoint(entries)
        for action in _actions(self._work, entries[key]):
            kind = self._work.name(action.get("/S"))
            if kind and kind not in _HARMLESS and kind not in _DOES and not (key == "/A" and "/O" in action):
                self._add(owner, f"una acción desconocida, {quoted(kind)}")
            elif is_action and _is_unreadable(action, kind):
                self._add(owner, _UNREADABLE)

    def _look_at_trigger(self, owner: Any, key: str, action: Any) -> None:
        if not _is_held(action) or (key not in _TRIGGERS and "/S" not in action):  # a font may be named so
            return
        kind = self._work.name(action.get("/S"))
        if key in _CLICKS:
            if kind and kind not in _HARMLESS and kind not in _DOES:
                self._add(owner, f"una acción desconocida, {quoted(kind)}")
            elif _is_unreadable(action, kind):
                self._add(owner, _UNREADABLE)
        elif (
            key in _TYPING
            and kind == "/JavaScript"
            and "/Next" not in action
            and only_formats(script_of(self._work, action) or "")
        ):
            return
        else:
            self._look_at_opening(owner, action, _WHEN.get(key, "sin que nadie lo pida"))

    def _look_at_opening(self, owner: Any, first: Any, when: str) -> None:
        """Let nothing but a chain of moves within the document act by itself."""
        pending, seen = list(_actions(self._work, first)), 0
        while pending:
            action = pending.pop()
            kind = self._work.name(action.get("/S"))
            seen += 1
            if kind not in _MOVES or _is_unreadable(action, kind) or seen > _LONGEST_CHAIN:
                unknown = _UNREADABLE if _is_unreadable(action, kind) or not kind else f"una acción {quoted(kind)}"
                self._add(owner, what_it_does(self._work, action, kind) or unknown, when=when, action=action)
                return
            pending += _actions(self._work, action.get("/Next"))


def what_it_does(work: Work, entries: Any, kind: str) -> str:
    """Return in words what an action does; empty for a script that only formats."""
    if kind in _DOES:
        target = entries.get("/F") or entries.get("/D") or entries.get("/Win") if kind != "/Hide" else None
        shown = _target(work, target) if target is not None else ""
        return f"{_DOES[kind]}, {shown}" if shown else _DOES[kind]
    if kind == "/JavaScript" or "/JS" in entries:
        script = script_of(work, entries)
        if script is None:
            return "un script (JavaScript) que no se puede leer"
        shown = quoted(" ".join(script[:_LONGEST_SHOWN].split()))
        return "" if only_formats(script) else f"un script (JavaScript), {shown}"
    if kind == "/URI":
        return f"abre una dirección, {_target(work, entries.get('/URI'))}"
    if kind == "/Named":
        return f"la orden {quoted(work.name(entries.get('/N')))}"
    return ""


def script_of(work: Work, action: Any) -> str | None:
    """Return the text of a script, or the beginning of a long one; None where it cannot be read."""
    given = action.get("/JS")
    if not isinstance(given, parser().Stream):
        return None if is_dictionary(given) else work.text(given)
    filters = filters_of(given)
    with work.uncounted():
        packed = bytes(given.read_raw_bytes())
    data = bytearray()
    work.take(1 + (len(packed) + _LONGEST_SCRIPT) // _BYTES_A_STEP)
    try:
        for piece in unpacked(packed, filters, Budget(_MOST_UNPACKED, len(packed))):
            data += piece
            if len(data) > _LONGEST_SCRIPT:
                break
    except (Broken, Spent):
        return None
    text = bytes(data[:_LONGEST_SCRIPT])
    return text.decode("utf-16" if text.startswith((b"\xfe\xff", b"\xff\xfe")) else "latin-1", "replace")


def _leads(work: Work, address: Any) -> str:
    """Return in words where a link leads that may not; empty for one that may."""
    if is_dictionary(address):  # the base of a catalog's relative links
        base = address.get("/Base")
        return "" if not work.text(base) or _is_allowed(work, base) else f"la dirección base {_target(work, base)}"
    if _is_allowed(work, address):
        return ""
    return f"un enlace a {_target(work, address)}, que no empieza por http://, https://, mailto: o tel:"


def _is_allowed(work: Work, address: Any) -> bool:
    return not _CONTROL.search(work.data(address)) and _SCHEMES.match(work.text(address)) is not None


def _target(work: Work, given: Any) -> str:
    """Return what a file specification or address says, quoted."""
    if is_dictionary(given):
        named = [given[key] for key in ("/UF", "/F", "/Unix", "/DOS", "/Mac") if given.get(key) is not None]
        return quoted(work.text(named[0])) if named else ""
    return quoted(work.text(given))


def _actions(work: Work, given: Any) -> Iterator[Any]:
    """Yield the actions that stand here: one, or a list; a place in the document is none."""
    many: Iterable[Any] = work.items(given) if isinstance(given, parser().Array) else [given]
    yield from (one for one in many if _is_held(one))


def _is_held(thing: Any) -> bool:
    """Tell whether readers may take it for an action: some do even if a stream follows."""
    return isinstance(thing, (parser().Dictionary, parser().Stream))


def _is_unreadable(action: Any, kind: str) -> bool:
    return not is_dictionary(action) or (not kind and action.get("/S") is not None)


def _is_filled(thing: Any) -> bool:
    return thing is not None and (not isinstance(thing, parser().Array) or len(thing) > 0)


def _number(owner: Any) -> tuple[int, int] | None:
    return None if owner is None else owner.objgen
