"""Names as two people may write the same one: accents, case, spaces and punctuation do not count, Ñ does.

Ñ is a letter of its own (Peña and Pena are two families), so it is kept while other marks fall. The registries write
capitals, mostly without accents.
"""

from __future__ import annotations

import re
import unicodedata

from chalicelib.domain.errors import InvalidInput, Unavailable

_COMPANY_FORMS = (
    ("SOCIEDADPORACCIONESCERRADASIMPLIFICADA", "SACS"),
    ("SOCIEDADANONIMACERRADA", "SAC"),
    ("SOCIEDADANONIMAABIERTA", "SAA"),
    ("SOCIEDADANONIMA", "SA"),
    ("SOCIEDADCOMERCIALDERESPONSABILIDADLIMITADA", "SRL"),
    ("EMPRESAINDIVIDUALDERESPONSABILIDADLIMITADA", "EIRL"),
    ("SRLTDA", "SRL"),
)
"""Kinds of company in full and in short (Ley 26887, D.L. 21621, D.Leg. 1409); SUNAT uses both."""
_LIMA_CENTRE = {"CERCADODELIMA", "LIMACERCADO"}
_LONGEST_PERSON_NAME = 60
_NAME_SIGNS = " '\u2019.-"
"""What stands between letters; telephones type the apostrophe as U+2019."""
_MARRIED = re.compile(r"(?:(?:VDA|VIUDA) )?DE .*\S")


class RegistryGarbled(Unavailable):
    """A registry answered with lost letters: for who registers it did not answer, and its operator has to be told."""


def fold(name: str) -> str:
    """Return the letters and digits that make the name: `D'Ángelo  Núñez` → `DANGELONUÑEZ`."""
    return "".join(char for char in _letters(name) if char.isalnum())


def fold_company(name: str) -> str:
    """Fold a legal name; the kind of company at its end counts the same in full and in short, `&` and `Y` too."""
    folded = fold(name.replace("&", " Y "))
    for full, short in _COMPANY_FORMS:
        if folded.endswith(full):
            return folded.removesuffix(full) + short
    return folded


def fold_district(name: str) -> str:
    """Fold a district; the centre of Lima has three names."""
    folded = fold(name)
    return "LIMA" if folded in _LIMA_CENTRE else folded


def is_married_form(surname: str, *, of: str) -> bool:
    """Tell whether a surname is another one followed by a husband's: `Quispe de Rojas`, `Quispe Vda. de Rojas`."""
    words, own = _words(surname), _words(of)
    return words[: len(own)] == own and _MARRIED.fullmatch(" ".join(words[len(own) :])) is not None


def check_person_name(name: str, *, field: str, is_optional: bool = False, longest: int = _LONGEST_PERSON_NAME) -> None:
    """Accept letters, spaces, apostrophes, hyphens and points.

    Raises:
        InvalidInput: `name_invalid`.

    """
    if len(name) > longest:
        detail = f"El nombre es demasiado largo: puede tener hasta {longest} letras."
    elif wrong := next((char for char in name if not char.isalpha() and char not in _NAME_SIGNS), ""):
        detail = f"Escribe el nombre como figura en el documento, solo con letras: «{wrong}» no es una."
    elif fold(name) or (is_optional and not name.strip()):
        return
    else:
        detail = "Escribe el nombre como figura en el documento."
    raise InvalidInput("name_invalid", detail, field=field)


def _words(name: str) -> list[str]:
    return re.sub(r"[^\w\s]", " ", _letters(name)).split()


def _letters(name: str) -> str:
    composed = unicodedata.normalize("NFC", name).upper()
    return "".join(char if char == "Ñ" else _bare(char) for char in composed)


def _bare(char: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)).upper()
