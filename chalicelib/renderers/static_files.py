"""Styles and scripts of the pages, addressed by what is in them: they may be kept for ever."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chalicelib.domain.contrast import read_colour
from chalicelib.domain.errors import InvalidInput
from chalicelib.renderers.portal import emblem_svg, theme_css

_FOLDER = Path(__file__).parent / "static"
_OF_INSTITUTION = {"theme.css": theme_css, "emblem.svg": emblem_svg}
_THEME = re.compile(r"colores\.([0-9a-f]{6})\.([0-9a-f]{6})\.css")
_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, as sent."""

    text: str
    media_type: str


def static_address(name: str) -> str:
    """Return where a file is found, such as `/static/casilla.1a2b3c4d5e6f.css`."""
    return f"/static/{_addressed(name)}"


def find_static_file(addressed: str) -> StaticFile | None:
    """Return the file of an address, None when there is none of just that content.

    An institution's own colours are in the address itself, such as `/static/colores.0056ac.8ab8f5.css`.
    """
    if theme := _THEME.fullmatch(addressed):
        return _theme_of(f"#{theme[1]}", f"#{theme[2]}")
    name = _names().get(addressed)
    return None if name is None else StaticFile(_text(name), _MEDIA_TYPES[name.rpartition(".")[2]])


def _theme_of(light: str, dark: str) -> StaticFile | None:
    """Write an institution's colours over the portal's; none that text could not have."""
    try:
        read_colour(light, field="", is_dark=False)
        read_colour(dark, field="", is_dark=True)
    except InvalidInput:
        return None
    by_night = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ --primary: {dark}; }} }}"
    sheet = f":root {{ --primary: {light}; --band: {light}; }} {by_night}"
    return StaticFile(compact(sheet), _MEDIA_TYPES["css"])


@cache
def _names() -> dict[str, str]:
    names = [*(path.name for path in _FOLDER.iterdir()), *_OF_INSTITUTION]
    return {_addressed(name): name for name in names}


@cache
def _addressed(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(_text(name).encode()).hexdigest()[:12]}.{kind}"


def compact(sheet: str) -> str:
    """Take out of a style sheet what only its authors need: comments, and blanks beside the signs between its parts."""
    without_comments = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"(?<=:)\s+", "", re.sub(r"\s*([{};,])\s*", r"\1", without_comments)).replace(";}", "}").strip()


@cache
def _text(name: str) -> str:
    text = _OF_INSTITUTION[name]() if name in _OF_INSTITUTION else (_FOLDER / name).read_text("utf-8")
    return compact(text) if name.endswith(".css") else text
