"""A short siege of each kind keeps nobody out; and one of a service that refuses by address is seen to do so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.access.access_policy import LOGINS_PER_NETWORK, MAILS_PER_NETWORK
from chalicelib.domain.limit import Limit
from chalicelib.store.limit_store import LimitStore
from tests.cloud import Engine
from tests.siege.scenarios import SCENARIOS, SHARED, Scenario
from tests.siege.siege import besieged

pytestmark = pytest.mark.deep

SHORT = [replace(scenario, minutes=4, requests=220, crowd=min(scenario.crowd, 12)) for scenario in SCENARIOS]
SHARED_ADDRESS = SHORT[1]


@pytest.mark.parametrize("scenario", SHORT, ids=lambda scenario: scenario.name)
def test_the_innocent_get_in_within_three_steps_and_nobody_else(moto_engine: Engine, scenario: Scenario) -> None:
    outcome = besieged(moto_engine, scenario)

    assert outcome.complaints == []
    assert all(sum(steps.values()) > 0 for steps in outcome.steps.values())
    if scenario.innocent(0) == SHARED:
        assert outcome.steps["login"][2], "nothing was raised for those who share the address: this was no siege"


@pytest.mark.parametrize(
    ("limit", "ways"), [(LOGINS_PER_NETWORK, {"login"}), (MAILS_PER_NETWORK, {"code", "recovery"})]
)
def test_a_service_that_refuses_by_address_is_seen_to(
    moto_engine: Engine, monkeypatch: pytest.MonkeyPatch, limit: Limit, ways: set[str]
) -> None:
    tally = LimitStore.tally

    def refusing(self: LimitStore, key: str, *, window_s: int, now: datetime) -> Any:
        if key.startswith(limit.name + "#"):
            self.spend(f"hard#{key}", limit=limit.limit, window_s=window_s, now=now)
        return tally(self, key, window_s=window_s, now=now)

    monkeypatch.setattr(LimitStore, "tally", refusing)

    kept_out = besieged(moto_engine, SHARED_ADDRESS).kept_out

    assert {complaint.partition(":")[0] for complaint in kept_out} >= ways
