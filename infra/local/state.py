"""The folder that holds a run's data: written whole or not at all, with the mark of the tables that it was made for.

An engine keeps its tables as they were created, so that a folder from before a key or an index changed would serve
functions that look for another one.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

_MARK = "tables"
"""The file with the mark."""
_SHAPE = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes")

REASONS = {
    errno.ENOSPC: "no queda espacio en el disco",
    errno.EDQUOT: "se agotó el espacio que le toca a este usuario",
    errno.EFBIG: "el archivo pasa del tamaño permitido",
    errno.EROFS: "el disco es de solo lectura",
    errno.EACCES: "no hay permiso",
    errno.EPERM: "no hay permiso",
    errno.ENOENT: "la carpeta no existe",
    errno.EIO: "el disco falla",
}
"""Why a file could not be written, for the operator."""


class StateError(Exception):
    """What the folder cannot take, or lost; the text says what remains and what to do."""


def why(error: OSError) -> str:
    """Return the reason in words."""
    return REASONS.get(error.errno or 0, error.strerror or str(error))


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Put this in the place of what the file held; it is on the disk when this returns.

    Raises:
        OSError: it is not, and the file is what it was before.

    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error  # a full disk names no file


def claim_folder(folder: Path, template: dict[str, Any]) -> bool:
    """Make a folder, or one that is empty, the one of this template's tables; False when it is that of others.

    What is of others, or bears no mark, is left as it is.

    Raises:
        OSError: it cannot be read or written.

    """
    mark = folder / _MARK
    wanted = mark_of(template)
    if folder.exists() and not folder.is_dir():
        return False
    if folder.exists() and any(folder.iterdir()):
        return mark.is_file() and mark.read_bytes() == wanted.encode()
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(mark, wanted.encode())
    return True


def mark_of(template: dict[str, Any]) -> str:
    """Return what tells the keys and indexes of a template's tables from any others."""
    tables = {
        name: {part: _sorted(resource["Properties"].get(part, [])) for part in _SHAPE}
        for name, resource in template["Resources"].items()
        if resource.get("Type") == "AWS::DynamoDB::Table"
    }
    return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()


def _sorted(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return parts in an order of their own: that of the template says nothing."""
    return sorted(parts, key=lambda part: json.dumps(part, sort_keys=True))
