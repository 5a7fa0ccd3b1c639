"""SUNAT's list of a company's representatives through PIDE, REST form; docs/registros.md says what of it is assumed.

    GET <SUNAT_REPRESENTATIVES_URL>?numruc=<RUC>&out=json
    → {"list": {"multiRef": [{"rso_docide": {"$": …}, "desc_docide", "rso_nrodoc", "rso_nombre", "rso_fecnac",
       "rso_cargoo", "rso_vdesde"}, …]}}

The JSON is made from SOAP's XML, as that of the main data. One representative may come without a list around it; of a
company without any, or an unknown RUC, no record has a document's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.official_name import fold
from chalicelib.domain.registration.identity import PersonClaim, RegistryResult, Representative, compare_representative
from chalicelib.gateways.registration.registry_http import RegistryHttp, registry_unavailable, require_readable
from chalicelib.gateways.registration.soap_json import records_of, text_of

_TYPES = {"1": DocumentType.DNI, "01": DocumentType.DNI, "4": DocumentType.CE, "04": DocumentType.CE,
          "7": DocumentType.PASSPORT, "07": DocumentType.PASSPORT}  # fmt: skip
"""SUNAT's codes of identity documents (its catalogue 06)."""
_NAMED = {"DNI": DocumentType.DNI, "DOCNACIONALDEIDENTIDAD": DocumentType.DNI,
          "DOCUMENTONACIONALDEIDENTIDAD": DocumentType.DNI, "CARNETDEEXTRANJERIA": DocumentType.CE,
          "PASAPORTE": DocumentType.PASSPORT}  # fmt: skip


class SunatRepresentatives:
    """Asks who represents one company."""

    def __init__(self, http: RegistryHttp) -> None:
        """Use one exchange."""
        self._http = http

    def check(self, ruc: str, claim: PersonClaim) -> RegistryResult:
        """Ask for a company's representatives and look for a person among them.

        Raises:
            Unavailable: `registry_unavailable`: no answer, or none that can be read.
            RegistryGarbled: the same code; the person's name lost its letters.

        """
        records = records_of(self._http.get({"numruc": ruc, "out": "json"}))
        listed = [_representative(record) for record in records if text_of(record, "rso_nrodoc")]
        for one in listed:
            if one is not None and one.number == claim.number:  # another's lost letters are no matter of this one
                require_readable(one.name)
        return compare_representative(claim, [one for one in listed if one is not None])


def _representative(record: Mapping[str, Any]) -> Representative | None:
    """Read one; None for a document of a kind that nobody here has."""
    code, words = text_of(record, "rso_docide"), fold(text_of(record, "desc_docide"))
    kind = _TYPES.get(code) if code else _NAMED.get(words)
    if kind is None:
        return None
    return Representative(
        document_type=kind,
        number=text_of(record, "rso_nrodoc").upper(),
        name=text_of(record, "rso_nombre"),
        birth_date=_day(text_of(record, "rso_fecnac")),
    )


def _day(text: str) -> date | None:
    """Read `DD/MM/AAAA`, or an ISO day with or without an hour after it."""
    if not text:
        return None
    try:
        return date.fromisoformat("-".join(reversed(text.split("/"))) if "/" in text else text[:10])
    except ValueError:
        raise registry_unavailable() from None  # its text has the date
