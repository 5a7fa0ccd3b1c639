from __future__ import annotations

import unicodedata

import pytest

from chalicelib.domain.official_name import fold, fold_company, fold_district, is_married_form


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("josé  ángel", "JOSE ANGEL"),
        ("De la Prueba", "DELAPRUEBA"),
        ("D'Ejemplo", "D EJEMPLO"),
        ("D\u2019Ejemplo", "DEJEMPLO"),
        ("Pérez-Ficticio", "PEREZ FICTICIO"),
        ("Güiraldes", "GUIRALDES"),
        ("Ma. Luz", "MA LUZ"),
        (unicodedata.normalize("NFD", "Muñeco Ángel"), "MUÑECO ANGEL"),
    ],
)
def test_accents_case_spaces_and_punctuation_do_not_count(written: str, held: str) -> None:
    assert fold(written) == fold(held)


def test_enye_is_a_letter_of_its_own() -> None:
    assert fold("Peña") == "PEÑA"
    assert fold("Peña") != fold("Pena")


@pytest.mark.parametrize("placeholder", ["", "  ", "-", ".", "--"])
def test_a_placeholder_is_no_name(placeholder: str) -> None:
    assert fold(placeholder) == ""


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("Prueba S.A.C.", "PRUEBA SOCIEDAD ANONIMA CERRADA"),
        ("Prueba SAA", "PRUEBA SOCIEDAD ANÓNIMA ABIERTA"),
        ("Prueba S. A.", "PRUEBA SOCIEDAD ANONIMA"),
        ("Prueba S.R.LTDA.", "PRUEBA SOCIEDAD COMERCIAL DE RESPONSABILIDAD LIMITADA"),
        ("Prueba EIRL", "PRUEBA EMPRESA INDIVIDUAL DE RESPONSABILIDAD LIMITADA"),
        ("Prueba S.A.C.S.", "PRUEBA SOCIEDAD POR ACCIONES CERRADA SIMPLIFICADA"),
        ("Padre & Hijos", "PADRE Y HIJOS"),
    ],
)
def test_the_kind_of_company_counts_the_same_in_full_and_in_short(written: str, held: str) -> None:
    assert fold_company(written) == fold_company(held)


def test_another_kind_of_company_is_another_company() -> None:
    assert fold_company("Prueba S.A.C.") != fold_company("Prueba S.A.")


def test_the_centre_of_lima_has_three_names() -> None:
    assert {fold_district(name) for name in ("Lima", "Cercado de Lima", "LIMA (CERCADO)")} == {"LIMA"}
    assert fold_district("San Martín de Porres") == fold_district("SAN MARTIN DE PORRES")


@pytest.mark.parametrize(
    "written", ["Figurada de Supuesto", "FIGURADA VDA. DE SUPUESTO", "Figurada viuda de la Prueba"]
)
def test_a_husbands_name_may_follow_a_surname(written: str) -> None:
    assert is_married_form(written, of="Figurada")


@pytest.mark.parametrize("written", ["Figurada", "Figurada de", "Figurada Supuesto", "De Supuesto", "Otra de Supuesto"])
def test_nothing_else_is_a_married_form(written: str) -> None:
    assert not is_married_form(written, of="Figurada")
