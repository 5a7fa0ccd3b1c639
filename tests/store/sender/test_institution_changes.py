"""Institutions and keys change whole or not at all, whoever asks at the same time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.sender.institution import Institution
from chalicelib.store.event_store import EventStore
from chalicelib.store.sender.institution_store import InstitutionStore
from chalicelib.store.tables import InstitutionItem
from tests.access_world import at_once
from tests.cloud import bound
from tests.deposit_world import INSTITUTION_ID, NOW, P256_KEY, a_signing_key, an_institution, institution_item
from tests.services.sender.test_read_public_key import der_of

SUBJECT = f"institution#{INSTITUTION_ID}"


@pytest.fixture
def institutions(engine: dict[str, str]) -> InstitutionStore:
    return InstitutionStore(bound(engine))


def an_event(event_id: str = "e1") -> Event:
    return Event(SUBJECT, EventType.INSTITUTION_CHANGED, NOW, event_id, "operator:rquispe")


def logged() -> list[str]:
    return [event.event_id for event in EventStore().list_for_subject(SUBJECT)]


def new(**overrides: Any) -> Institution:
    return an_institution(version=1, **overrides)


def test_an_institution_is_added_once_changed_from_its_version_and_listed(institutions: InstitutionStore) -> None:
    assert institutions.find(INSTITUTION_ID) is None
    institutions.add(new(), an_event())
    with pytest.raises(Conflict, match="institution_exists"):
        institutions.add(new(name="Otra"), an_event("e2"))
    second = new(name="Nueva")
    institutions.update(replace(second, version=2), an_event("e3"))
    for version in (1, 2, 4):
        with pytest.raises(Conflict, match="institution_changed"):
            institutions.update(replace(second, name="Tercera", version=version), an_event("e4"))
    institutions.add(new(institution_id="a-otra"), an_event("e5"))
    institutions.add_key(a_signing_key(), an_event("e6"))

    assert institutions.find(INSTITUTION_ID) == replace(second, version=2)
    assert [one.institution_id for one in institutions.list_all()] == ["a-otra", INSTITUTION_ID]
    assert logged() == ["e1", "e3", "e5", "e6"]


def test_what_a_package_before_wrote_is_changed_and_what_is_not_there_is_not_made(
    institutions: InstitutionStore,
) -> None:
    with pytest.raises(Conflict, match="institution_changed"):
        institutions.update(new(), an_event())
    institution_item(an_institution()).save()
    item = InstitutionItem.get(INSTITUTION_ID, "profile")
    del item.data["version"]
    item.save()
    institutions.update(new(name="Nueva"), an_event())
    with pytest.raises(Conflict, match="institution_changed"):
        institutions.update(new(name="Otra"), an_event("e2"))
    assert institutions.find(INSTITUTION_ID) == new(name="Nueva")


def test_a_key_its_id_and_its_revocation_are_for_good(institutions: InstitutionStore) -> None:
    key = a_signing_key()
    institutions.add_key(key, an_event())
    for again in (
        replace(key, public_key=der_of(P256_KEY)),
        replace(key, key_id="2027-1"),
        replace(key, institution_id="otra"),
    ):
        with pytest.raises(Conflict, match="key_exists"):
            institutions.add_key(again, an_event("e2"))
    revoked = replace(key, revoked_at=NOW)
    institutions.revoke_key(revoked, an_event("e3"))
    with pytest.raises(Conflict, match="key_changed"):
        institutions.revoke_key(replace(revoked, revoked_at=None), an_event("e4"))
    with pytest.raises(Conflict, match="key_changed"):
        institutions.revoke_key(replace(revoked, key_id="nada"), an_event("e5"))

    assert institutions.list_keys(INSTITUTION_ID) == (revoked,)
    assert institutions.find_key(INSTITUTION_ID, key.key_id) == revoked
    assert institutions.find_owner(key.public_key) == (INSTITUTION_ID, key.key_id)
    assert institutions.find_owner(der_of(P256_KEY)) is None
    assert institutions.list_keys("otra") == ()
    assert logged() == ["e1", "e3"]


@pytest.mark.ministack
def test_of_eight_at_once_one_counts(ministack: dict[str, str]) -> None:
    institutions = InstitutionStore(bound(ministack))
    added = at_once(8, lambda n: institutions.add(new(name=f"N{n}"), an_event(f"a{n}")))
    changed = at_once(8, lambda n: institutions.update(replace(new(name=f"M{n}"), version=2), an_event(f"c{n}")))
    keys = at_once(8, lambda n: institutions.add_key(a_signing_key(institution_id=f"entidad-{n}"), an_event(f"k{n}")))
    [owner] = [n for n, result in enumerate(keys) if result is None]
    key = a_signing_key(institution_id=f"entidad-{owner}")
    revoked = at_once(8, lambda n: institutions.revoke_key(replace(key, revoked_at=NOW), an_event(f"r{n}")))

    for results in (added, changed, keys, revoked):
        assert [result for result in results if not isinstance(result, Conflict)] == [None]
    found = institutions.find(INSTITUTION_ID)
    assert found is not None
    assert found.name == f"M{changed.index(None)}"
    assert sorted(event[0] for event in logged()) == ["a", "c", "k", "r"]
    assert [n for n in range(8) if institutions.list_keys(f"entidad-{n}")] == [owner]
