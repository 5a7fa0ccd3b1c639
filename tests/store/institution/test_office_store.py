"""Offices change whole or not at all, and each of their versions is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.sender.office import Office
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution.office_store import OfficeStore, OfficeVersion
from chalicelib.store.sender.institution_store import InstitutionStore
from tests.access_world import at_once
from tests.cloud import bound
from tests.deposit_world import INSTITUTION_ID, NOW

SUBJECT = f"institution#{INSTITUTION_ID}"
OFFICE = Office("K7M3", INSTITUTION_ID, "Oficina Sur", "Jr. Ejemplo 4")


@pytest.fixture
def offices(engine: dict[str, str]) -> OfficeStore:
    return OfficeStore(bound(engine))


def an_event(event_id: str = "e1", minutes: int = 0) -> Event:
    return Event(SUBJECT, EventType.OFFICE_CHANGED, NOW + timedelta(minutes=minutes), event_id, "staff:s1")


def logged() -> list[str]:
    return [event.event_id for event in EventStore().list_for_subject(SUBJECT)]


def test_an_office_is_added_changed_from_its_version_and_what_was_in_force_can_be_told(offices: OfficeStore) -> None:
    assert offices.find(INSTITUTION_ID, "K7M3") is None
    offices.add(OFFICE, an_event())
    with pytest.raises(Conflict, match="office_exists"):
        offices.add(OFFICE, an_event("e2"))
    second = replace(OFFICE, address="Av. Nueva 1", version=2)
    offices.update(second, an_event("e3", 5))
    for version in (1, 2, 4):
        with pytest.raises(Conflict, match="office_changed"):
            offices.update(replace(second, version=version), an_event("e4"))
    with pytest.raises(Conflict, match="office_changed"):
        offices.update(replace(second, office_id="P2"), an_event("e5"))
    offices.add(replace(OFFICE, office_id="K7M", name="almacén"), an_event("e6"))

    assert offices.find(INSTITUTION_ID, "K7M3") == second
    assert offices.find("otra", "K7M3") is None
    assert [one.name for one in offices.list_for_institution(INSTITUTION_ID)] == ["almacén", "Oficina Sur"]
    assert offices.list_for_institution("otra") == ()
    assert offices.list_versions(INSTITUTION_ID, "K7M3", limit=9) == (
        OfficeVersion(second, NOW + timedelta(minutes=5), "staff:s1"),
        OfficeVersion(OFFICE, NOW, "staff:s1"),
    )
    assert len(offices.list_versions(INSTITUTION_ID, "K7M3", limit=1)) == 1
    assert sorted(logged()) == ["e1", "e3", "e6"]


def test_offices_are_no_keys_and_no_institutions(offices: OfficeStore) -> None:
    offices.add(OFFICE, an_event())
    institutions = InstitutionStore(offices._connection)  # noqa: SLF001 - the one that all share
    assert institutions.list_keys(INSTITUTION_ID) == ()
    assert institutions.list_all() == ()


@pytest.mark.ministack
def test_of_eight_who_change_one_office_at_once_one_counts(ministack: dict[str, str]) -> None:
    offices = OfficeStore(bound(ministack))
    added = at_once(8, lambda n: offices.add(replace(OFFICE, name=f"N{n}"), an_event(f"a{n}")))
    changed = at_once(8, lambda n: offices.update(replace(OFFICE, name=f"M{n}", version=2), an_event(f"c{n}")))

    for results in (added, changed):
        assert [result for result in results if not isinstance(result, Conflict)] == [None]
    found = offices.find(INSTITUTION_ID, "K7M3")
    assert found is not None
    assert found.name == f"M{changed.index(None)}"
    assert [one.office.name[0] for one in offices.list_versions(INSTITUTION_ID, "K7M3", limit=9)] == ["M", "N"]
    assert sorted(event[0] for event in logged()) == ["a", "c"]
