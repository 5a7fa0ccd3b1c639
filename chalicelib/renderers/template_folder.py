"""Folders of Jinja2 templates. A package carries each compiled beside it: compiling takes longer than filling."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket, BytecodeCache

COMPILED = ".compiled"
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\N{REPLACEMENT CHARACTER}]")


def template_folder(folder: Path, *, keep_trailing_newline: bool = False) -> Environment:
    """Return an environment over a folder: what is put into HTML is escaped by itself.

    A name that a context lacks is an error, never an empty place.
    """
    return Environment(
        autoescape=select_autoescape(["html"]),
        keep_trailing_newline=keep_trailing_newline,
        loader=FileSystemLoader(folder),
        bytecode_cache=_Compiled(folder),
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _seen(value: object) -> object:
    """Put a box where a text has a sign that nobody sees, or that stands for a letter which was lost."""
    if isinstance(value, str) and _UNSEEN.search(value) is not None:
        return type(value)(_UNSEEN.sub("\N{WHITE SQUARE}", value))
    return value


class _Compiled(BytecodeCache):
    """What `infra/bytecode.py` wrote, where it fits source and Python; what does not is compiled when it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 - a package is moved
        return name

    def load_bytecode(self, bucket: Bucket) -> None:
        path = self._folder / f"{bucket.key}{COMPILED}"
        if path.exists():
            try:
                with path.open("rb") as file:
                    bucket.load_bytecode(file)
            except (EOFError, TypeError, ValueError):  # a body that is none
                bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep nothing: a function cannot write its files, and a developer's would be in the way."""
