"""Read one thing of a PDF from plain bytes, such as the trailer or the head of a cross-reference stream."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

LEADING = " R"
"""Follows a name whose two values both refer to objects."""
CUT = "\x00"
"""Follows the part of a name before a NUL."""
UNFINISHED = object()
"""The bytes end before the dictionary does, or it is not one."""
_TOKEN = re.compile(
    rb"[\x00\t\n\f\r ]+|%[^\r\n]*|/[^\x00\t\n\f\r ()<>\[\]{}/%]*|<<|>>|<[0-9A-Fa-f\x00\t\n\f\r ]*>|[\[\](]"
    rb"|[^\x00\t\n\f\r ()<>\[\]{}/%]+"
)
_PARENTHESIS = re.compile(rb"\\.|[()]", re.DOTALL)
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_WORD = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)|true|false|\(.*\)|<[0-9A-Fa-f\x00\t\n\f\r ]*>", re.DOTALL)
_INTEGER = re.compile(rb"[+-]?\d{1,18}")
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Reference:
    """To another object."""

    number: int
    generation: int


def read_dictionary(text: bytes, at: int, most: int, repeated: set[str] | None = None) -> Any:
    """Return the pairs of the dictionary at this place and where it ends; `UNFINISHED` where that cannot be told.

    Names are strings, whole numbers `int`, arrays lists, dictionaries `dict`, references `Reference`, nulls `None`; all
    else is bytes. Names that stand twice with different values, at any depth, are added to `repeated`; the last holds.
    One whose values both refer to objects is added with `LEADING` after it. One with a NUL inside is added as far as
    that with `CUT` after it, since some readers see no more of it.
    """
    stack: list[list[Any]] = []
    end = min(len(text), at + most)
    while at < end:
        token = _TOKEN.match(text, at, end)
        if not token:
            return UNFINISHED
        word, at = token[0], token.end()
        if _is_blank(word):
            continue
        if word in (b"<<", b"["):
            stack.append([word])
        elif not stack:
            return UNFINISHED
        elif word in (b">>", b"]"):
            values = _close(stack, word, repeated)
            if values is None or not stack:
                return UNFINISHED if values is None else (_pairs(values), at)
        elif word == b"(":
            start, at = at - 1, _string_end(text, at, end)
            stack[-1].append(text[start:at])
        else:
            _add(stack[-1], word)
        if len(stack) > _DEEPEST:
            return UNFINISHED
    return UNFINISHED


def written(value: Any) -> bytes:
    """Return a value that was read as a PDF writes it."""
    if isinstance(value, dict):
        return b"<< " + b" ".join(written(name) + b" " + written(one) for name, one in value.items()) + b" >>"
    if isinstance(value, list):
        return b"[ " + b" ".join(map(written, value)) + b" ]"
    if isinstance(value, Reference):
        return b"%d %d R" % (value.number, value.generation)
    if isinstance(value, str):
        return b"/" + b"".join(b"#%02x" % one for one in value[1:].encode("latin-1"))
    return b"null" if value is None else value if isinstance(value, bytes) else b"%d" % value


def is_plain(value: Any) -> bool:
    """Tell whether a value that was read has only words that mean something."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, bytes) and not _WORD.fullmatch(one):
            return False
        if isinstance(one, list | dict):
            pending += one.values() if isinstance(one, dict) else one
    return True


def _close(stack: list[list[Any]], word: bytes, repeated: set[str] | None) -> list[Any] | None:
    """Return what stood between this word and the one that it closes, if both fit and names stand before values."""
    opening, *values = stack.pop()
    is_array = word == b"]"
    if (opening == b"[") != is_array or not ((is_array and stack) or _is_paired(values)):
        return None
    if repeated is not None and not is_array:
        repeated |= _repeated(values)
    if stack:
        stack[-1].append(values if is_array else dict(_pairs(values)))
    return values


def _repeated(values: list[Any]) -> set[str]:
    given: dict[str, Any] = {}
    found = set()
    for name, value in _pairs(values):
        first = given.setdefault(name, value)
        if first != value:
            leads = isinstance(first, Reference) and isinstance(value, Reference)
            found.add(name + LEADING if leads else name)
        if "\x00" in name:
            found.add(name.partition("\x00")[0] + CUT)
    return found


def _is_blank(word: bytes) -> bool:
    return word[0] in b"\x00\t\n\f\r %"


def _add(values: list[Any], word: bytes) -> None:
    if word == b"R" and [type(one) for one in values[-2:]] == [int, int]:
        values[-2:] = [Reference(*values[-2:])]
    elif word == b"null":
        values.append(None)
    elif word.startswith(b"/"):
        values.append(_HEX.sub(lambda one: bytes([int(one[1], 16)]), word).decode("latin-1"))
    else:
        values.append(int(word) if _INTEGER.fullmatch(word) else word)


def _is_paired(values: list[Any]) -> bool:
    return len(values) % 2 == 0 and all(isinstance(name, str) for name in values[::2])


def _pairs(values: list[Any]) -> list[tuple[str, Any]]:
    return list(zip(values[::2], values[1::2], strict=True))


def _string_end(text: bytes, at: int, end: int) -> int:
    """Return where a string ends that was opened before; parentheses within it stand in pairs."""
    depth = 1
    while depth:
        found = _PARENTHESIS.search(text, at, end)
        if not found:
            return end
        at = found.end()
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
    return at
