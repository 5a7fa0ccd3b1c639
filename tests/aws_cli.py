"""What `aws …` means as it is typed: the service's own model says which options there are and what they take.

The command line is made of botocore's models: an option for each member of an operation's input. So whatever these
models refuse, the command line refuses too. Its few commands that are no operation stand in a table of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

jmespath: Any = import_module("jmespath")
"""What the command line reads `--query` by; it has no types."""
_GLOBAL = {"--query", "--output", "--region", "--profile", "--cli-binary-format", "--endpoint-url"}
_OUTPUTS = {"json", "text", "table", "yaml", "yaml-stream", "off"}
_SERVICES = {"s3api": "s3", "configservice": "config", "deploy": "codedeploy"}
"""Those that the command line calls otherwise than their model."""
CUSTOM: dict[tuple[str, str], tuple[int, frozenset[str]]] = {
    ("logs", "tail"): (
        1,
        frozenset({"--since", "--follow", "--format", "--filter-pattern", "--log-stream-names", "--color"}),
    ),
}
"""Commands that are no operation: how many words stand alone, and which options there are (AWS CLI 2 reference)."""


class NotACommand(Exception):
    """The command line would not take it; the text says what of it."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as it was understood: the operation and its input, or a waiter's, or a custom command's words."""

    service: str
    operation: str
    parameters: dict[str, Any] = field(default_factory=dict)
    waits_for: str = ""
    alone: tuple[str, ...] = ()
    query: str = ""
    output: str = "json"


def understood(words: Sequence[str], folder: Path = Path()) -> Typed:
    """Read what follows `aws`; `file://` is read from a folder.

    Raises:
        NotACommand: service, operation, an option or its value is unknown, or a required one is missing.

    """
    if len(words) < 2:
        raise NotACommand("a service and an operation")
    service, name, *rest = (_read(word, folder) for word in words)
    options, alone = _split(rest)
    given = {option: values for option, values in options.items() if option in _GLOBAL}
    own = {option: values for option, values in options.items() if option not in _GLOBAL}
    query, output = _one(given, "--query"), _one(given, "--output") or "json"
    if output not in _OUTPUTS:
        raise NotACommand(f"--output {output}")
    if query:
        jmespath.compile(query)
    if (service, name) in CUSTOM:
        count, known = CUSTOM[service, name]
        if own.keys() - known or len(alone) != count:
            raise NotACommand(f"{service} {name}: {sorted(own.keys() - known) or alone}")
        return Typed(service, name, {key: " ".join(values) for key, values in own.items()}, alone=tuple(alone))
    model = _model(_SERVICES.get(service, service))
    waiter = ""
    if name == "wait":
        waiter, *alone = alone
        name = _waited(service, waiter)
    operation = next((one for one in model.operation_names if xform_name(one, "-") == name), None)
    if operation is None:
        raise NotACommand(f"aws {service} has no {name}")
    called = model.operation_model(operation)
    parameters, after = _parameters(called, own)
    alone += after
    if len(alone) != _files(called):
        raise NotACommand(f"{service} {name}: words that belong to no option: {alone}")
    return Typed(service, operation, parameters, waiter, tuple(alone), query, output)


def is_operation(service: str, name: str) -> bool:
    """Tell whether a service has an operation of this name."""
    return any(xform_name(one, "-") == name for one in _model(_SERVICES.get(service, service)).operation_names)


def shown(typed: Typed, answer: dict[str, Any]) -> str:
    """Return what is printed of an answer, by `--query` and `--output`.

    Raises:
        NotACommand: the query finds nothing in it.

    """
    told: Any = answer
    if typed.query:
        told = jmespath.search(typed.query, answer)
        if told is None:
            raise NotACommand(f"--query {typed.query} finds nothing in {answer}")
    if typed.output == "text":
        return _text(told)
    return json.dumps(told, default=str)


def validated_answer(service: str, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Return a recorded answer, if it is one that the operation can give.

    Raises:
        NotACommand: it has a member that the service does not tell.

    """
    shape = _model(_SERVICES.get(service, service)).operation_model(operation).output_shape
    unknown = list(_unknown(answer, shape)) if shape is not None else sorted(answer)
    if unknown:
        raise NotACommand(f"{service} {operation} does not tell {unknown}")
    return answer


def _read(word: str, folder: Path) -> str:
    if not word.startswith("file://"):
        return word
    try:
        return (folder / word.removeprefix("file://")).read_text("utf-8")
    except OSError as error:
        raise NotACommand(f"{word} cannot be read") from error


def _split(words: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return each option with the words that follow it, and those that stand before any."""
    options: dict[str, list[str]] = {}
    alone: list[str] = []
    current = alone
    for word in words:
        if word.startswith("--"):
            name, has_value, value = word.partition("=")
            current = options.setdefault(name, [])
            if has_value:
                current.append(value)
        else:
            current.append(word)
    return options, alone


def _parameters(called: OperationModel, own: dict[str, list[str]]) -> tuple[dict[str, Any], list[str]]:
    """Return the input, and the words that follow an option which takes fewer."""
    shape = called.input_shape
    members: dict[str, Shape] = dict(shape.members) if shape is not None else {}
    by_option = {f"--{xform_name(name, '-')}": name for name in members}
    parameters: dict[str, Any] = {}
    after: list[str] = []
    for option, values in own.items():
        plain = option if option in by_option else option.replace("--no-", "--", 1)
        if plain not in by_option:
            raise NotACommand(f"{called.name} has no {option}")
        name = by_option[plain]
        member = members[name]
        takes = 0 if member.type_name == "boolean" else len(values) if isinstance(member, ListShape) else 1
        after += values[takes:]
        parameters[name] = plain == option if not takes else _value(option, member, values[:takes])
    if shape is not None:
        report = ParamValidator().validate(parameters, shape)
        if report.has_errors():
            raise NotACommand(f"{called.name}: {report.generate_report()}")
        wrong = list(_not_listed(parameters, shape))
        if wrong:
            raise NotACommand(f"{called.name}: {wrong}")
    return parameters, after


def _value(option: str, shape: Shape, values: list[str]) -> Any:
    if not values:
        raise NotACommand(f"{option} lacks its value")
    if isinstance(shape, ListShape):
        if len(values) == 1 and values[0].lstrip().startswith("["):
            return _json(option, values[0])
        return [_value(option, shape.member, [value]) for value in values]
    [value] = values
    if isinstance(shape, StructureShape | MapShape):
        return _json(option, value) if value.lstrip().startswith("{") else _shorthand(option, shape, value)
    if shape.type_name == "boolean":
        if value not in {"true", "false"}:
            raise NotACommand(f"{option} is true or false: {value}")
        return value == "true"
    if shape.type_name in {"integer", "long", "float", "double"}:
        try:
            return float(value) if shape.type_name in {"float", "double"} else int(value)
        except ValueError as error:
            raise NotACommand(f"{option} is a number: {value}") from error
    return value.encode() if shape.type_name == "blob" else value


def _json(option: str, value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise NotACommand(f"{option} is no JSON: {value}") from error


def _shorthand(option: str, shape: StructureShape | MapShape, value: str) -> dict[str, Any]:
    """Read `Name=value,Other=value`; what is nested is to be written as JSON."""
    pairs = [part.partition("=") for part in value.split(",")]
    if any(not equals or inner.startswith(("{", "[")) for _, equals, inner in pairs):
        raise NotACommand(f"{option}: write it as JSON: {value}")
    if isinstance(shape, MapShape):
        return {name: _value(option, shape.value, [inner]) for name, _, inner in pairs}
    unknown = [name for name, _, _ in pairs if name not in shape.members]
    if unknown:
        raise NotACommand(f"{option} has no {unknown}")
    return {name: _value(option, shape.members[name], [inner]) for name, _, inner in pairs}


def _not_listed(value: Any, shape: Shape) -> Iterator[str]:
    """Yield texts that are none of those which the model lists: botocore itself sends whatever it is given."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, inner in value.items():
            yield from _not_listed(inner, shape.members[name])
    elif isinstance(shape, ListShape):
        for inner in value:
            yield from _not_listed(inner, shape.member)
    elif isinstance(shape, MapShape):
        for inner in value.values():
            yield from _not_listed(inner, shape.value)
    elif getattr(shape, "enum", None) and value not in shape.enum:  # type: ignore[attr-defined]
        yield f"{value} is none of {shape.enum}"  # type: ignore[attr-defined]


def _unknown(value: Any, shape: Shape) -> Iterator[str]:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        yield from (name for name in value if name not in shape.members)
        for name in value.keys() & shape.members.keys():
            yield from _unknown(value[name], shape.members[name])
    elif isinstance(shape, ListShape):
        for inner in value:
            yield from _unknown(inner, shape.member)


def _files(called: OperationModel) -> int:
    """Return how many files an operation's command writes its answer into."""
    return int(called.has_streaming_output)


def _waited(service: str, waiter: str) -> str:
    found = _session().get_waiter_model(_SERVICES.get(service, service))
    name = next((one for one in found.waiter_names if xform_name(one, "-") == waiter), None)
    if name is None:
        raise NotACommand(f"aws {service} waits for no {waiter}")
    return xform_name(found.get_waiter(name).operation, "-")


def _one(given: dict[str, list[str]], option: str) -> str:
    return " ".join(given.get(option, []))


def _text(told: Any) -> str:
    if isinstance(told, list):
        rows = told if told and isinstance(told[0], list) else [told]
        return "\n".join("\t".join(str(cell) for cell in row) for row in rows)
    return str(told)


@cache
def _session() -> Any:
    return botocore.session.get_session()


@cache
def _model(service: str) -> Any:
    try:
        return _session().get_service_model(service)
    except Exception as error:
        raise NotACommand(f"aws has no {service}") from error
