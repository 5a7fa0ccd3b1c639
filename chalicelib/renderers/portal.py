"""What an institution sets of its portal, read from the package's `portal/`: name, help, colours, norms and texts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.portal import Norm, PageLink, Portal, PortalText, Question, Section

TEXTS = ("terms", "privacy")
"""What has to be agreed to before registering, in this order."""

_FOLDER = Path(__file__).parents[1] / "portal"


@cache
def portal() -> Portal:
    """Return the portal's settings.

    Raises:
        KeyError: a file lacks something.

    """
    return read_portal(_FOLDER)


def read_portal(folder: Path) -> Portal:
    """Read the settings of a folder.

    Raises:
        KeyError: a file lacks something.

    """
    given = _read(folder / "portal.toml")
    documents = {name: _read(folder / f"{name}.toml") for name in TEXTS}
    texts = [text for name, document in documents.items() for text in _versions(name, document)]
    return Portal(
        name=given["name"],
        institution=given["institution"],
        help_phone=given["help"]["phone"],
        help_email=given["help"]["email"],
        help_hours=given["help"]["hours"],
        help_address=given["help"]["address"],
        text_colours=given["text_colours"],
        mark_colours=given["mark_colours"],
        links=tuple(PageLink(one["words"], one["address"]) for one in given.get("links", [])),
        norms_notice=given["norms"]["notice"],
        norms=tuple(Norm(one["title"], one["source"], one["summary"]) for one in given["norms"]["list"]),
        questions=tuple(Question(one["question"], tuple(one["answer"])) for one in given["questions"]),
        texts={(text.name, text.version): text for text in texts},
        current={name: document["current"] for name, document in documents.items()},
    )


def theme_css() -> str:
    """Write the institution's colours as custom properties."""
    colours = {**portal().text_colours, **portal().mark_colours}
    return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in colours.items()) + " }\n"


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


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))
