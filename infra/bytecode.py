"""Complete a deployment archive with bytecode, so that no process compiles what never changes: modules and templates.

A function cannot write beside its code, so without it every fresh process compiles all that it loads. The bytecode is
the runtime's own and is believed as it is (`unchecked-hash`): nobody edits a package.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from infra import compile_templates
from infra.programs import PackageError, run

HOME = "/var/task"
"""Where Lambda unpacks a package: what tracebacks name."""

NOT_COMPILED: dict[str, str] = {}
"""Modules of the package that its Python cannot compile, each with the reason why it is there all the same."""

_TEMPLATES = "chalicelib/renderers/templates/"
_KINDS = {".html", ".txt"}
_UNCHECKED = (1).to_bytes(4, "little")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16
_WATCHED = """
import json, sys
tree, compiled = sys.argv[1], []
sys.path[:0] = [tree]
sys.addaudithook(lambda event, told: event == "compile" and compiled.append(str(told[1])))
import app
print(json.dumps([name for name in compiled if name.startswith(tree)]))
"""


def add_bytecode(archive: Path, interpreter: Path, templates_interpreter: Path) -> None:
    """Write the archive anew with the bytecode of its modules and templates; equal files give equal bytes.

    `templates_interpreter` is of the same version and has Jinja2, whatever machine the package is for.

    Raises:
        PackageError: something does not compile, or Python does not take what was compiled.

    """
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(tree)
        compile_tree(tree, interpreter, templates_interpreter)
        compiled = compiled_at_import(tree, interpreter)
        if compiled:
            raise PackageError(f"importing the app still compiles {', '.join(compiled)}")
        _write(archive, tree)


def compile_tree(tree: Path, interpreter: Path, templates_interpreter: Path) -> None:
    """Write bytecode beside every module and template of an unpacked package.

    Raises:
        PackageError: with what does not compile.

    """
    # Sets stand in bytecode in the order of their hashes, which by itself is another one each time.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**inherited, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    skipped = ("-x", "|".join(map(re.escape, NOT_COMPILED))) if NOT_COMPILED else ()
    where = ("-s", tree, "-p", HOME)
    quietly = ("-q", "-f", "--invalidation-mode", "unchecked-hash")
    run(interpreter, "-m", "compileall", *quietly, *where, *skipped, tree, env=environment)
    run(templates_interpreter, "-P", compile_templates.__file__, tree, HOME, env=environment)


def compiled_at_import(tree: Path, interpreter: Path) -> list[str]:
    """Import the app as Lambda does, and return the files of the package that Python compiled on the way."""
    told: list[str] = json.loads(run(interpreter, "-I", "-S", "-B", "-c", _WATCHED, tree))
    return told


def without_bytecode(archive: zipfile.ZipFile, interpreter: Path) -> list[str]:
    """Return the modules and templates of an archive that processes of this Python would compile."""
    tag = run(interpreter, "-c", "import sys; print(sys.implementation.cache_tag)").strip()
    names = set(archive.namelist())

    def lacks(name: str) -> bool:
        path = PurePosixPath(name)
        if path.suffix == ".py":
            compiled = str(path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc")
            return compiled not in names or archive.read(compiled)[4:8] != _UNCHECKED
        return name.startswith(_TEMPLATES) and path.suffix in _KINDS and f"{name}.compiled" not in names

    return sorted(filter(lacks, names - NOT_COMPILED.keys()))


def _write(archive: Path, tree: Path) -> None:
    """Pack a folder in the order of its names, with one time and one mode for all: none of them is a program."""
    names = sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file())
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in names:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _READABLE
            opened.writestr(entry, (tree / name).read_bytes())
