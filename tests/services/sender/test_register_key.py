"""Registering a key: the very same by many at once is one, and another under its name or with its bytes is refused."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from chalicelib.domain.errors import CasillaError, Conflict
from chalicelib.domain.sender.institution import KeyAlgorithm
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.sender.institution_tools import InstitutionTools
from chalicelib.services.sender.read_public_key import PublicKey
from chalicelib.services.sender.register_key import KeyOutcome, NewKey, register_key
from chalicelib.store.event_store import EventStore
from chalicelib.store.sender.institution_store import InstitutionStore
from tests.access_world import at_once
from tests.cloud import bound
from tests.deposit_world import INSTITUTION_ID, NOW, a_signing_key, an_institution, institution_item

DER = a_signing_key().public_key


def a_new_key(institution_id: str = INSTITUTION_ID, key_id: str = "2027-1") -> NewKey:
    key = PublicKey(DER, KeyAlgorithm.ED25519)
    return NewKey(institution_id, key_id, key, NOW, NOW + timedelta(days=365))


@pytest.fixture
def tools(ministack: dict[str, str]) -> InstitutionTools:
    store, numbers = InstitutionStore(bound(ministack)), itertools.count()
    for institution_id in (INSTITUTION_ID, "otra"):
        institution_item(an_institution(institution_id=institution_id)).save()
    return InstitutionTools(store, OperatorAct("staff:s1", "Prueba", lambda: NOW, lambda: f"e{next(numbers)}"))


@pytest.mark.ministack
def test_of_eight_who_register_the_very_same_key_at_once_all_are_told_that_it_is_there(tools: InstitutionTools) -> None:
    done = at_once(8, lambda _: register_key(a_new_key(), tools))
    assert sorted(one.is_changed for one in done if isinstance(one, KeyOutcome)) == [False] * 7 + [True], done
    assert len(tools.institutions.list_keys(INSTITUTION_ID)) == 1
    assert len(EventStore().list_for_subject(f"institution#{INSTITUTION_ID}")) == 1


@pytest.mark.ministack
def test_of_two_institutions_that_register_one_key_at_once_one_has_it(tools: InstitutionTools) -> None:
    done = at_once(8, lambda n: register_key(a_new_key(("otra", INSTITUTION_ID)[n % 2], f"k{n}"), tools))
    won = [one for one in done if not isinstance(one, CasillaError)]
    assert len(won) == 1
    assert all(isinstance(one, Conflict) and one.code == "key_exists" for one in done if one not in won)
    registered = [*tools.institutions.list_keys("otra"), *tools.institutions.list_keys(INSTITUTION_ID)]
    assert [key.key_id for key in registered] == [won[0].key.key_id]
