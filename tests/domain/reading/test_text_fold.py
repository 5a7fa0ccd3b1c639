import unicodedata

import pytest

from chalicelib.domain.reading.text_fold import fold_text


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Resolución", "resolucion"),
        ("RESOLUCIÓN", "resolucion"),
        ("PEÑA Ñusta", "pena nusta"),
        ("pingüino", "pinguino"),
        ("  dos   espacios ", "dos espacios"),
        ("salto\nde\tlínea", "salto de linea"),
        ("espacio\u00a0duro", "espacio duro"),
        ("N.º 5", "no 5"),
        ("1° de mayo", "1o de mayo"),
        ("1º de mayo", "1o de mayo"),
        ("Straße", "strasse"),
        ("e\ufb01caz", "eficaz"),
        ("000079\u20132026", "000079-2026"),
        ("000079\u20112026", "000079-2026"),
        ("\u00abmulta\u00bb \u201cx\u201d", '"multa" "x"'),
        ("O\u2019Higgins", "o'higgins"),
        ("mul\u200bta\ufeff", "multa"),
        ("mul\x00ta", "multa"),
        ("\u0301", ""),
        ("", ""),
    ],
)
def test_accents_case_spacing_and_kinds_of_signs_do_not_count(written: str, folded: str) -> None:
    assert fold_text(written) == folded


@pytest.mark.parametrize("word", ["Ñandú", "Resolución N.º 7", "CAÑÓN"])
def test_composed_and_decomposed_letters_are_the_same(word: str) -> None:
    assert fold_text(unicodedata.normalize("NFD", word)) == fold_text(unicodedata.normalize("NFC", word))


def test_folding_twice_changes_nothing() -> None:
    once = fold_text("«Ñandú» \u2014 İstanbul ǅ ﷺ")
    assert fold_text(once) == once


NUMBERED = [
    *("N° 000079", "N°000079", "Nº 000079", "Nº000079", "N.º 000079", "N.º000079", "N.° 000079", "N.°000079"),
    *("No. 000079", "No.000079", "no 000079", "No000079", "Nro. 000079", "Nro.000079", "NRO 000079", "nro000079"),
    *("N ° 000079", "N. º 000079", "\u2116 000079", "\u2116000079", "No.\u00a0000079", "N\u02da000079"),
]
"""One number, as offices and people write it."""


@pytest.mark.parametrize("written", NUMBERED)
def test_every_way_to_write_number_is_one(written: str) -> None:
    assert fold_text(written) == "no 000079"
    assert fold_text(f"Resolución {written}-2026/DG") == "resolucion no 000079-2026/dg"
    assert fold_text(f"({written})") == "(no 000079)"


@pytest.mark.parametrize(("written", "folded"), [("N°", "no"), ("Nro.", "no"), ("N.º", "no"), ("No.", "no")])
def test_the_sign_alone_is_found_in_what_has_it(written: str, folded: str) -> None:
    assert fold_text(written) == folded
    assert all(folded in fold_text(numbered) for numbered in NUMBERED)


@pytest.mark.parametrize("sign", ["N° ", "N°", "Nº ", "Nº", "No. ", "No.", "N.º ", "N.º", "Nro. ", "Nro."])
def test_letters_may_follow_the_sign(sign: str) -> None:
    assert fold_text(f"Memorando {sign}MT-12") == "memorando no mt-12"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("no habido", "no habido"),
        ("Norte 5", "norte 5"),
        ("nombre", "nombre"),
        ("Cusco No Norte", "cusco no norte"),
        ("Piano. 5", "piano. 5"),
        ("piano 5", "piano 5"),
        ("Nroam", "nroam"),
        ("cuadro 5", "cuadro 5"),
        ("an.o 5", "an.o 5"),
    ],
)
def test_other_words_stay_as_they_are(written: str, folded: str) -> None:
    assert fold_text(written) == folded


@pytest.mark.parametrize("written", [*NUMBERED, "Memo N°MT-12", "No. No. 5", "N° N.º nro", "nno.5", "n.o.5", "nro.o 1"])
def test_folding_twice_changes_nothing_about_numbers(written: str) -> None:
    once = fold_text(written)
    assert fold_text(once) == once
