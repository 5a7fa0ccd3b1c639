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
        ("N.º 5", "n.o 5"),
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
