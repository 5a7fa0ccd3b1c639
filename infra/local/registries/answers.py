"""What both registries say, in their own wire formats, about the synthetic people and companies."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_FOUND = "0000"
_RESULTS = {
    _FOUND: "Consulta realizada correctamente",
    "0001": "DNI de menor de edad",
    "0999": "No se ha encontrado información para el número de DNI",
    "1000": "Uno o más datos de la petición no son válidos",
    "1001": "El DNI, RUC y contraseña no corresponden a un usuario válido",
    "1002": "La contraseña está caducada",
    "1003": "Se ha alcanzado el límite de consultas permitidas por día",
}
WRONG_PASSWORD = "equivocada"  # noqa: S105 - a word of the simulator
"""The password that the simulator refuses; it takes any other."""


@cache
def people() -> dict[str, dict[str, Any]]:
    """Return the people by DNI."""
    return {person["dni"]: person for person in _load("people.toml")["person"]}


@cache
def companies() -> dict[str, dict[str, Any]]:
    """Return the companies by RUC."""
    return {company["ruc"]: company for company in _load("companies.toml")["company"]}


def reniec_answer(question: Any) -> dict[str, Any]:
    """Answer `{"PIDE": {…}}`, checking that it is whole."""
    asked = question.get("PIDE") if isinstance(question, dict) else None
    names = ("nuDniConsulta", "nuDniUsuario", "nuRucUsuario", "password")
    if not isinstance(asked, dict) or not all(isinstance(asked.get(name), str) and asked[name] for name in names):
        return _reniec("1000")
    if asked["password"] == WRONG_PASSWORD:
        return _reniec("1001")
    person = people().get(asked["nuDniConsulta"], {"result": "0999"})
    code = person.get("result", _FOUND)
    return _reniec(code, _person(person) if code == _FOUND else None)


def sunat_answer(ruc: str) -> dict[str, Any]:
    """Answer for one RUC; an unknown one comes as an empty record."""
    company = companies().get(ruc, {"is_unknown": True})
    if company.get("is_unknown"):
        return {"list": {"multiRef": {"@id": "id0", "ddp_numruc": {"@nil": True}, "ddp_nombre": {"@nil": True}}}}
    record = _company(company)
    piece = {"@id": "id1", "$": 0}  # SOAP's encoding sends a number beside its record
    return {"list": {"multiRef": [piece, record] if company.get("is_list") else record}}


def representatives_answer(ruc: str) -> dict[str, Any]:
    """Answer who represents one company; none, or an unknown RUC, comes as an empty record."""
    listed = [_representative(people()[dni]) for dni in companies().get(ruc, {}).get("representatives", [])]
    empty = {"@id": "id0", "rso_nrodoc": {"@nil": True}, "rso_nombre": {"@nil": True}}
    return {"list": {"multiRef": listed if len(listed) > 1 else (listed or [empty])[0]}}


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text("utf-8"))


def _reniec(code: str, person: dict[str, str] | None = None) -> dict[str, Any]:
    result: dict[str, Any] = {"coResultado": code, "deResultado": _RESULTS[code]}
    if person is not None:
        result["datosPersona"] = person
    return {"consultarResponse": {"return": result}}


def _person(person: dict[str, Any]) -> dict[str, str]:
    fields = {
        "apPrimer": person["first_surname"],
        "apSegundo": person["second_surname"],
        "direccion": "JR. INEXISTENTE 000",
        "estadoCivil": "SOLTERO",
        "foto": "",
        "prenombres": person["given_names"],
        "restriccion": person.get("restriction", "NINGUNA"),
        "ubigeo": "LIMA/LIMA/LIMA",
    }
    extended = {"feNacimiento": "birth_date", "sexo": "sex", "feEmision": "issue_date"}
    return fields | {name: person[key] for name, key in extended.items() if key in person}


def _company(company: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "ddp_numruc": company["ruc"],
        "ddp_nombre": f"{company['legal_name']}   ",
        "ddp_estado": company.get("state", "00"),
        "desc_estado": company.get("state_text", "ACTIVO"),
        "ddp_flag22": company.get("condition", "00"),
        "desc_flag22": company.get("condition_text", "HABIDO"),
        "desc_dist": company["district"],
        "ddp_ubigeo": "150101",
    }
    return {"@id": "id0"} | {name: {"$": value} if value else {"@nil": True} for name, value in fields.items()}


def _representative(person: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "rso_docide": "1",
        "desc_docide": "DOC. NACIONAL DE IDENTIDAD",
        "rso_nrodoc": person["dni"],
        "rso_nombre": f"{person['first_surname']} {person['second_surname']} {person['given_names']}",
        "rso_cargoo": "GERENTE GENERAL",
        "rso_vdesde": "01/02/2019",
    }
    return {"@id": "id0"} | {name: {"$": value} for name, value in fields.items()}
