"""Marks: what a line of the log says in the place of a caller's network or username, so that nobody is named.

A mark is a keyed hash with a purpose of its own. So the same caller has the same one for as long as the pepper lives,
nobody without the pepper can look up whose it is, and it is found in no table.
"""

from __future__ import annotations

from enum import StrEnum

from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.access.network import network_of

_LENGTH = 16
"""Hexadecimal digits: 64 bits, by which two of a million callers hardly ever meet."""


class Marked(StrEnum):
    """What a mark stands for; the same text has another mark as another thing."""

    NETWORK = "network"
    USER = "user"
    KEYID = "keyid"


def caller_mark(pepper: bytes, what: Marked, text: str) -> str:
    """Return the mark of a network, which is what an address is counted by, or of a name; every text has one."""
    marked = network_of(text) if what is Marked.NETWORK else text.encode("utf-8", "backslashreplace").decode()
    return keyed_hash(pepper, "caller-mark", what.value, marked)[:_LENGTH]
