from __future__ import annotations

import pytest

from chalicelib.handlers.fault import describe_fault


def _fail() -> None:
    try:
        int("DNI 40000002")
    except ValueError as error:
        raise RuntimeError("correo rosa@ejemplo.pe") from error


def test_a_fault_tells_kinds_and_places_and_no_personal_data() -> None:
    with pytest.raises(RuntimeError) as caught:
        _fail()

    told = describe_fault(caught.value)

    assert told["error"] == "RuntimeError < ValueError"
    assert told["at"].endswith("_fail")
    assert "40000002" not in str(told)
    assert "rosa" not in str(told)
