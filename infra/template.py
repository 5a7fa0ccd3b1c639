"""Read the template, with the short forms of CloudFormation's functions written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # no stubs among the tools; safe loading returns plain values

TEMPLATE = Path(__file__).parent / "resources.yaml"

type_of_loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(type_of_loader):  # type: ignore[misc]  # its base is untyped
    """YAML plus `!Ref`, `!GetAtt`, `!Sub` and the others."""


def _short_form(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    else:
        value = loader.construct_sequence(node, deep=True)
    if suffix == "GetAtt":
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def load_template(path: Path = TEMPLATE) -> dict[str, Any]:
    """Return the template as CloudFormation's JSON would have it."""
    loader = _Loader(path.read_text(encoding="utf-8"))
    template: dict[str, Any] = loader.get_single_data()
    return template
