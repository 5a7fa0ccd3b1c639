from __future__ import annotations

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.store.sender.institution_store import PROFILE, InstitutionStore, institution_from
from chalicelib.store.tables import InstitutionItem
from tests.cloud import bound
from tests.deposit_world import INSTITUTION_ID, an_institution


@pytest.fixture
def institutions(aws: dict[str, str]) -> InstitutionStore:
    return InstitutionStore(bound(aws))


@pytest.mark.parametrize("short_name", [None, "Muni. Villa Ejemplo"])
def test_a_profile_is_read_as_it_was_put(institutions: InstitutionStore, short_name: str | None) -> None:
    institution = an_institution(short_name=short_name)
    institutions.put(institution)
    assert institution_from(InstitutionItem.get(INSTITUTION_ID, PROFILE)) == institution


def test_a_profile_from_before_short_names_has_none(institutions: InstitutionStore) -> None:
    institutions.put(an_institution())
    item = InstitutionItem.get(INSTITUTION_ID, PROFILE)
    del item.data["short_name"]
    item.save()
    assert institution_from(InstitutionItem.get(INSTITUTION_ID, PROFILE)) == an_institution()


def test_a_short_name_that_no_sms_can_hold_is_not_kept(institutions: InstitutionStore) -> None:
    with pytest.raises(InvalidInput, match="short_name_invalid"):
        institutions.put(an_institution(short_name="Municipalidad Provincial de Villa Ejemplo"))
    assert not InstitutionItem.count(INSTITUTION_ID)
