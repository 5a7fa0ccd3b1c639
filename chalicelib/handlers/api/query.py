"""Read a person's query strictly: each parameter is known and given once, or the sender is told which is not."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.errors import InvalidInput


class Query:
    """The parameters of one request; `close` refuses the unknown ones."""

    def __init__(self, parameters: Mapping[str, tuple[str, ...]]) -> None:
        """Read from `parameters`, as a request carries them."""
        self._parameters = parameters
        self._read: set[str] = set()

    def text(self, name: str) -> str | None:
        """Return a parameter given once, None without it.

        Raises:
            InvalidInput: `query_repeated`.

        """
        self._read.add(name)
        values = self._parameters.get(name, ())
        if len(values) > 1:
            raise InvalidInput("query_repeated", f"El parámetro «{name}» va una sola vez.", field=name)
        return values[0] if values else None

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return one of a few values, the first without the parameter.

        Raises:
            InvalidInput: `query_choice`.

        """
        value = self.text(name)
        if value is None:
            return allowed[0]
        if value not in allowed:
            raise InvalidInput("query_choice", f"El parámetro «{name}» es uno de: {', '.join(allowed)}.", field=name)
        return value

    def close(self) -> None:
        """Refuse parameters nobody read.

        Raises:
            InvalidInput: `query_unknown`.

        """
        unknown = sorted(set(self._parameters) - self._read)
        if unknown:
            name = unknown[0][:200]
            raise InvalidInput("query_unknown", f"Esta consulta no tiene el parámetro «{name}».", field=name)
