"""A program of its own, run by the runtime's interpreter: compile the templates of an unpacked package beside them.

`compile_templates.py <tree> <where the tree will lie>`. It needs Jinja2 and nothing else that is not the package's.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ENVIRONMENTS = (
    ("chalicelib.renderers.pages", "page_templates", "PAGES"),
    ("chalicelib.renderers.letters", "letter_templates", "LETTERS"),
)
"""Modules, their environments and folders."""


def compile_templates(tree: Path, home: str) -> None:
    """Write every template's bytecode; tracebacks will name the template below `home`."""
    sys.path.append(str(tree))
    suffix: str = import_module("chalicelib.renderers.template_folder").COMPILED
    for name, make, where in ENVIRONMENTS:
        module = import_module(name)
        compile_folder(getattr(module, make)(), getattr(module, where), tree, home, suffix)


def compile_folder(environment: Any, folder: Path, tree: Path, home: str, suffix: str) -> None:
    """Compile all that an environment finds in its folder."""
    cache, loader = environment.bytecode_cache, environment.loader
    for name in environment.list_templates(filter_func=lambda name: not name.endswith(suffix)):
        source, _, _ = loader.get_source(environment, name)
        bucket = cache.get_bucket(environment, name, None, source)
        bucket.code = environment.compile(source, name, f"{home}/{(folder / name).relative_to(tree)}")
        with (folder / f"{name}{suffix}").open("wb") as file:
            bucket.write_bytecode(file)


if __name__ == "__main__":
    compile_templates(Path(sys.argv[1]), sys.argv[2])
