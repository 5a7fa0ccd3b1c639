"""Write a ZIP as a stream: nothing of it is kept but the names and hashes of what went in."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import Conflict

MANIFEST = "SHA256SUMS.txt"


class FileAltered(Conflict):
    """A stored file is not the one that was deposited."""


class ZipBundle:
    """A ZIP whose files are stored as they are, with sizes beyond 4 GB where needed; `at` dates its entries.

    `sink` is only written to, from front to back.
    """

    def __init__(self, sink: Any, *, at: datetime) -> None:
        """Begin; `close` ends it."""
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._at = at.timetuple()[:6]
        self._sums: list[str] = []

    def add(self, path: str, pieces: Iterable[bytes], *, size: int = 0, sha256: str | None = None) -> None:
        """Copy a file into the bundle; `size` is needed of what may have gigabytes.

        Raises:
            FileAltered: `file_altered`: its bytes have another hash than `sha256`. The bundle is of no use then.

        """
        entry = zipfile.ZipInfo(path, self._at)
        entry.external_attr = 0o644 << 16
        entry.file_size = size
        digest = hashlib.sha256()
        with self._zip.open(entry, "w") as target:
            for piece in pieces:
                digest.update(piece)
                target.write(piece)
        if sha256 is not None and digest.hexdigest() != sha256:
            raise FileAltered("file_altered", "Un archivo guardado no es el que se depositó. Comunícate con nosotros.")
        self._sums.append(f"{digest.hexdigest()}  {path}\n")

    def add_text(self, path: str, text: str) -> None:
        """Put a text in, in UTF-8."""
        content = text.encode()
        self.add(path, [content], size=len(content))

    def close(self) -> None:
        """Add the manifest, which `sha256sum -c` reads, and end the ZIP."""
        self.add_text(MANIFEST, "".join(self._sums))
        self._zip.close()
