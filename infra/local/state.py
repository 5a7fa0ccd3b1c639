"""The folder that holds a run's data, and the mark of the tables that it was made for.

An engine keeps its tables as they were created, so that a folder from before a key or an index changed would serve
functions that look for another one.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

_MARK = "tables"
"""The file with the mark."""
_SHAPE = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes")


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
    mark.write_text(wanted, "utf-8")
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
