"""The templates of the local run's own pages: what is put into them is escaped."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template

_FOLDER = Path(__file__).parent / "templates"
_WHOLE = {"home.html", "message.html", "outbox.html"}


def fill(template: str, markup: Mapping[str, str] | None = None, **values: str) -> str:
    """Put values into a template, all escaped but what is in `markup`."""
    escaped = {key: html.escape(value) for key, value in values.items()}
    style = {"style": (_FOLDER / "style.css").read_text("utf-8")} if template in _WHOLE else {}
    return _template(template).substitute(escaped, **(markup or {}), **style)


@cache
def _template(name: str) -> Template:
    return Template((_FOLDER / name).read_text("utf-8"))
