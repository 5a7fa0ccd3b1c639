"""What an institution sets of its portal, read from the package's `portal/`: name, help, colours and norms."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.portal import Norm, PageLink, Portal, ProofDesk, Question

_CONFIRMED_FOR = timedelta(days=365)
"""A contact that nobody confirmed for longer is told no more (RFC 9116, 2.5.5)."""
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
        security_contact=given["security"].get("contact"),
        security_confirmed=given["security"]["confirmed"],
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


def security_txt(portal_url: str, now: datetime) -> str | None:
    """Return whom to tell of a weakness (RFC 9116, 2.5); None where no contact is set, or nobody confirmed it."""
    one = portal()
    expires = datetime.combine(one.security_confirmed, time(), UTC) + _CONFIRMED_FOR
    if one.security_contact is None or now >= expires:
        return None
    lines = (
        f"Contact: {one.security_contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: es, en",
        f"Canonical: {portal_url}/.well-known/security.txt",
    )
    return "".join(f"{line}\n" for line in lines)


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
