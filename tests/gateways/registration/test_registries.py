from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.official_name import RegistryGarbled
from chalicelib.domain.registration.assurance import Comparison, Source
from chalicelib.domain.registration.identity import CompanyClaim, Outcome, Registry, RegistryResult
from tests.kept_secret import KeptSecret
from tests.registry_world import EXPECTED, RegistryWorld, a_company, a_person, an_access, registry_world


@pytest.fixture
def world() -> Iterator[RegistryWorld]:
    with registry_world() as opened:
        yield opened


@pytest.mark.parametrize("number", EXPECTED)
def test_people_match_as_they_write_themselves(world: RegistryWorld, number: str) -> None:
    result = world.registries.check_person(a_person(number))
    assert (result.outcome, result.registered_name) == (Outcome.MATCHED, EXPECTED[number][3])


def test_the_common_service_compares_names_alone_and_the_fuller_one_all(world: RegistryWorld) -> None:
    fuller, common = (world.registries.check_person(a_person(number)) for number in ("99000001", "99000007"))
    assert fuller.compared == (Comparison(Source.RENIEC, ("names", "birth_date", "sex", "issue_date")),)
    assert common.compared == (Comparison(Source.RENIEC, ("names",)),)


@pytest.mark.parametrize("changes", [{"birth_date": date(1990, 3, 16)}, {"issue_date": date(2020, 10, 1)}])
def test_the_extended_service_finds_a_wrong_date(world: RegistryWorld, changes: dict[str, Any]) -> None:
    result = world.registries.check_person(a_person(**changes))
    assert result == RegistryResult(Registry.RENIEC, Outcome.MISMATCHED)


@pytest.mark.parametrize(
    ("number", "changes", "outcome"),
    [
        ("99000001", {"given_names": "Rosalía"}, Outcome.MISMATCHED),
        ("99000003", {"paternal_surname": "Muneco"}, Outcome.MISMATCHED),
        ("99000008", {}, Outcome.DECEASED),
        ("99000009", {}, Outcome.MINOR),
        ("99000010", {"paternal_surname": "Anotado", "given_names": "Omar"}, Outcome.RESTRICTED),
        ("99000404", {}, Outcome.NOT_FOUND),
        ("99009999", {}, Outcome.NOT_FOUND),
    ],
)
def test_people_who_do_not_pass(world: RegistryWorld, number: str, changes: dict[str, Any], outcome: Outcome) -> None:
    assert world.registries.check_person(a_person(number, **changes)) == RegistryResult(Registry.RENIEC, outcome)


@pytest.mark.parametrize("document_type", [DocumentType.CE, DocumentType.PASSPORT])
def test_no_registry_is_asked_about_foreign_documents(world: RegistryWorld, document_type: DocumentType) -> None:
    result = world.registries.check_person(a_person(document_type=document_type))
    assert (result.outcome, world.simulator.asked) == (Outcome.NOT_CHECKED, [])


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        (a_company(), Outcome.MATCHED),
        (
            a_company("20990000027", legal_name="Comercial Ficticia & Hijos S.R.L.", district="Cercado de Lima"),
            "matched",
        ),
        (a_company("20990000035", legal_name="Cabañas del Ejemplo EIRL", district="Breña"), "matched"),
        (a_company("20990000078", legal_name="Lista de Ejemplo S.A.", district="Piura"), "matched"),
        (a_company("20990000086", legal_name="Cooperativa Inventada", district="Cusco"), "matched"),
        (a_company("20990000043", legal_name="Textil Simulada S.A.", district="Ate"), Outcome.INACTIVE),
        (a_company("20990000051", legal_name="Transportes Imaginarios SAC", district="Comas"), Outcome.NOT_HABIDO),
        (a_company("20990000060", legal_name="Minera Supuesta S.A.A.", district="Arequipa"), Outcome.MISMATCHED),
        (a_company("20990004049"), Outcome.NOT_FOUND),
        (a_company("20990000094"), Outcome.NOT_FOUND),
    ],
)
def test_companies(world: RegistryWorld, claim: CompanyClaim, outcome: str) -> None:
    assert world.registries.check_company(claim).outcome == outcome


@pytest.mark.parametrize(
    "number",
    [
        *("99000011", "99000012", "99000013", "99000500", "99000501", "99000502"),
        *("99000503", "99000504", "99000505", "99000506", "99000507"),
    ],
)
def test_an_answer_that_is_none_is_unavailable_and_tells_nothing(world: RegistryWorld, number: str) -> None:
    with pytest.raises(Unavailable, match=r"^registry_unavailable$") as refusal:
        world.registries.check_person(a_person(number))
    told = "".join(traceback.format_exception(refusal.value))
    assert world.simulator.asked == [number]
    assert refusal.value.retryable
    assert not [word for word in (number, "INCOMPLETO", "Ausente", "clave-de-prueba") if word in told]


@pytest.mark.parametrize(
    "ask",
    [
        lambda world: world.registries.check_person(
            a_person("99000014", paternal_surname="Muñeco", maternal_surname="Cabaña", given_names="Íñigo")
        ),
        lambda world: world.registries.check_company(
            a_company("20990000116", legal_name="Pinturas Inventadas S.A.C.", district="Breña")
        ),
    ],
)
def test_a_name_without_its_letters_is_no_answer_and_closes_the_way_for_nobody(
    world: RegistryWorld, ask: Callable[[RegistryWorld], RegistryResult]
) -> None:
    for _ in range(4):
        with pytest.raises(RegistryGarbled, match=r"^registry_unavailable$"):
            ask(world)
    assert len(world.simulator.asked) == 4
    assert world.registries.check_person(a_person()).outcome is Outcome.MATCHED


@pytest.mark.parametrize("ruc", ["20990005002", "20990005011", "20990005029", "20990005037"])
def test_companies_whose_registry_does_not_answer(world: RegistryWorld, ruc: str) -> None:
    with pytest.raises(Unavailable, match=r"^registry_unavailable$"):
        world.registries.check_company(a_company(ruc))


@pytest.mark.parametrize("access", [an_access(KeptSecret("equivocada")), replace(an_access(), user_dni="")])
def test_a_refused_access_is_no_answer_about_the_person(access: Any) -> None:
    with registry_world(access=access) as world, pytest.raises(Unavailable, match="registry_unavailable"):
        world.registries.check_person(a_person())


def test_the_access_is_never_printed() -> None:
    access = an_access(KeptSecret("clave-de-prueba"))

    told = f"{access!r} {access} {access.password!r} {access.password.to_show()!r} {access.password.to_show()}"
    assert "clave-de-prueba" not in told


def test_after_several_failures_a_registry_is_left_alone_and_the_other_goes_on(world: RegistryWorld) -> None:
    for _ in range(3):
        with pytest.raises(Unavailable):
            world.registries.check_person(a_person("99000500"))
    world.simulator.asked.clear()
    with pytest.raises(Unavailable, match="registry_unavailable") as refusal:
        world.registries.check_person(a_person())
    assert (refusal.value.retry_after, world.simulator.asked) == (30, [])
    assert world.registries.check_company(a_company()).outcome is Outcome.MATCHED
    world.now += timedelta(seconds=30)
    assert world.registries.check_person(a_person()).outcome is Outcome.MATCHED
    assert world.registries.check_person(a_person()).outcome is Outcome.MATCHED


def test_a_mismatch_is_no_failure_of_the_registry(world: RegistryWorld) -> None:
    for _ in range(4):
        assert world.registries.check_person(a_person("99000404")).outcome is Outcome.NOT_FOUND
