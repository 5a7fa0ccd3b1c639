"""What an institution sets of its portal, read from the package's `portal/`: name, help, colours and norms."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.portal import Norm, PageLink, Portal, ProofDesk, Question

PORTAL_FOLDER = Path(__file__).parents[1] / "portal"


@cache
def portal() -> Portal:
    """Return the portal's settings.

    Raises:
        KeyError: the file lacks something.

    """
    given = tomllib.loads((PORTAL_FOLDER / "portal.toml").read_text("utf-8"))
    return Portal(
        name=given["name"],
        institution=given["institution"],
        obligations=tuple(given["obligations"]),
        help_phone=given["help"]["phone"],
        help_email=given["help"]["email"],
        help_hours=given["help"]["hours"],
        help_address=given["help"]["address"],
        proof_desk=ProofDesk(**given["proof"]),
        text_colours=given["text_colours"],
        dark_text_colours=given["dark_text_colours"],
        mark_colours=given["mark_colours"],
        links=tuple(PageLink(one["words"], one["address"]) for one in given.get("links", [])),
        norms_notice=given["norms"]["notice"],
        norms=tuple(Norm(one["title"], one["source"], one["summary"]) for one in given["norms"]["list"]),
        questions=_questions(given["questions"]),
        institution_questions=_questions(given["institution_questions"]),
    )


def _questions(given: list[dict[str, Any]]) -> tuple[Question, ...]:
    return tuple(Question(one["question"], tuple(one["answer"])) for one in given)


def theme_css() -> str:
    """Write the institution's colours as custom properties, on light paper and on dark."""
    one = portal()
    light = {**one.text_colours, **one.mark_colours, "band": one.text_colours["primary"]}
    return f"{_root(light)}\n@media screen and (prefers-color-scheme: dark) {{ {_root(one.dark_text_colours)} }}\n"


def emblem_svg() -> str:
    """Return the institution's emblem."""
    return (PORTAL_FOLDER / "emblem.svg").read_text("utf-8")


def _root(colours: Mapping[str, str]) -> str:
    return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in colours.items()) + " }"
