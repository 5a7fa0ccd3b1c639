"""What a package is made of: a bill of materials (CycloneDX 1.6, JSON) of every distribution in the archive.

Read from the archive itself, so that it tells what dependencies brought along as well, and nothing that was left out.
"""

from __future__ import annotations

import json
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_LICENCE_CLASSIFIER = "License :: "


def write_inventory(archive: Path, *, without_metadata: list[Requirement], to: Path) -> int:
    """Write the bill of materials and return how many components it has.

    `without_metadata` are pinned requirements whose code is in the archive though their metadata are not.
    """
    with zipfile.ZipFile(archive) as opened:
        found = [_component(metadata) for metadata in _metadata(opened)]
    found += [_named(one.name, str(one.specifier).removeprefix("==")) for one in without_metadata]
    components = sorted(found, key=lambda component: str(component["purl"]))
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}
    to.write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(components)


def _metadata(archive: zipfile.ZipFile) -> list[Message]:
    names = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA") and name.count("/") == 1]
    return [Parser().parsestr(archive.read(name).decode(), headersonly=True) for name in names]


def _component(metadata: Message) -> dict[str, Any]:
    component = _named(metadata["Name"], metadata["Version"])
    licence = _licence(metadata)
    return {**component, "licenses": [licence]} if licence else component


def _named(name: str, version: str) -> dict[str, Any]:
    plain = canonicalize_name(name)
    return {"type": "library", "name": plain, "version": version, "purl": f"pkg:pypi/{plain}@{version}"}


def _licence(metadata: Message) -> dict[str, Any] | None:
    """Return an SPDX expression where the makers give one, or else the name they call their licence by."""
    if metadata["License-Expression"]:
        return {"expression": metadata["License-Expression"]}
    classifiers = metadata.get_all("Classifier", [])
    names = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith(_LICENCE_CLASSIFIER)]
    first_line = (metadata["License"] or "").strip().partition("\n")[0]
    name = " and ".join(names) or first_line
    return {"license": {"name": name}} if name else None
