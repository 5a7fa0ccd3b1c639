"""Read the template, with the short forms of CloudFormation's functions written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # no stubs among the tools; safe loading returns plain values

TEMPLATE = Path(__file__).parent / "resources"
"""A folder: one file for each kind of thing, whose sections are joined."""

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


def load_template(folder: Path = TEMPLATE) -> dict[str, Any]:
    """Return the template as CloudFormation's JSON would have it.

    Raises:
        ValueError: two files describe the same thing.

    """
    template: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yaml")):
        for section, said in _Loader(path.read_text(encoding="utf-8")).get_single_data().items():
            if not isinstance(said, dict):
                template[section] = said
                continue
            known = template.setdefault(section, {})
            twice = known.keys() & said.keys()
            if twice:
                raise ValueError(f"{path.name} describes again {', '.join(sorted(twice))}")
            known.update(said)
    return template
