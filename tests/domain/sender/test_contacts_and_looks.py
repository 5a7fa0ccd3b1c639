"""Contacts by subject, emblem and colours of an institution: what is taken, and what its events say of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.sender.institution import Colours, Institution, SubjectContact
from chalicelib.domain.sender.institution_changes import (
    MOST_CONTACTS,
    read_colours,
    read_contact,
    remove_contact,
    set_colours,
    set_contact,
    set_emblem,
)
from chalicelib.store.codec import from_data, to_data
from tests.deposit_world import an_institution

LICENCES = SubjectContact("c1", "Licencias", "Mesa de partes", "01 000-0000", "licencias@entidad.example", "8 a 16")


def test_a_contact_is_tidied_and_needs_a_way_to_reach_it() -> None:
    typed = replace(LICENCES, subject="  Licencias ", hours="", email=" Licencias@Entidad.example ")
    assert read_contact(typed).subject == "Licencias"
    assert read_contact(replace(typed, email="")).email is None
    assert read_contact(replace(typed, phone="")).phone == ""


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"subject": "", "desk": " "}, ["subject", "desk"]),
        ({"phone": "", "email": None}, ["phone"]),
        ({"email": "nada"}, ["email"]),
        (dict.fromkeys(("subject", "desk", "phone", "hours"), "x" * 81), ["subject", "desk", "phone", "hours"]),
        ({"phone": "1" * 61}, ["phone"]),
    ],
)
def test_all_that_is_wrong_with_a_contact_is_told_at_once(changes: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_contact(replace(LICENCES, **changes))
    assert [problem.field for problem in refused.value.problems] == fields


def test_each_subject_has_one_contact_and_the_event_copies_neither_telephone_nor_address() -> None:
    first = set_contact(an_institution(), LICENCES)
    assert first.institution.version == 1
    assert first.change == "contacts.Licencias: added"
    assert first.told == "contacto de «Licencias»: agregado"
    again = set_contact(first.institution, LICENCES)
    assert again.change == ""
    changed = set_contact(first.institution, replace(LICENCES, phone="02"))
    assert changed.change == "contacts.Licencias: changed"
    with pytest.raises(Conflict, match="contact_subject_taken"):
        set_contact(first.institution, replace(LICENCES, contact_id="c2", subject="LICENCIAS"))
    gone = remove_contact(first.institution, "c1")
    assert (gone.institution.contacts, gone.change) == ((), "contacts.Licencias: removed")
    assert remove_contact(gone.institution, "c1").change == ""


def test_there_are_not_more_contacts_than_a_page_shows() -> None:
    own = an_institution()
    for number in range(MOST_CONTACTS):
        own = set_contact(own, replace(LICENCES, contact_id=f"c{number}", subject=f"Tema {number}")).institution
    with pytest.raises(Conflict, match="contacts_full"):
        set_contact(own, replace(LICENCES, contact_id="otro", subject="Otro"))
    assert set_contact(own, replace(LICENCES, contact_id="c0", subject="Tema cero")).change


def test_colours_are_read_together_and_an_emblem_is_told_by_the_beginning_of_its_hash() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_colours("#ff6701", "#0056ac")
    assert [problem.field for problem in refused.value.problems] == ["light", "dark"]
    colours = read_colours("#0056AC", "#8ab8f5")
    assert set_colours(an_institution(), colours).change == "colours: none → #0056ac, #8ab8f5"
    assert set_colours(an_institution(colours=colours), None).told == "colores: #0056ac, #8ab8f5 → los del portal"
    assert set_emblem(an_institution(), "a1" * 32).change == "emblem: none → a1a1a1a1a1a1"


def test_an_institution_from_before_has_none_of_it_and_one_from_now_is_read_as_it_was_put() -> None:
    own = an_institution(contacts=(LICENCES,), emblem="a1" * 32, colours=Colours("#0056ac", "#8ab8f5"))
    data = to_data(own)
    assert from_data(Institution, data) == own
    for name in ("contacts", "emblem", "colours"):
        del data[name]
    assert from_data(Institution, data) == an_institution()
