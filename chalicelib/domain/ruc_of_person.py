"""A RUC that begins with 10 belongs to a person: `10`, the DNI, a check digit."""

from __future__ import annotations

import re

_RUC_OF_PERSON = re.compile(r"10[0-9]{9}")
_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def dni_in_ruc(ruc: str) -> str | None:
    """Return the DNI of the person whose RUC this is; None for every other RUC."""
    if _RUC_OF_PERSON.fullmatch(ruc) is None or ruc != ruc_with_dni(ruc[2:-1]):
        return None
    return ruc[2:-1]


def ruc_with_dni(dni: str) -> str:
    """Return a person's RUC; reckoned here, since every deposit to a DNI asks for it and the library is heavy."""
    digits = f"10{dni}"
    weighed = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return f"{digits}{(11 - weighed % 11) % 10}"
