from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.registration import registration_store
from chalicelib.config import Config
from chalicelib.domain.contact import Phone
from chalicelib.domain.registration.in_person import DeskVisit
from chalicelib.domain.registration.registration import LIFETIME, Registration, RegistrationState
from chalicelib.domain.registration.review import ReviewRefusal
from chalicelib.domain.registration.taken import TOLD_FOR, TakenEnd, ended_by_desk
from chalicelib.gateways.files import Files
from chalicelib.services.registration.clean_registrations import CleanedRegistrations, clean_registrations
from chalicelib.store.registration_store import RegistrationStore
from tests.alert_world import refusing
from tests.cloud import Engine
from tests.deposit_world import Clock
from tests.registry_world import a_person

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
_NO_SCANS = Files(None, uploads_bucket="", documents_bucket="")
"""Where none is deleted."""
NIGHT_AFTER = NOW + LIFETIME + timedelta(days=1)


@pytest.fixture
def box(engine: dict[str, str]) -> Container:
    return Container(Config.from_env(engine), clock=lambda: NOW)


@pytest.fixture
def store(box: Container) -> RegistrationStore:
    return registration_store(box)


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
    store: RegistrationStore,
    *,
    now: datetime = NIGHT_AFTER,
    items: int = 999,
    days_back: int = 2,
    scans: Files | None = None,
) -> CleanedRegistrations:
    """Clean with time for so many items."""
    clock = Clock(now - timedelta(seconds=1), timedelta(seconds=1))
    until = now + timedelta(seconds=items + 1)
    return clean_registrations(
        registrations=store, files=scans or _NO_SCANS, now=clock, until=until, days_back=days_back
    )


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


SCAN = "desk/entidad-demo/registration-f1/abc.pdf"


@pytest.fixture
def scans(box: Container) -> Files:
    kept = files(box)
    kept.put_document(SCAN, b"%PDF-1.7", "application/pdf")
    return kept


def a_visit() -> DeskVisit:
    return DeskVisit(
        institution_id="entidad-demo",
        office_id=None,
        place="Entidad de Demostración",
        staff_id="s1",
        number="40000101",
        officer="Olga Oficial Ejemplo",
        at=NOW,
        scan_key=SCAN,
        scan_type="application/pdf",
        scan_sha256="abc",
        scan_size=8,
    )


@pytest.mark.parametrize("nights", [0, 3])
def test_of_one_taken_at_a_desk_the_scan_goes_first_and_what_its_desk_is_told_thirty_days_later(
    store: RegistrationStore, scans: Files, nights: int
) -> None:
    keep(store, "d1", desk=a_visit())
    keep(store, "a1")
    night = NIGHT_AFTER + timedelta(days=nights)
    assert run(store, now=NOW + LIFETIME, days_back=30, scans=scans).forgotten == 0
    assert scans.get_document(SCAN)

    assert run(store, now=night, days_back=30, scans=scans) == CleanedRegistrations(
        1, 0, 0, is_complete=True, forgotten=1
    )

    assert scans.list_documents("desk/") == ()
    left = store.find("d1")
    assert left is not None
    assert (left.person, left.company, left.phone.e164, left.others, left.accepted) == (None, None, "", (), ())
    assert left.registered_name
    assert run(store, now=night, days_back=30, scans=scans).forgotten == 0
    last = NOW + LIFETIME + TOLD_FOR
    assert run(store, now=last, days_back=30, scans=scans).deleted == 0
    assert run(store, now=last + timedelta(days=1), days_back=30, scans=scans).deleted == 1
    assert store.find("d1") is None


def test_a_run_that_died_after_the_scan_was_deleted_is_made_up_for(
    store: RegistrationStore, scans: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, "d1", desk=a_visit())

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(RegistrationStore, "update", die)
        with pytest.raises(KeyboardInterrupt):
            run(store, scans=scans)
    assert scans.list_documents("desk/") == ()

    assert run(store, scans=scans).forgotten == 1


def test_a_scan_that_cannot_be_deleted_keeps_its_registration_for_the_next_night(
    store: RegistrationStore, scans: Files, moto_engine: Engine, box: Container
) -> None:
    keep(store, "d1", desk=a_visit())
    client = moto_engine.client("s3")
    failing = Files(client, uploads_bucket=box.config.uploads_bucket, documents_bucket=box.config.documents_bucket)

    with refusing(client, "DeleteObject", "SlowDown"):
        assert run(store, scans=failing).failed == 1

    found = store.find("d1")
    assert found is not None
    assert found.person is not None
    assert run(store, scans=scans).forgotten == 1


def test_one_that_an_officer_ended_goes_the_next_night_with_its_scan(store: RegistrationStore, scans: Files) -> None:
    keep(store, "d1", desk=a_visit())
    found = store.find("d1")
    assert found is not None
    store.update(ended_by_desk(found, TakenEnd.EMAIL_WRONG, NOW))

    assert run(store, now=NOW, scans=scans).deleted == 0
    assert run(store, now=NOW + timedelta(days=1), scans=scans).deleted == 1

    assert store.find("d1") is None
    assert scans.list_documents("desk/") == ()


@pytest.mark.parametrize(
    "end",
    [
        {"state": RegistrationState.COMPLETED, "expires_at": None},
        {"state": RegistrationState.REFUSED, "refusal": ReviewRefusal.DIFFERS.value, "is_proven": True},
        {"state": RegistrationState.AWAITING_REVIEW, "review_since": NOW, "review_until": NOW, "expires_at": None},
    ],
)
def test_the_scan_of_one_that_was_decided_or_is_looked_at_stays(
    store: RegistrationStore, scans: Files, end: dict[str, Any]
) -> None:
    keep(store, "d1", desk=a_visit())
    found = store.find("d1")
    assert found is not None
    store.update(replace(found, **end))

    run(store, scans=scans)

    assert scans.get_document(SCAN)
