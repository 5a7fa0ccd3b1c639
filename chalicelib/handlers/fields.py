"""Read what was sent strictly: every field is named, typed, bounded, in JSON known, or what is wrong is told."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NoReturn, TypeVar

from chalicelib.domain.errors import CasillaError, InvalidInput, refusal_of
from chalicelib.domain.typed import tidy

_T = TypeVar("_T")
_YEARS = range(1821, 2200)
_COMPOSED_OF = 4
"""How many characters NFC makes one of, at most: a Greek vowel, its breathing, its accent and the iota below."""
_MOST_DIGITS = 15
_MOST_PARTS = 20_000
"""Commas and brackets of a body, those of its texts too. A deposit with all of its annexes has some hundreds."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong, and the id of the field to correct; empty when it is no single one."""

    field: str
    text: str


class Fields:
    """The fields of one JSON object, or of a form; `path` is where it stands in the body."""

    def __init__(self, data: dict[str, Any], path: str = "", *, is_form: bool = False) -> None:
        """Read from `data`."""
        self._data = data
        self._path = path
        self._is_form = is_form
        self._read: set[str] = set()

    def text(self, name: str, *, longest: int) -> str:
        """Return a text in NFC, trimmed, without control characters, of 1 to `longest` characters.

        What could not come down to that is not composed: a run of marks takes the square of its length.
        """
        value = self._value(name, str, "un texto").strip()
        text = unicodedata.normalize("NFC", value).strip() if len(value) <= _COMPOSED_OF * longest else value
        if not text:
            self.refuse("field_empty", name, "no puede estar vacío")
        if len(text) > longest:
            self.refuse("field_too_long", name, f"puede tener hasta {longest} caracteres")
        if any(unicodedata.category(character) in {"Cc", "Cs", "Cn", "Co"} for character in text):
            self.refuse("field_control_characters", name, "tiene signos que no se ven; hay que quitarlos")
        return text

    def typed(self, name: str, *, longest: int) -> str:
        """Return a text as a person typed or pasted it, tidied (`domain/typed.py`), of 1 to `longest` characters."""
        text = tidy(self.blob(name))
        if not text:
            self.refuse("field_empty", name, "no puede estar vacío")
        if len(text) > longest:
            self.refuse("field_too_long", name, f"puede tener hasta {longest} caracteres")
        return text

    def blob(self, name: str) -> str:
        """Return a long text as it is, if it is one: half a surrogate pair can be neither hashed nor kept."""
        value: str = self._value(name, str, "un texto")
        if _encodable(value) != value:
            self.refuse("field_control_characters", name, "tiene signos que no se ven; hay que quitarlos")
        return value

    def integer(self, name: str) -> int:
        """Return a whole number."""
        value = self._value(name, int, "un número entero")
        if isinstance(value, bool):
            self.refuse("field_type", name, "debe ser un número entero")
        if abs(value) >= 10**_MOST_DIGITS:
            self.refuse("field_format", name, "está fuera de rango")
        return int(value)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        return bool(self._value(name, bool, "true o false"))

    def day(self, name: str, clean: Callable[[str], str] = str) -> date:
        """Return a calendar date, `YYYY-MM-DD`; `clean` is for what a person typed."""
        value = clean(self._value(name, str, "una fecha AAAA-MM-DD"))
        read = self._parsed(name, value, _DATE, date.fromisoformat, "debe ser una fecha que exista, AAAA-MM-DD")
        if read.year not in _YEARS:
            self.refuse("field_format", name, "está fuera de rango")
        return read

    def instant(self, name: str) -> datetime:
        """Return an RFC 3339 instant with its offset, in UTC."""
        value = self._value(name, str, "una fecha y hora RFC 3339")
        read = self._parsed(
            name, value, _INSTANT, datetime.fromisoformat, "debe ser RFC 3339 con zona, 2026-01-31T09:30:00-05:00"
        )
        if read.year not in _YEARS:
            self.refuse("field_format", name, "está fuera de rango")
        return read.astimezone(UTC)

    def choice(self, name: str, kind: Callable[[str], _T], allowed: str) -> _T:
        """Return one of a few known values."""
        value = self._value(name, str, "un texto")
        try:
            return kind(value)
        except ValueError:
            self.refuse("field_choice", name, f"debe ser uno de: {allowed}")

    def object(self, name: str) -> Fields:
        """Return an object."""
        return Fields(self._value(name, dict, "un objeto"), self.where(name))

    def objects(self, name: str, *, most: int) -> list[Fields]:
        """Return a list of up to `most` objects; an absent list is empty."""
        if not self.has(name):
            return []
        values = self._value(name, list, "una lista")
        if len(values) > most:
            self.refuse("field_too_many", name, f"puede tener hasta {most} elementos")
        if not all(isinstance(value, dict) for value in values):
            self.refuse("field_type", name, "debe ser una lista de objetos")
        return [Fields(value, f"{self.where(name)}[{index}]") for index, value in enumerate(values)]

    def has(self, name: str) -> bool:
        """Whether an optional field was given; null counts as absent."""
        self._read.add(name)
        return self._data.get(name) is not None

    def close(self) -> None:
        """Refuse fields nobody read: a misspelt annex must not vanish in silence. A form's buttons and marks may."""
        if self._is_form:
            return
        unknown = [name for name in self._data if name not in self._read]
        if unknown:
            what = "no existe en este pedido; revise cómo se escribe"
            raise refusal_of([self._refusal("field_unknown", name, what) for name in unknown])

    def where(self, name: str) -> str:
        """Return a field's dotted path."""
        return f"{self._path}.{name}" if self._path else name

    def refuse(self, code: str, name: str, what: str) -> NoReturn:
        """Raise an `InvalidInput` about one field; a name that no answer could carry is told as far as it can be."""
        raise self._refusal(code, name, what)

    def _refusal(self, code: str, name: str, what: str) -> InvalidInput:
        where = _encodable(self.where(name)[:200])
        return InvalidInput(code, f"El campo «{where}» {what}.", field=where)

    def _value(self, name: str, kind: type, expected: str) -> Any:
        if not self.has(name):
            self.refuse("field_missing", name, "es obligatorio")
        value = self._data[name]
        if not isinstance(value, kind):
            self.refuse("field_type", name, f"debe ser {expected}")
        return value

    def _parsed(self, name: str, value: str, pattern: re.Pattern[str], parse: Callable[[str], _T], what: str) -> _T:
        if not pattern.fullmatch(value):
            self.refuse("field_format", name, what)
        try:
            return parse(value)
        except ValueError:
            self.refuse("field_format", name, what)


def read_json(body: bytes) -> Fields:
    """Read a JSON object in UTF-8.

    Raises:
        InvalidInput: `body_not_utf8` or `body_not_json`.

    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput("body_not_utf8", "El cuerpo del pedido debe estar en UTF-8.") from None
    if sum(map(body.count, b",[{")) > _MOST_PARTS:
        raise InvalidInput("body_not_json", "El cuerpo del pedido tiene demasiadas partes, o anida demasiado.")
    try:
        data = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError):
        raise InvalidInput("body_not_json", "El cuerpo del pedido no es un JSON correcto, o anida demasiado.") from None
    if not isinstance(data, dict):
        raise InvalidInput("body_not_json", "El cuerpo del pedido debe ser un objeto JSON.")
    return Fields(data, "")


def errors_of(error: CasillaError, labels: Mapping[str, str]) -> tuple[FieldError, ...]:
    """Tell a refusal beside the fields of a form; `labels` are theirs, by the last part of the refusal's field."""
    return tuple(_field_error(one, labels) for one in (error.problems or (error,)))


_NOT_GIVEN = {"field_missing", "field_empty", "proof_missing"}
_IDS = {"answer": "captcha"}
"""Where a form's field is called otherwise than the API's."""


def _field_error(error: CasillaError, labels: Mapping[str, str]) -> FieldError:
    last = (error.field or "").rpartition(".")[2]
    name = _IDS.get(last, last)
    if name not in labels:
        return FieldError("", error.detail)
    if error.code in _NOT_GIVEN:
        return FieldError(name, f"Completa «{labels[name]}».")
    if error.code == "field_choice":
        return FieldError(name, f"Elige una opción en «{labels[name]}».")
    return FieldError(name, error.detail.replace(f"El campo «{error.field}»", f"«{labels[name]}»"))


def _encodable(text: str) -> str:
    """Return the text with a question mark for every half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("duplicate key")
    return data
