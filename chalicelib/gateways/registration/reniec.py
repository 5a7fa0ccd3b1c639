"""RENIEC's consultation of a DNI through PIDE, REST form; docs/registros.md says where the form is known from.

    POST <RENIEC_URL>?out=json
    {"PIDE": {"nuDniConsulta", "nuDniUsuario", "nuRucUsuario", "password"}}
    → {"consultarResponse": {"return": {"coResultado", "deResultado", "datosPersona": {"apPrimer", "apSegundo",
       "prenombres", "estadoCivil", "ubigeo", "direccion", "restriccion", "foto"}}}}

Address, civil status and photo are not read. The optional data at the end are what an extended service may add; the
public one does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.official_name import fold
from chalicelib.domain.registration.identity import (
    Outcome,
    PersonClaim,
    PersonRecord,
    Registry,
    RegistryResult,
    Sex,
    compare_person,
)
from chalicelib.gateways.credential import Credential
from chalicelib.gateways.registration.registry_http import RegistryHttp, registry_unavailable, require_readable
from chalicelib.gateways.secret_texts import SecretText

_FOUND = "0000"
_OUTCOMES = {"0001": Outcome.MINOR, "0999": Outcome.NOT_FOUND}
_PASSWORD_REFUSED = {"1001", "1002"}
"""Wrong access, password expired. As the other codes (1000 wrong query, 1003 daily limit) they say nothing of the
person and count as no answer."""
_UNRESTRICTED = {"", "NINGUNA", "NINGUNO", "SINRESTRICCION", "SINRESTRICCIONES"}
_DEATH = "FALLECI"
_SEXES = {"F": Sex.FEMALE, "FEMENINO": Sex.FEMALE, "M": Sex.MALE, "MASCULINO": Sex.MALE}


@dataclass(frozen=True, slots=True)
class ReniecAccess:
    """What the agreement gives an institution; never printed."""

    user_dni: str
    institution_ruc: str
    password: Credential

    def __repr__(self) -> str:
        """Hide everything."""
        return "ReniecAccess(…)"


class Reniec:
    """Asks about one person at a time."""

    def __init__(self, http: RegistryHttp, access: ReniecAccess) -> None:
        """Use one exchange and one access."""
        self._http = http
        self._access = access

    def check(self, claim: PersonClaim) -> RegistryResult:
        """Ask for the claim's DNI and compare.

        Raises:
            Unavailable: `registry_unavailable`: no answer, none that can be read, or one about our own access;
                with `retry_after` where nothing was asked, since the password is not there yet or was refused.

        """
        answer = self._answer(claim.number)
        code = _text(answer, "coResultado")
        if code in _OUTCOMES:
            return RegistryResult(Registry.RENIEC, _OUTCOMES[code])
        if code != _FOUND:
            raise registry_unavailable()
        return compare_person(claim, _record(answer.get("datosPersona")))

    def _answer(self, number: str) -> Mapping[str, Any]:
        password = self._access.password
        try:
            shown = password.to_show()
        except Unavailable as error:
            raise registry_unavailable(error.retry_after) from error
        return password.show(shown, partial(self._ask, number), _is_password_refused)

    def _ask(self, number: str, password: SecretText) -> Mapping[str, Any]:
        return _unwrap(self._http.post({"out": "json"}, {"PIDE": self._question(number, password)}))

    def _question(self, number: str, password: SecretText) -> dict[str, str]:
        return {
            "nuDniConsulta": number,
            "nuDniUsuario": self._access.user_dni,
            "nuRucUsuario": self._access.institution_ruc,
            "password": password.text,
        }


def _is_password_refused(answer: Mapping[str, Any]) -> bool:
    return _text(answer, "coResultado") in _PASSWORD_REFUSED


def _unwrap(answer: Any) -> Mapping[str, Any]:
    """Take the result out of its envelope; errors of the platform have been seen without one."""
    for name in ("consultarResponse", "return"):
        answer = answer.get(name, answer) if isinstance(answer, dict) else None
    if not isinstance(answer, dict):
        raise registry_unavailable()
    return answer


def _record(person: Any) -> PersonRecord:
    if not isinstance(person, dict):
        raise registry_unavailable()
    restriction = fold(_text(person, "restriccion"))
    record = PersonRecord(
        first_surname=_text(person, "apPrimer"),
        second_surname=_text(person, "apSegundo"),
        given_names=_text(person, "prenombres"),
        is_deceased=_DEATH in restriction,
        is_restricted=restriction not in _UNRESTRICTED,
        birth_date=_day(_text(person, "feNacimiento")),
        sex=_sex(_text(person, "sexo")),
        issue_date=_day(_text(person, "feEmision")),
    )
    if not fold(record.given_names) or not fold(record.first_surname + record.second_surname):
        raise registry_unavailable()
    return record


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise registry_unavailable()
    return " ".join(require_readable(value or "").split())


def _day(text: str) -> date | None:
    """Read `AAAAMMDD`, `AAAA-MM-DD` or `DD/MM/AAAA`."""
    if not text:
        return None
    try:
        return date.fromisoformat("".join(reversed(text.split("/"))))
    except ValueError:
        raise registry_unavailable() from None  # its text has the date


def _sex(text: str) -> Sex | None:
    if text and fold(text) not in _SEXES:
        raise registry_unavailable()
    return _SEXES.get(fold(text))
