"""Which tables and buckets a stack works with, and what the same tables are called once they are restored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from infra.template import load_template

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,60}")
"""As the template's parameter RestoredTables takes it."""


class CannotRestore(Exception):
    """What was asked for cannot be done; the text says what to do."""


@cache
def logical_ids() -> Mapping[str, str]:
    """Return the template's name of each table, by the variable that tells functions of it."""
    template = load_template()
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    return {
        name: value["Ref"]
        for name, value in variables.items()
        if name.endswith("_TABLE") and template["Resources"].get(value.get("Ref"), {}).get("Type")
    }


@dataclass(frozen=True, slots=True)
class Places:
    """`tables` by variable, such as NOTICES_TABLE; `restored` is what their names begin with, empty of the stack's."""

    tables: Mapping[str, str]
    documents: str
    restored: str = ""

    def table(self, variable: str) -> str:
        """Return a table's name."""
        return self.tables[variable]


def places_of(environment: Mapping[str, str]) -> Places:
    """Return what the functions' environment names.

    Raises:
        CannotRestore: it names not all of the tables.

    """
    lacking = [name for name in (*logical_ids(), "DOCUMENTS_BUCKET") if not environment.get(name)]
    if lacking:
        raise CannotRestore(f"Faltan en el entorno: {', '.join(lacking)}. Diga STACK, o inicie «make run».")
    tables = {name: environment[name] for name in logical_ids()}
    return Places(tables, environment["DOCUMENTS_BUCKET"], environment.get("RESTORED_TABLES", ""))


def environment_of(stack: str, functions: Any) -> dict[str, str]:
    """Return what the functions of a deployed stack read; `functions` is a client of Lambda."""
    told = functions.get_function_configuration(FunctionName=f"{stack}-operator")
    variables: dict[str, str] = told["Environment"]["Variables"]
    return variables


def before_restore(stack: str, places: Places, cloudformation: Any) -> Places:
    """Return the tables that the stack made, which stay when it works with restored ones, as CloudFormation tells."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    names = {r["LogicalResourceId"]: r["PhysicalResourceId"] for page in pages for r in page["StackResourceSummaries"]}
    tables = {variable: names[logical] for variable, logical in logical_ids().items()}
    return replace(places, tables=tables, restored="")


def under_new_names(places: Places, prefix: str) -> Places:
    """Return the same places with the tables as they are called once restored.

    Raises:
        CannotRestore: no table can be called so.

    """
    if not _PREFIX.fullmatch(prefix):
        raise CannotRestore(f"«{prefix}» no sirve: son letras, números y guiones, como casilla-r20261128.")
    return replace(places, tables=restored_names(prefix), restored=prefix)


def restored_names(prefix: str) -> dict[str, str]:
    """Return the names of all restored tables; the template builds the same ones out of RestoredTables."""
    return {variable: f"{prefix}-{logical}" for variable, logical in logical_ids().items()}


def with_restored_tables(environment: Mapping[str, str], prefix: str) -> dict[str, str]:
    """Return an environment as the stack's functions have it once RestoredTables is this."""
    return {**environment, **restored_names(prefix), "RESTORED_TABLES": prefix}
