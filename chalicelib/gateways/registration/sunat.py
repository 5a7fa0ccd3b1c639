"""SUNAT's main data of a RUC through PIDE, REST form; docs/registros.md says where the form is known from.

    GET <SUNAT_URL>?numruc=<RUC>&out=json
    → {"list": {"multiRef": {"ddp_numruc": {"$": …}, "ddp_nombre", "ddp_estado", "desc_estado", "ddp_flag22",
       "desc_flag22", "desc_dist", …}}}

The JSON is made from SOAP's XML: a value is `{"$": value}`, an empty one `{"@nil": true}`, and `multiRef` may be a list
whose other members are pieces of the first. An unknown RUC comes as a record without number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.official_name import fold
from chalicelib.domain.registration.identity import (
    CompanyClaim,
    CompanyRecord,
    Outcome,
    Registry,
    RegistryResult,
    compare_company,
)
from chalicelib.gateways.registration.registry_http import RegistryHttp, registry_unavailable

_GOOD_CODE = "00"
"""Of `ddp_estado`: ACTIVO; of `ddp_flag22`: HABIDO."""


class Sunat:
    """Asks about one RUC at a time; this service takes no access of its own, PIDE knows the institution's network."""

    def __init__(self, http: RegistryHttp) -> None:
        """Use one exchange."""
        self._http = http

    def check(self, claim: CompanyClaim) -> RegistryResult:
        """Ask for the claim's RUC and compare.

        Raises:
            Unavailable: `registry_unavailable`: no answer, none that can be read, or one about another RUC.

        """
        fields = _main_record(self._http.get({"numruc": claim.ruc, "out": "json"}))
        number = _text(fields, "ddp_numruc")
        if not number:
            return RegistryResult(Registry.SUNAT, Outcome.NOT_FOUND)
        if number != claim.ruc:
            raise registry_unavailable()
        return compare_company(claim, _record(fields))


def _record(fields: Mapping[str, Any]) -> CompanyRecord:
    record = CompanyRecord(
        legal_name=_text(fields, "ddp_nombre"),
        district=_text(fields, "desc_dist"),
        is_active=_is_good(_text(fields, "ddp_estado"), _text(fields, "desc_estado"), "ACTIVO"),
        is_habido=_is_good(_text(fields, "ddp_flag22"), _text(fields, "desc_flag22"), "HABIDO"),
    )
    if not fold(record.legal_name) or not fold(record.district):
        raise registry_unavailable()
    return record


def _is_good(code: str, description: str, expected: str) -> bool:
    if not code and not description:
        raise registry_unavailable()
    return code == _GOOD_CODE if code else fold(description) == expected


def _main_record(answer: Any) -> Mapping[str, Any]:
    found = answer.get("list") if isinstance(answer, dict) else None
    found = found.get("multiRef") if isinstance(found, dict) else None
    for member in found if isinstance(found, list) else [found]:
        if isinstance(member, dict) and "ddp_numruc" in member:
            return member
    raise registry_unavailable()


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if isinstance(value, dict):
        value = None if value.get("@nil") in (True, "true") else value.get("$", "")
    if value is not None and not isinstance(value, str):
        raise registry_unavailable()
    return " ".join((value or "").split())
