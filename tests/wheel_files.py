"""Wheels made on the spot, as small as they can be."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from infra.wheels import Wheel


def a_wheel(
    folder: Path,
    name: str = "alpha",
    version: str = "1.2",
    *,
    says: str = "License-Expression: MIT",
    files: Mapping[str, str] | None = None,
) -> Wheel:
    """Write a wheel with one module, its licence and whatever else in `files`; `says` is a line of its metadata."""
    info = f"{name}-{version}.dist-info"
    content = {
        f"{name}.py": f"NAME = {name!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{says}\n\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/licenses/LICENSE": f"Whoever has {name} may have it.\n",
        **(files or {}),
    }
    lines = [f"{path},{_hash(text)},{len(text)}" for path, text in content.items()]
    content[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,"]) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as opened:
        for file, text in content.items():
            opened.writestr(file, text)
    return Wheel(path)


def unpacked(wheel: Wheel) -> dict[str, bytes]:
    """Return what is in a wheel by name."""
    with zipfile.ZipFile(wheel.path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _hash(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
