from __future__ import annotations

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.handlers.operator.who_and_why import check_reason, operator_actor


@pytest.mark.parametrize("name", ["rq", "rquispe", "rosa.quispe-2", "R_Quispe", "x" * 40])
def test_an_operator_is_told_by_a_name_without_spaces(name: str) -> None:
    assert operator_actor(name) == f"operator:{name}"


@pytest.mark.parametrize(
    "name", ["", "r", "x" * 41, "rosa quispe", "rosa@ejemplo.pe", "-rosa", "a#b", "a:b", "rosa\n", "ñusta", "٣٣"]
)
def test_no_other_name_is_taken(name: str) -> None:
    with pytest.raises(InvalidInput, match="operator_name_invalid"):
        operator_actor(name)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("SES en pausa el 9 de marzo; AWS la levantó el 12.", None),
        ("  cuota subida  ", "cuota subida"),
        ("x" * 200, None),
        ("ticket 123456", None),
        ("D.S. 042-2025-PCM y R.M. 1234-2026-MTPE/4, desde el 2026-05-04", None),
    ],
)
def test_a_reason_is_kept_as_it_was_written(text: str, kept: str | None) -> None:
    assert check_reason(text) == (kept or text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "reason_length_invalid"),
        ("   a   ", "reason_length_invalid"),
        ("x" * 201, "reason_length_invalid"),
        ("SES en\npausa", "reason_unprintable"),
        ("SES \x1b[2Jpausa", "reason_unprintable"),
        ("SES \u202epausa", "reason_unprintable"),
        ("no llegó a rosa@ejemplo.pe", "reason_names_people"),
        ("no llegó al 987654321", "reason_names_people"),
        ("no llegó al 987 654 321", "reason_names_people"),
        ("del DNI 4000-0002", "reason_names_people"),
        ("D.S. 042-2025-PCM, llamar al 987654321", "reason_names_people"),
        ("del DNI 40002026-AB", "reason_names_people"),
    ],
)
def test_a_reason_is_short_printable_and_names_nobody(text: str, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        check_reason(text)
