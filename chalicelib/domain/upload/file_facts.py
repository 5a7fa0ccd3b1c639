"""How much is told of what a file holds: the facts of a notice's file (`domain.notice`) within bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.notice import FileAttachment, FileFacts, FileSignature

MOST_TOLD = 20
"""Signatures of one file, and attachments of one file, that are told by name; of others, how many there are."""
LONGEST_NAME = 200
"""Characters of a name that are told."""
MOST_NAMES = 3_000
"""Bytes that all names and kinds told of one file take as they are stored, so that a notice stays a small item."""


def bounded(facts: FileFacts) -> FileFacts:
    """Return no more than can be kept and shown: names on one line, at most so long and so many.

    Of more signatures than are told, one that covers the whole file is told before one that does not. One whose name
    does not fit is told without it; an attachment whose name does not fit is counted.
    """
    room = _Room(MOST_NAMES)
    signatures = tuple(_told_signatures(facts.signatures, room))
    attachments = tuple(_told_attachments(facts.attachments[:MOST_TOLD], room))
    return FileFacts(
        signatures,
        attachments,
        facts.more_signatures + len(facts.signatures) - len(signatures),
        facts.more_attachments + len(facts.attachments) - len(attachments),
        facts.pages,
    )


@dataclass(slots=True)
class _Room:
    """Bytes that are left for names."""

    left: int

    def takes(self, name: str) -> bool:
        """Tell whether a name still fits, and take its place."""
        needed = len(json.dumps(name))
        if needed > self.left:
            return False
        self.left -= needed
        return True


def _told_signatures(signatures: Sequence[FileSignature], room: _Room) -> Iterator[FileSignature]:
    ranked = sorted(range(len(signatures)), key=lambda index: not signatures[index].covers_whole_file)
    for index in sorted(ranked[:MOST_TOLD]):
        name = _name(signatures[index].field)
        yield replace(signatures[index], field=name if room.takes(name) else "")


def _told_attachments(attachments: Sequence[FileAttachment], room: _Room) -> Iterator[FileAttachment]:
    for one in attachments:
        name, kind, relationship = map(_name, (one.filename, one.media_type, one.relationship))
        if room.takes(name + kind + relationship):
            yield FileAttachment(name, kind, relationship, one.size)


def _name(text: str) -> str:
    """Return the beginning of a name as it can be shown: on one line, nothing invisible."""
    seen = "".join(letter if letter.isprintable() else " " for letter in text[: 2 * LONGEST_NAME])
    return " ".join(seen.split())[:LONGEST_NAME].strip()
