"""SUNAT's main data of a RUC through PIDE, REST form; docs/registros.md says where the form is known from.

    GET <SUNAT_URL>?numruc=<RUC>&out=json
    → {"list": {"multiRef": {"ddp_numruc": {"$": …}, "ddp_nombre", "ddp_estado", "desc_estado", "ddp_flag22",
       "desc_flag22", "desc_dist", …}}}

`multiRef` may be a list whose other members are pieces of the first. An unknown RUC comes as a record without number.
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
from chalicelib.gateways.registration.registry_http import RegistryHttp, registry_unavailable, require_readable
from chalicelib.gateways.registration.soap_json import records_of, text_of

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
        number = text_of(fields, "ddp_numruc")
        if not number:
            return RegistryResult(Registry.SUNAT, Outcome.NOT_FOUND)
        if number != claim.ruc:
            raise registry_unavailable()
        return compare_company(claim, _record(fields))


def _record(fields: Mapping[str, Any]) -> CompanyRecord:
    record = CompanyRecord(
        legal_name=require_readable(text_of(fields, "ddp_nombre")),
        district=require_readable(text_of(fields, "desc_dist")),
        is_active=_is_good(text_of(fields, "ddp_estado"), require_readable(text_of(fields, "desc_estado")), "ACTIVO"),
        is_habido=_is_good(text_of(fields, "ddp_flag22"), require_readable(text_of(fields, "desc_flag22")), "HABIDO"),
    )
    if not fold(record.legal_name) or not fold(record.district):
        raise registry_unavailable()
    return record


def _is_good(code: str, description: str, expected: str) -> bool:
    if not code and not description:
        raise registry_unavailable()
    return code == _GOOD_CODE if code else fold(description) == expected


def _main_record(answer: Any) -> Mapping[str, Any]:
    for record in records_of(answer):
        if "ddp_numruc" in record:
            return record
    raise registry_unavailable()
