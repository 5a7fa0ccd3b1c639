"""What is known of one kind of files."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.notice import FileRole


@dataclass(frozen=True, slots=True)
class Mark:
    """How files of a kind begin: `first` at the offset `at`; and, where others do so too, one of the words in it.

    The words are looked for in the first and the last 64 KiB: there stands a ZIP's table of contents, and the
    directory of the old Office formats.
    """

    first: bytes
    at: int = 0
    words: tuple[bytes, ...] = ()

    def is_of(self, head: bytes, tail: bytes) -> bool:
        """Whether a file with these ends has the mark."""
        if not head.startswith(self.first, self.at):
            return False
        return not self.words or any(word in head or word in tail for word in self.words)


@dataclass(frozen=True, slots=True)
class AcceptedKind:
    """A kind that is taken in these roles; `name` has its article, `must` says what it has to be like."""

    media_type: str
    extensions: tuple[str, ...]
    name: str
    roles: frozenset[FileRole]
    must: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedKind:
    """A kind that is not taken; `advice` is one or more sentences on how to send what it holds."""

    name: str
    extensions: tuple[str, ...]
    media_types: tuple[str, ...]
    advice: str
    marks: tuple[Mark, ...] = ()
    is_text: bool = False
    """Whether it is plain text as well, and is found by what stands in it."""


Kind = AcceptedKind | RefusedKind
