"""Legal terms of requests about own data, read from the package's `portal/`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from chalicelib.domain.people.data_request import DataRequestKind, DataTerms
from chalicelib.renderers.portal import PORTAL_FOLDER


@cache
def data_terms() -> tuple[DataTerms, ...]:
    """Return all terms there were.

    Raises:
        KeyError: the file lacks something.

    """
    return read_data_terms(PORTAL_FOLDER)


def read_data_terms(folder: Path) -> tuple[DataTerms, ...]:
    """Read those of a folder, likewise."""
    given = tomllib.loads((folder / "data_terms.toml").read_text("utf-8"))["terms"]
    return tuple(
        DataTerms(
            since=one["since"],
            norm=one["norm"],
            business_days={kind: one["business_days"][kind.value] for kind in DataRequestKind},
            remedy=one["remedy"],
        )
        for one in given
    )
