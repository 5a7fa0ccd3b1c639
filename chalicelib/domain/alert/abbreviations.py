"""The abbreviations that Peruvians read in forms, headlines and on signs.

Two lists: the light one shortens what an institution is, and leaves alone what tells it from others; the hard one
shortens common words of what it does as well. Both are read by `shorten`, which knows neither case nor accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_KINDS = {
    "municipalidad provincial": "Muni. Prov.",
    "municipalidad distrital": "Muni. Dist.",
    "municipalidad metropolitana": "Muni. Metrop.",
    "municipalidad del centro poblado": "Muni. C.P.",
    "municipalidad de centro poblado": "Muni. C.P.",
    "municipalidad": "Muni.",
    "gobierno regional": "Gob. Reg.",
    "ministerio": "Min.",
    "direccion regional": "Dir. Reg.",
    "gerencia regional": "Ger. Reg.",
    "unidad de gestion educativa local": "UGEL",
    "entidad prestadora de servicios de saneamiento": "EPS",
    "empresa prestadora de servicios de saneamiento": "EPS",
    "corte superior de justicia": "Corte Sup. Justicia",
    "superintendencia": "Superint.",
    "universidad": "Univ.",
    "instituto": "Inst.",
    "institucion educativa": "I.E.",
    "organismo": "Org.",
    "oficina": "Of.",
    "direccion": "Dir.",
    "gerencia": "Ger.",
    "autoridad": "Aut.",
    "servicio": "Serv.",
    "programa": "Prog.",
    "proyecto": "Proy.",
    "hospital": "Hosp.",
    "empresa": "Emp.",
    "sociedad anonima cerrada": "S.A.C.",
    "sociedad anonima": "S.A.",
    "sociedad de beneficencia": "Beneficencia",
    "nacional": "Nac.",
    "regional": "Reg.",
    "provincial": "Prov.",
    "provincia": "Prov.",
    "distrital": "Dist.",
    "departamental": "Dptal.",
    "departamento": "Dpto.",
    "municipal": "Munic.",
    "general": "Gral.",
    "especial": "Esp.",
    "administracion": "Adm.",
}
_DOINGS = {
    "corte superior de justicia": "CSJ",
    "direccion regional de educacion": "DRE",
    "gerencia regional de educacion": "GRE",
    "direccion regional de salud": "DIRESA",
    "gerencia regional de salud": "GERESA",
    "instituto de educacion superior tecnologico publico": "IESTP",
    "derechos humanos": "DD.HH.",
    "santa": "Sta.",
    "santo": "Sto.",
    "educacion": "Educ.",
    "educativa": "Educ.",
    "desarrollo": "Desarr.",
    "infraestructura": "Infraestr.",
    "transportes": "Transp.",
    "transporte": "Transp.",
    "comunicaciones": "Comunic.",
    "construccion": "Constr.",
    "saneamiento": "Saneam.",
    "poblaciones": "Pobl.",
    "supervisor": "Superv.",
    "supervision": "Superv.",
    "fiscalizacion": "Fiscaliz.",
    "inversion": "Inv.",
    "inversiones": "Inv.",
    "privada": "Priv.",
    "servicios": "Serv.",
    "publicos": "Publ.",
    "publicas": "Publ.",
    "publico": "Publ.",
    "publica": "Publ.",
    "administradoras": "Adm.",
    "tributaria": "Tribut.",
    "telecomunicaciones": "Telecom.",
    "electricos": "Elect.",
    "tecnologico": "Tecnol.",
    "intercultural": "Intercult.",
    "promocion": "Prom.",
    "identificacion": "Identif.",
    "proteccion": "Protec.",
    "propiedad": "Prop.",
    "internacional": "Intern.",
}
_FILLERS = re.compile(r" (?:de (?:la|las|los|el)|de|del|para)(?= )")
_NATION = re.compile(r" nac\.(?= )", re.IGNORECASE)
_CAPITAL_FILLERS = re.compile(r" (?:DE|DEL|PARA)(?= )")


def fold(text: str) -> str:
    """Return the text in small letters without accents, letter by letter: as long as the text."""
    return "".join(unicodedata.normalize("NFKD", letter)[0].lower()[0] for letter in text)


def shorten(name: str, *, hard: bool = False) -> str:
    """Abbreviate what an institution is, and with `hard` also common words of what it does."""
    return _replaced(name, _ALL if hard else _KINDS, _HARD if hard else _LIGHT)


def without_fillers(name: str) -> str:
    """Leave out `de`, `del`, `de la`; an article with a capital belongs to a place and stays, as do all in capitals."""
    return (_CAPITAL_FILLERS if name.isupper() else _FILLERS).sub("", name)


def without_nation(name: str) -> str:
    """Leave out `Nac.`, which tells no institution from another of its kind."""
    return _NATION.sub("", name)


def _replaced(name: str, table: Mapping[str, str], pattern: re.Pattern[str]) -> str:
    written, end = [], 0
    for found in pattern.finditer(fold(name)):
        original, short = name[found.start() : found.end()], table[found[0]]
        written += [name[end : found.start()], short.upper() if original.isupper() else short]
        end = found.end()
    return "".join((*written, name[end:]))


def _any_of(table: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(table, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b")


_ALL = {**_KINDS, **_DOINGS}
_LIGHT, _HARD = _any_of(_KINDS), _any_of(_ALL)
