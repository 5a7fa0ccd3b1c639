from __future__ import annotations

import pytest

from chalicelib.domain.alert.abbreviations import fold, shorten, without_fillers
from chalicelib.domain.alert.sender_name import NOBODY, cut_name, shorter_names, sms_name, split_acronym
from chalicelib.domain.sender.gsm7 import gsm7_length
from tests.renderers.alert.institution_names import NAMES


@pytest.mark.parametrize(
    ("name", "acronym"),
    [
        ("Superintendencia Nacional de Aduanas y de Administracion Tributaria - SUNAT", "SUNAT"),
        ("Registro Nacional de Identificacion y Estado Civil (RENIEC)", "RENIEC"),
        ("Autoridad Nacional del Servicio Civil - SERVIR", "SERVIR"),
        ("Ministerio de la Produccion (PRODUCE)", "PRODUCE"),
        ("SUPERINTENDENCIA NACIONAL DE LOS REGISTROS PUBLICOS - SUNARP", "SUNARP"),
        ("Unidad de Gestion Educativa Local de Villa Ejemplo (UGEL VILLA EJEMPLO)", "UGEL VILLA EJEMPLO"),
        ("Unidad de Gestion Educativa Local Ejemplo - UGEL 07", "UGEL 07"),
        ("MUNICIPALIDAD DISTRITAL DE VALLE HERMOSO - EJEMPLO", None),
        ("MUNICIPALIDAD PROVINCIAL DE VILLA EJEMPLO - SEDE CENTRAL", None),
        ("Empresa Municipal de Aguas (EN LIQUIDACION)", None),
        ("Gobierno Regional de Ejemplo (UNIDAD EJECUTORA 003)", None),
        ("Municipalidad Provincial de Ejemplo - EJEMPLO", None),
        ("Municipalidad Provincial de Ejemplo - Ejemplo", None),
        ("Entidad ()", None),
        ("SUNAT", None),
    ],
)
def test_an_acronym_is_told_from_a_region_an_office_and_a_remark(name: str, acronym: str | None) -> None:
    assert split_acronym(name)[1] == acronym


@pytest.mark.parametrize(
    ("name", "shortest"),
    [
        ("Municipalidad Provincial de Villa Ejemplo - MPVE", "Muni. Prov. Villa Ejemplo"),
        ("Unidad de Gestion Educativa Local de Villa Ejemplo (UGEL)", "UGEL Villa Ejemplo"),
        ("MINISTERIO DE JUSTICIA Y DERECHOS HUMANOS", "MIN. JUSTICIA Y DD.HH."),
        ("Municipalidad Distrital de La Ejemplar", "Muni. Dist. La Ejemplar"),
        ("MUNICIPALIDAD DISTRITAL DE LOS MOLLES", "MUNI. DIST. LOS MOLLES"),
        ("Instituto Nacional de Enfermedades Ejemplares", "Inst. Enfermedades Ejemplares"),
        ("Ministerio de Comercio Exterior y Turismo - MINCETUR", "MINCETUR"),
    ],
)
def test_the_last_way_to_say_a_name_uncut_is_still_one_people_know(name: str, shortest: str) -> None:
    assert list(shorter_names(name))[-1] == shortest


@pytest.mark.parametrize("name", NAMES)
def test_shorter_names_lose_nothing_but_letters_and_a_cut_fits(name: str) -> None:
    plain = sms_name(name)
    assert all("..." not in said and (gsm7_length(said) or 0) <= len(plain) for said in shorter_names(plain))
    for room in range(20, 76):
        assert (gsm7_length(cut_name(plain, room)) or 0) <= room


@pytest.mark.parametrize(
    ("name", "room", "written"),
    [
        ("Gerencia Regional de Trabajo y Promocion del Empleo de Alto Ejemplo", 30, "Ger. Reg. Trabajo... Ejemplo"),
        ("Municipalidad Distrital de Nueva Villa - Provincia de Ejemplo", 30, "Muni. Dist. Nueva Villa..."),
        ('Institucion Educativa N.o 90909 "Martires del Ejemplo"', 30, "I.E... 90909 Martires Ejemplo"),
        ("Ministerio de Vivienda, Construccion y Saneamiento", 30, "Min. Vivienda... Saneam."),
        ("de la " * 30, 30, NOBODY),
        ("Abcdefghijklmnopqrstuvwxyz", 13, "Abcdefghij..."),
    ],
)
def test_a_cut_takes_the_middle_and_leaves_kind_subject_and_place(name: str, room: int, written: str) -> None:
    assert cut_name(name, room) == written


def test_no_whole_word_is_split_while_one_fits() -> None:
    for name in NAMES:
        said = without_fillers(shorten(sms_name(name), hard=True)).replace('"', "").replace("...", " ")
        words = {word.strip(".,()") for word in said.split()}
        cut = cut_name(sms_name(name), 40).replace("...", " ")
        assert {word.strip(".,()") for word in cut.split()} <= words, cut


def test_folding_keeps_the_length() -> None:
    text = "ÑÉßÆ Müller İ Δ"
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Municipalidad 🏛️ de  Ejemplo", "Municipalidad de Ejemplo"),
        ("Nun\N{COMBINING TILDE}oa 👨‍👩‍👧", "Nuñoa"),
        ("Entidad © N.° 1", "Entidad N.o 1"),
        ("機関 Ejemplo", "?? Ejemplo"),
        ("機関", NOBODY),
        ("", NOBODY),
    ],
)
def test_a_name_is_written_with_what_an_sms_has(name: str, written: str) -> None:
    assert sms_name(name) == written


def test_a_name_of_any_length_is_read_at_once() -> None:
    assert len(sms_name("a" + "\u0301\u0316" * 100_000)) <= 400
