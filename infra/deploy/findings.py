"""What a look before a deployment finds: what is as it should be, what is not, and what could not be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError


class State(StrEnum):
    """Unknown is never failed, and what is only told stands in nobody's way."""

    GOOD = "bien"
    FAILED = "FALLA"
    UNKNOWN = "no se sabe"
    TOLD = "Atención"


@dataclass(frozen=True, slots=True)
class Finding:
    """One of them, in words, and what to do about it."""

    state: State
    what: str
    to_do: str = ""

    @property
    def line(self) -> str:
        """Return it for a terminal."""
        return f"{self.state.value}: {self.what}" + (f" → {self.to_do}" if self.to_do else "")


def holds(so: bool, what: str, to_do: str) -> Finding:
    """Return a finding about something that is or is not as it should be."""
    return Finding(State.GOOD, what) if so else Finding(State.FAILED, what, to_do)


def asked(name: str, ask: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Return what a question finds; where it could not be asked, that, with who said no."""
    try:
        yield from list(ask())
    except ClientError as error:
        said = error.response.get("Error", {})
        operation = getattr(error, "operation_name", "")
        yield Finding(
            State.UNKNOWN,
            f"{name}: {operation} contesta {said.get('Code')}",
            "pida ese permiso (docs/despliegue.md, «La cuenta, y quién despliega»), o repita si AWS no"
            " estaba disponible",
        )
    except BotoCoreError as error:
        yield Finding(State.UNKNOWN, f"{name}: {error}", "revise la red y las credenciales, y repita")
