"""What a person is told when a registry does not confirm a claim (REG-4).

Whoever types another person's DNI must not learn whether it exists, belongs to a minor or to somebody who died: all
refusals of a person are one. The state of a RUC is public, and is told to who knows its name and district.
"""

from __future__ import annotations

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.registration.identity import Outcome, Registry, RegistryResult

_PERSON = (
    "identity_mismatch",
    "Los datos no coinciden con los de RENIEC. Escríbelos como figuran en tu DNI.",
)
_AUTHENTICATED = (
    "identity_mismatch",
    "RENIEC no nos confirma que puedas abrir una casilla con este DNI. Llama o escribe a la ayuda.",
)
"""Of whom an identity provider authenticated, who typed nothing that could be wrong."""
_COMPANY = (
    "company_mismatch",
    "Los datos no coinciden con los de SUNAT. Escríbelos como figuran en la ficha RUC, también el distrito.",
)
_COMPANY_STATES = {
    Outcome.INACTIVE: (
        "company_inactive",
        "El RUC no está activo en SUNAT. Regulariza su estado y vuelve a registrarte.",
    ),
    Outcome.NOT_HABIDO: (
        "company_not_habido",
        "El domicilio fiscal no figura como habido en SUNAT. Regulariza su condición y vuelve a registrarte.",
    ),
}
_PASSING = {Outcome.MATCHED, Outcome.NOT_CHECKED}


def refuse_unless_confirmed(result: RegistryResult, *, is_authenticated: bool = False) -> None:
    """Pass what matched, and what no registry can check and an officer will; refuse the rest.

    Raises:
        InvalidInput: `identity_mismatch`, `company_mismatch`, `company_inactive` or `company_not_habido`; no field,
            since none is said to be the wrong one.

    """
    if result.outcome in _PASSING:
        return
    if result.registry is Registry.RENIEC:
        raise InvalidInput(*(_AUTHENTICATED if is_authenticated else _PERSON))
    raise InvalidInput(*_COMPANY_STATES.get(result.outcome, _COMPANY))
