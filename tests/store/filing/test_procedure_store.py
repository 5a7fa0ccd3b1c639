"""Procedures change whole or not at all, each of their versions is kept, and the public list shows the present one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.catalogue import entry_of
from chalicelib.domain.filing.procedure import AnswerTerm, FormFile
from chalicelib.domain.sender.institution import Institution, InstitutionState
from chalicelib.store.event_store import EventStore
from chalicelib.store.filing.procedure_store import ProcedureStore
from chalicelib.store.institution.office_store import OfficeStore
from chalicelib.store.sender.institution_store import InstitutionStore
from tests.access_world import at_once
from tests.catalogue_world import PROCEDURE, a_procedure
from tests.cloud import bound
from tests.deposit_world import INSTITUTION_ID, NOW

SUBJECT = f"institution#{INSTITUTION_ID}"
ID = PROCEDURE.procedure_id


@pytest.fixture
def procedures(engine: dict[str, str]) -> ProcedureStore:
    return ProcedureStore(bound(engine))


def an_event(event_id: str = "e1") -> Event:
    return Event(SUBJECT, EventType.PROCEDURE_CHANGED, NOW, event_id, "staff:s1")


def logged() -> list[str]:
    return sorted(event.event_id for event in EventStore().list_for_subject(SUBJECT))


def an_institution(institution_id: str = INSTITUTION_ID, name: str = "Entidad") -> Institution:
    return Institution(institution_id, name, "Av. Ejemplo 1", "1", InstitutionState.ACTIVE, version=1)


def test_a_procedure_is_added_changed_from_its_version_and_every_version_stays(procedures: ProcedureStore) -> None:
    assert procedures.find(INSTITUTION_ID, ID) is None
    procedures.add(PROCEDURE, an_event())
    with pytest.raises(Conflict, match="procedure_exists"):
        procedures.add(PROCEDURE, an_event("e2"))
    second = a_procedure(
        title="Licencia nueva",
        version=2,
        forms=(FormFile("f.pdf", "Solicitud", "a" * 64, 9, "procedures/e/a"),),
        answer_term=AnswerTerm(0, None, "Ley"),
        retired_at=NOW + timedelta(hours=1),
        retired_reason="Ya no",
    )
    procedures.update(second, an_event("e3"))
    for version in (1, 2, 4):
        with pytest.raises(Conflict, match="procedure_changed"):
            procedures.update(replace(second, version=version), an_event("e4"))
    with pytest.raises(Conflict, match="procedure_changed"):
        procedures.update(replace(second, procedure_id="P2"), an_event("e5"))

    assert procedures.find(INSTITUTION_ID, ID) == second
    assert procedures.find("otra", ID) is None
    assert procedures.list_versions(INSTITUTION_ID, ID, limit=9) == (second, PROCEDURE)
    assert procedures.list_versions(INSTITUTION_ID, ID, limit=1) == (second,)
    assert procedures.list_for_institution(INSTITUTION_ID) == (entry_of(second),)
    assert logged() == ["e1", "e3"]


def test_the_public_list_is_read_from_a_position_on_and_of_one_institution_alone(procedures: ProcedureStore) -> None:
    owners = ("a", "a-b", "b")
    for number, owner in enumerate((*owners, "a")):
        procedures.add(a_procedure(institution_id=owner, procedure_id=f"P{number}"), an_event(f"e{number}"))
    everything = procedures.list_after(None, limit=9)
    assert [position for position, _ in everything] == ["a#P0", "a#P3", "a-b#P1", "b#P2"]
    assert [one.institution_id for _, one in procedures.list_after("a#P3", limit=1)] == ["a-b"]
    assert procedures.list_after("b#P2", limit=9) == ()
    assert [one.procedure_id for one in procedures.list_for_institution("a")] == ["P0", "P3"]
    assert procedures.list_for_institution("c") == ()


def test_which_institutions_have_a_catalogue_is_told_by_name(procedures: ProcedureStore) -> None:
    institutions = InstitutionStore(procedures._connection)  # noqa: SLF001 - the one that all share
    for at, (owner, name) in enumerate((("b", "álamo"), ("a", "Zorro"), ("sin", "Sin catálogo"))):
        institutions.add(an_institution(owner, name), an_event(f"i{at}"))
    assert procedures.list_institutions() == ()
    procedures.add(a_procedure(institution_id="a"), an_event("e1"))
    procedures.add(a_procedure(institution_id="a", procedure_id="P2"), an_event("e2"))
    procedures.add(a_procedure(institution_id="b"), an_event("e3"))
    assert [one.name for one in procedures.list_institutions()] == ["álamo", "Zorro"]
    assert procedures.find_institutions(()) == ()
    assert [one.name for one in procedures.find_institutions(["b", "b", "nadie"])] == ["álamo"]


def test_a_page_is_read_with_its_institution_in_one_version_or_another(procedures: ProcedureStore) -> None:
    procedures.add(PROCEDURE, an_event("e1"))
    assert procedures.find_shown(INSTITUTION_ID, ID) is None
    InstitutionStore(procedures._connection).add(an_institution(), an_event("i1"))  # noqa: SLF001 - as above
    second = a_procedure(title="Nueva", version=2)
    procedures.update(second, an_event("e2"))
    shown = procedures.find_shown(INSTITUTION_ID, ID)
    assert shown is not None
    assert (shown.asked, shown.present, shown.institution.name, shown.is_present) == (second, second, "Entidad", True)
    before = procedures.find_shown(INSTITUTION_ID, ID, 1)
    assert before is not None
    assert (before.asked, before.present, before.is_present) == (PROCEDURE, second, False)
    same = procedures.find_shown(INSTITUTION_ID, ID, 2)
    assert same is not None
    assert same.is_present
    assert procedures.find_shown(INSTITUTION_ID, ID, 3) is None
    assert procedures.find_shown(INSTITUTION_ID, "otro") is None


def test_procedures_are_no_keys_no_offices_and_no_institutions(procedures: ProcedureStore) -> None:
    procedures.add(PROCEDURE, an_event())
    institutions = InstitutionStore(procedures._connection)  # noqa: SLF001 - as above
    assert institutions.list_keys(INSTITUTION_ID) == ()
    assert institutions.list_all() == ()
    assert institutions.list_directory() == ()
    assert OfficeStore(procedures._connection).list_for_institution(INSTITUTION_ID) == ()  # noqa: SLF001 - as above


@pytest.mark.ministack
def test_of_eight_who_change_one_procedure_at_once_one_counts(ministack: dict[str, str]) -> None:
    procedures = ProcedureStore(bound(ministack))
    added = at_once(8, lambda n: procedures.add(a_procedure(title=f"N{n}"), an_event(f"a{n}")))
    changed = at_once(8, lambda n: procedures.update(a_procedure(title=f"M{n}", version=2), an_event(f"c{n}")))

    for results in (added, changed):
        assert [result for result in results if not isinstance(result, Conflict)] == [None]
    found = procedures.find(INSTITUTION_ID, ID)
    assert found is not None
    assert found.title == f"M{changed.index(None)}"
    assert [one.title for one in procedures.list_for_institution(INSTITUTION_ID)] == [found.title]
    assert [one.title[0] for one in procedures.list_versions(INSTITUTION_ID, ID, limit=9)] == ["M", "N"]
    assert [event[0] for event in logged()] == ["a", "c"]
