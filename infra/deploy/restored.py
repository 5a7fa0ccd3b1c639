"""Which tables serve, the stack's own or restored ones: a deployment does not change it by the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from infra.deploy.findings import Finding, holds

TABLES, STREAM = "RestoredTables", "RestoredEventsStream"
RESTORED = frozenset({TABLES, STREAM})
"""Parameters of the stack; neither is a thing of it."""


def restored_findings(
    present: Mapping[str, str], value: Callable[[str], str], given_up: frozenset[str]
) -> Iterator[Finding]:
    """Hold what a stack has to what it would get; `given_up` names `RestoredTables` where it is to change.

    `present` is empty where there is no stack. A stack or a package that does not know them has the stack's own tables.
    """
    wanted = {name: value(name) for name in RESTORED}
    tables, stream = wanted.get(TABLES, ""), wanted.get(STREAM, "")
    yield holds(
        bool(tables) == bool(stream),
        f"{TABLES} y {STREAM} van juntos",
        "dé los dos, como los dijo «restore tables», o ninguno",
    )
    if not present:
        return
    changed = any(present.get(name, "") != wanted.get(name, "") for name in sorted(RESTORED))
    yield holds(
        not changed or TABLES in given_up,
        f"la pila usa {_words(present)}; pasaría a {_words(wanted)}" if changed else f"la pila usa {_words(present)}",
        f"ponga en el archivo de la etapa lo que la pila tiene; si es a propósito, despliegue con LOSES={TABLES}."
        " Un paquete que no conoce tablas restauradas no puede volver mientras sirvan",
    )


def _words(values: Mapping[str, str]) -> str:
    tables = values.get(TABLES, "")
    return f"las tablas restauradas {tables} (flujo {values.get(STREAM, '')})" if tables else "sus propias tablas"
