"""Find an interpreter of a given version."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_TELL = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"


def find_python(version: str, *, having: str = "sys") -> Path | None:
    """Return the interpreter of that minor version, e.g. `3.13`, from the path or from pyenv; None without one.

    Debian has them without `ensurepip`: `having` names a module that it must have.
    """
    on_path = shutil.which(f"python{version}")
    managed = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python{version}"))
    for candidate in ([Path(on_path)] if on_path else []) + managed[::-1]:
        # A shim may be there whose version is not switched on: only one that runs counts.
        told = subprocess.run(
            [candidate, "-c", f"import {having}\n{_TELL}"], check=False, capture_output=True, text=True
        )
        if told.returncode == 0 and told.stdout.split()[0] == version:
            return Path(told.stdout.split()[1])
    return None
