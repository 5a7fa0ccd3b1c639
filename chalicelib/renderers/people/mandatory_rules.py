"""For whom the mailbox is mandatory, read from the package's `portal/`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from chalicelib.domain.people.consent import HolderKind, MandatoryRule
from chalicelib.renderers.portal import PORTAL_FOLDER


@cache
def mandatory_rules() -> tuple[MandatoryRule, ...]:
    """Return the norms that impose it.

    Raises:
        KeyError: the file lacks something.
        ValueError: it names holders that there are not.

    """
    return read_mandatory_rules(PORTAL_FOLDER)


def read_mandatory_rules(folder: Path) -> tuple[MandatoryRule, ...]:
    """Read those of a folder, likewise."""
    given = tomllib.loads((folder / "mandatory.toml").read_text("utf-8"))["mandatory"]
    return tuple(MandatoryRule(tuple(HolderKind(one) for one in rule["holders"]), rule["norm"]) for rule in given)
