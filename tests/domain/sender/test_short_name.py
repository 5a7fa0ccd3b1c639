import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.sender.short_name import LONGEST_SHORT_NAME, check_short_name


@pytest.mark.parametrize(
    "name",
    [
        "SUNAT",
        "Ñ",
        "Muni. Villa Ejemplo",
        "UGEL N.° 77",
        "UGEL N.º77",
        "S&E «Ejemplo» S.A.",
        "Producción",
        "¿Qué?",
        "x" * 30,
    ],
)
def test_what_an_sms_can_write_is_accepted(name: str) -> None:
    check_short_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "...", "2026", "x" * (LONGEST_SHORT_NAME + 1), "{" * 15 + "x", "機関", "Muni 🏛️"),
        *("Muni\nEjemplo", "Muni\tEjemplo", "Muni  Ejemplo", " Muni", "Muni ", "Muni\x00", "Mu\u200bni", "Mu\u202eni"),
        *(
            "muni.ejemplo.pe",
            "sunat.pe",
            "http://x",
            "muni/ejemplo",
            "a@b",
            "www ejemplo",
            "x.pe",
            "a 1.1.1.1",
            "muni\uff0epe",
        ),
    ],
)
def test_what_it_cannot_or_what_a_telephone_makes_a_link_of_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="short_name_invalid") as refused:
        check_short_name(name)
    assert refused.value.field == "short_name"
    assert str(LONGEST_SHORT_NAME) in refused.value.detail
