"""What is wrong with a form, told beside its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.errors import CasillaError


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong, and the id of the field to correct; empty when it is no single one."""

    field: str
    text: str


def errors_of(error: CasillaError, labels: Mapping[str, str]) -> tuple[FieldError, ...]:
    """Tell a refusal beside the fields of a form; `labels` are theirs, by the last part of the refusal's field."""
    return tuple(_field_error(one, labels) for one in (error.problems or (error,)))


_NOT_GIVEN = {"field_missing", "field_empty"}
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
