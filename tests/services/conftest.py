"""A container over moto, with an institution that has an office and an officer's checked upload."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.bootstrap import Container, using
from tests.kept_container import kept_container
from tests.officer_world import seed_officers


@pytest.fixture
def box(aws: dict[str, str]) -> Iterator[Container]:
    container, _ = kept_container(aws)
    with using(container):
        seed_officers(container)
        yield container
