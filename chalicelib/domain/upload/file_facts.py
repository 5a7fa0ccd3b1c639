"""What the inspection saw in a file that its sender and its holder are told: facts, no judgement of trust."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileSignature:
    """An electronic signature inside a PDF (ISO 32000-1, 12.8); whose it is and whether it holds is not judged.

    `field` is the full name of its form field. `is_timestamp` tells a seal of time from a person's signature.
    `covers_whole_file` is False where bytes were added after it was made, as a second signature does.
    """

    field: str
    covers_whole_file: bool
    is_timestamp: bool = False


@dataclass(frozen=True, slots=True)
class FileAttachment:
    """A passive file that a PDF declares to be part of it (ISO 32000-2, 14.13): `size` in bytes, once unpacked.

    `relationship` is what the PDF says it is: `Data`, `Source` or `Alternative`.
    """

    filename: str
    media_type: str
    relationship: str
    size: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All that is told of one file."""

    signatures: tuple[FileSignature, ...] = ()
    attachments: tuple[FileAttachment, ...] = ()
