"""The texts that people agree to, read from the package's `portal/`: every version that was ever published."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.portal import PortalText, PortalTexts, Section
from chalicelib.renderers.portal import PORTAL_FOLDER

TEXTS = ("terms", "privacy")
"""What has to be agreed to before registering, in this order."""


@cache
def portal_texts() -> PortalTexts:
    """Return the portal's texts.

    Raises:
        KeyError: a file lacks something.

    """
    return read_portal_texts(PORTAL_FOLDER)


def read_portal_texts(folder: Path) -> PortalTexts:
    """Read the texts of a folder.

    Raises:
        KeyError: a file lacks something.

    """
    documents = {name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in TEXTS}
    texts = [text for name, document in documents.items() for text in _versions(name, document)]
    return PortalTexts(
        texts={(text.name, text.version): text for text in texts},
        current={name: document["current"] for name, document in documents.items()},
    )


def _versions(name: str, document: dict[str, Any]) -> Iterator[PortalText]:
    for version, given in document["versions"].items():
        yield PortalText(
            name=name,
            version=version,
            since=given["since"],
            title=given["title"],
            notice=given["notice"],
            agreement=given["agreement"],
            sections=tuple(Section(one["heading"], tuple(one["paragraphs"])) for one in given["sections"]),
        )
