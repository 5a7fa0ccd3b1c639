"""A receipt that was issued, as anybody can verify it; and which of its files another one is (REC-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.evidence.as_typed import read_code, read_sha256
from chalicelib.domain.notice import Notice, StoredFile

LARGEST_FILE = 100 * 1024 * 1024
"""Bytes: no file of any deposit is larger, so that a larger one need not be hashed to know that it is none of them."""
LARGEST_SENT = 4 * 1024 * 1024
"""Bytes of a file that a form sends to be hashed."""


@dataclass(frozen=True, slots=True)
class IssuedReceipt:
    """A notice as it was deposited, and the hash of the receipt's own file.

    Of what happened after it only `suspended_at`: since when nobody reads the notice any more, None where they do.
    """

    notice: Notice
    receipt_sha256: str
    suspended_at: datetime | None = None

    def is_receipt(self, sha256: str) -> bool:
        """Tell whether a file is the receipt itself."""
        return sha256 == self.receipt_sha256

    def find_file(self, sha256: str) -> tuple[int, StoredFile] | None:
        """Return the document that a file is, with its place, the main one being 0; None where it is none of them."""
        return next(((place, file) for place, file in enumerate(self.notice.files) if file.sha256 == sha256), None)


@dataclass(frozen=True, slots=True)
class Verification:
    """What somebody has of a receipt: its code, the hash of a file, or both. With a code, the hash finds nothing."""

    code: str | None
    sha256: str | None

    @property
    def sought(self) -> str:
        """What finds the receipt: the code, or else the hash."""
        return self.code or self.sha256 or ""


def read_verification(code: str, sha256: str, *, by_file: bool = False) -> Verification:
    """Read what was typed or pasted, empty for what was not given; `by_file` wants a file's hash.

    Raises:
        InvalidInput: `code_invalid` for a typing mistake, by the code's check character; `sha256_malformed`;
            `verification_empty`; `file_not_chosen`.

    """
    if by_file and not sha256.strip():
        raise InvalidInput("file_not_chosen", "Elige el archivo, o pega su SHA-256.", field="file")
    if not code.strip() and not sha256.strip():
        raise InvalidInput("verification_empty", "Escribe el código o elige un archivo.", field="code")
    return Verification(read_code(code) if code.strip() else None, read_sha256(sha256) if sha256.strip() else None)
