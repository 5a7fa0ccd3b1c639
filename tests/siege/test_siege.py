"""A short siege of each kind keeps nobody out; and one of a service that refuses by address is seen to do so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.access.access_policy import LOGINS_PER_NETWORK, MAILS_PER_NETWORK
from chalicelib.domain.registration.registration_policy import UNPROVEN_PER_NETWORK
from chalicelib.store.limit_store import LimitStore
from tests.cloud import Engine
from tests.siege.scenarios import SCENARIOS, Scenario
from tests.siege.siege import besieged

pytestmark = pytest.mark.deep

SHORT = [
    replace(scenario, minutes=4, requests=112, crowd=min(scenario.crowd, 12))
    for scenario in SCENARIOS
    if scenario.is_among_them
]
"""The three in which the innocent come from where the attackers are; `make siege` plays the others as well."""
SHARED_ADDRESS = SHORT[0]


@pytest.mark.parametrize("scenario", SHORT, ids=lambda scenario: scenario.name)
def test_the_innocent_get_in_within_three_steps_and_nobody_else(moto_engine: Engine, scenario: Scenario) -> None:
    outcome = besieged(moto_engine, scenario)

    assert outcome.complaints == []
    assert all(sum(steps.values()) > 0 for steps in outcome.steps.values())
    if scenario is SHARED_ADDRESS:
        assert outcome.steps["login"][2], "nothing was raised for those who share the address: this was no siege"


def test_a_service_that_refuses_by_address_is_seen_to(moto_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    tally, hard = LimitStore.tally, (LOGINS_PER_NETWORK, MAILS_PER_NETWORK, UNPROVEN_PER_NETWORK)

    def refusing(self: LimitStore, key: str, *, window_s: int, now: datetime) -> Any:
        for limit in hard:
            if key.startswith(limit.name + "#"):
                self.spend(f"hard#{key}", limit=limit.limit, window_s=window_s, now=now)
        return tally(self, key, window_s=window_s, now=now)

    monkeypatch.setattr(LimitStore, "tally", refusing)

    kept_out = besieged(moto_engine, SHARED_ADDRESS).kept_out

    assert {complaint.partition(":")[0] for complaint in kept_out} >= {"login", "code", "registration"}
