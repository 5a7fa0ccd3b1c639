"""Frozen dataclasses to JSON values and back, by their annotations: one way to store every aggregate.

Dates and times are ISO 8601 (instants in UTC), bytes are base64, enumerations their values, tuples lists. What a
mapping holds is read back as it is.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

_T = TypeVar("_T")
_PLAIN = {bool, int, str}
_WRITERS: dict[type, Callable[[Any], Any]] = {
    StrEnum: lambda value: value.value,
    datetime: lambda value: value.astimezone(UTC).isoformat(),  # before date, which it is one of
    date: date.isoformat,
    time: time.isoformat,
    bytes: lambda value: base64.b64encode(value).decode(),
}


def to_data(value: Any) -> Any:
    """Turn a dataclass, or anything inside one, into JSON values."""
    if value is None or type(value) in _PLAIN:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: to_data(getattr(value, name)) for name in _field_names(type(value))}
    if isinstance(value, tuple):
        return [to_data(item) for item in value]
    if isinstance(value, dict):
        return {name: to_data(item) for name, item in value.items()}
    return next(write for kind, write in _WRITERS.items() if isinstance(value, kind))(value)


def from_data(cls: type[_T], data: Any) -> _T:
    """Rebuild a `cls` from what `to_data` returned; unknown keys are ignored, missing ones take the default."""
    read: Callable[[Any], _T] = _reader(cls)  # type: ignore[arg-type]
    return read(data)


@cache
def _field_names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cls))


_SCALARS: dict[type, Callable[[Any], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    bytes: base64.b64decode,
}


def _as_it_is(data: Any) -> Any:
    return data


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, UnionType):
        inner = _reader(next(arg for arg in get_args(hint) if arg is not type(None)))
        return inner if inner is _as_it_is else lambda data: None if data is None else inner(data)
    if get_origin(hint) is tuple:
        item = _reader(get_args(hint)[0])
        return lambda data: tuple([item(element) for element in data])
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return _SCALARS.get(hint) or (_dataclass_reader(hint) if dataclasses.is_dataclass(hint) else _as_it_is)


def _dataclass_reader(cls: Any) -> Callable[[Any], Any]:
    names, hints = _field_names(cls), get_type_hints(cls)
    known = frozenset(names)
    readers = [(name, read) for name in names if (read := _reader(hints[name])) is not _as_it_is]

    def read_fields(data: Any) -> Any:
        values = dict(data) if data.keys() <= known else {name: data[name] for name in names if name in data}
        for name, read in readers:
            if name in values:
                values[name] = read(values[name])
        return cls(**values)

    return read_fields
