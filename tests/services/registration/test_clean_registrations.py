from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.registration import registration_store
from chalicelib.config import Config
from chalicelib.domain.contact import Phone
from chalicelib.domain.registration.registration import LIFETIME, Registration, RegistrationState
from chalicelib.services.registration.clean_registrations import CleanedRegistrations, clean_registrations
from chalicelib.store.registration_store import RegistrationStore
from tests.deposit_world import Clock
from tests.registry_world import a_person

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
NIGHT_AFTER = NOW + LIFETIME + timedelta(days=1)


@pytest.fixture
def store(engine: dict[str, str]) -> RegistrationStore:
    return registration_store(Container(Config.from_env(engine), clock=lambda: NOW))


def keep(store: RegistrationStore, *keys: str, **overrides: Any) -> None:
    for key in keys:
        facts: dict[str, Any] = {
            "state": RegistrationState.AWAITING_CODE,
            "email": "rosa@ejemplo.pe",
            "phone": Phone("+51987654321", is_mobile=True),
            "accepted": (),
            "started_at": NOW,
            "expires_at": NOW + LIFETIME,
            "person": a_person(),
        }
        store.add(Registration(key=key, **(facts | overrides)))


def run(
    store: RegistrationStore, *, now: datetime = NIGHT_AFTER, items: int = 999, days_back: int = 2
) -> CleanedRegistrations:
    """Clean with time for so many items."""
    clock = Clock(now - timedelta(seconds=1), timedelta(seconds=1))
    until = now + timedelta(seconds=items + 1)
    return clean_registrations(registrations=store, now=clock, until=until, days_back=days_back)


def test_a_registration_goes_the_night_after_its_time_and_not_before(store: RegistrationStore) -> None:
    keep(store, "a1", "a2")
    assert run(store, now=NOW + LIFETIME) == CleanedRegistrations(0, 0, 0, is_complete=True)
    assert run(store) == CleanedRegistrations(2, 0, 0, is_complete=True)
    assert (store.find("a1"), store.find("a2")) == (None, None)
    assert run(store) == CleanedRegistrations(0, 0, 0, is_complete=True)


def test_one_that_got_more_time_or_was_completed_stays(store: RegistrationStore) -> None:
    keep(store, "a1", "a2", "a3")
    for key, state, expires_at in (
        ("a1", RegistrationState.AWAITING_REGISTRY, NIGHT_AFTER),
        ("a2", RegistrationState.COMPLETED, None),
    ):
        found = store.find(key)
        assert found is not None
        store.update(replace(found, state=state, expires_at=expires_at))
    assert run(store) == CleanedRegistrations(1, 0, 0, is_complete=True)
    assert store.find("a1") is not None
    assert store.find("a2") is not None


def test_time_bounds_a_run_and_a_shard_full_of_work_keeps_no_other_waiting(store: RegistrationStore) -> None:
    keep(store, *(f"{number}b" for number in range(4)), "c5")
    assert run(store, items=2) == CleanedRegistrations(2, 0, 0, is_complete=False)
    assert store.find("c5") is None
    assert run(store, items=5) == CleanedRegistrations(3, 0, 0, is_complete=True)


def test_a_run_after_a_month_without_one_leaves_nothing(store: RegistrationStore) -> None:
    keep(store, "a1")
    late = NOW + LIFETIME + timedelta(days=30)
    assert run(store, now=late, days_back=30).deleted == 1
