"""Where a link may lead: to a web address, a mail address, a telephone number, or a place in the same workbook."""

from __future__ import annotations

import re

_SCHEMES = {"http", "https", "mailto", "tel"}
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.\-]*):")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CELLS = re.compile(r"(?:\$?[A-Za-z]{1,3})?(?:\$?\d{1,7})?(?::(?:\$?[A-Za-z]{1,3})?(?:\$?\d{1,7})?)?")
"""`A1`, `A1:B2`, `A:B`, `1:2`."""
_ELSEWHERE = re.compile(r"://|\\|^\s*/|^\s*\[|^\s*'[^']*[\[\\/]")


def leads_to_web(target: str) -> bool:
    """Whether a target with an address of its own is of the web, mail or telephone, and nothing hides in it."""
    scheme = _SCHEME.match(target)
    return scheme is not None and scheme[1].lower() in _SCHEMES and not _CONTROL.search(target)


def stays_inside(target: str) -> bool:
    """Whether a target is a place in the same file: a fragment, or nothing at all."""
    return (not target or target.startswith("#")) and not _CONTROL.search(target)


def is_place(location: str) -> bool:
    """Whether the location of a link without an address is a place in the workbook: cells, a sheet's cells, a name."""
    place = location.removeprefix("#")
    if _CELLS.fullmatch(place):
        return True
    if _CONTROL.search(place) or _ELSEWHERE.search(place):
        return False
    scheme = _SCHEME.match(place)
    return scheme is None or "!" in place
