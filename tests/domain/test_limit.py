from __future__ import annotations

import pytest

from chalicelib.domain.access import access_policy
from chalicelib.domain.limit import Limit
from chalicelib.services.export import request_export
from chalicelib.services.registration import admit_registration

EVERY = list(
    {
        id(value): value
        for module in (access_policy, admit_registration, request_export)
        for value in vars(module).values()
        if isinstance(value, Limit)
    }.values()
)


def test_every_limit_has_a_name_of_its_own() -> None:
    names = [limit.name for limit in EVERY]
    assert len(set(names)) == len(names) > 12


@pytest.mark.parametrize("limit", EVERY, ids=lambda limit: limit.name)
def test_a_counter_is_named_by_its_limit_and_by_whom_it_counts(limit: Limit) -> None:
    assert limit.key("a", "b") == f"{limit.name}#a#b"
    assert limit.key("a") == f"{limit.name}#a"
