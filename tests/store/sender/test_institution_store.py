from __future__ import annotations

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.sender.institution_changes import change_details, new_institution
from chalicelib.store.sender.institution_store import PROFILE, institution_from
from chalicelib.store.tables import InstitutionItem
from tests.cloud import bound
from tests.deposit_world import INSTITUTION_ID, an_institution, institution_item


@pytest.fixture
def tables(aws: dict[str, str]) -> None:
    bound(aws)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("short_name", [None, "Muni. Villa Ejemplo"])
def test_a_profile_is_read_as_it_was_put(short_name: str | None) -> None:
    institution = an_institution(short_name=short_name)
    institution_item(institution).save()
    assert institution_from(InstitutionItem.get(INSTITUTION_ID, PROFILE)) == institution


@pytest.mark.usefixtures("tables")
def test_a_profile_from_before_short_names_has_none() -> None:
    institution_item(an_institution()).save()
    item = InstitutionItem.get(INSTITUTION_ID, PROFILE)
    del item.data["short_name"]
    item.save()
    assert institution_from(InstitutionItem.get(INSTITUTION_ID, PROFILE)) == an_institution()


def test_a_short_name_that_no_sms_can_hold_is_of_no_institution() -> None:
    told = {"name": "Municipalidad", "address": "Plaza Ejemplo 1", "phone": "111111"}
    with pytest.raises(InvalidInput, match="short_name_invalid"):
        new_institution("muni", **told, short_name="Municipalidad Provincial de Villa Ejemplo")
    with pytest.raises(InvalidInput, match="short_name_invalid"):
        change_details(an_institution(), short_name="Municipalidad Provincial de Villa Ejemplo")
