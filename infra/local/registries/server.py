"""The simulator's HTTP server, on loopback alone: RENIEC by POST, SUNAT's two services by GET, every way to fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.registries.answers import companies, people, reniec_answer, representatives_answer, sunat_answer
from infra.local.simulated import SimulatedHandler, SimulatedService, served

RENIEC_PATH = "/Rest/RENIEC/Consultar"
SUNAT_PATH = "/Rest/Sunat/DatosPrincipales"
REPRESENTATIVES_PATH = "/Rest/Sunat/RepLegales"


class Simulator(SimulatedService):
    """Both registries; `asked` lists the documents asked about."""

    def __init__(self, port: int, *, slow_seconds: float) -> None:
        """Bind; a port of 0 takes a free one."""
        super().__init__(port, _Handler, slow_seconds=slow_seconds)
        self.reniec_url = self.address + RENIEC_PATH
        self.sunat_url = self.address + SUNAT_PATH
        self.representatives_url = self.address + REPRESENTATIVES_PATH


class _Handler(SimulatedHandler):
    def post(self) -> None:
        question = self._question()
        asked = question.get("PIDE") if isinstance(question, dict) else None
        number = str(asked.get("nuDniConsulta", "")) if isinstance(asked, dict) else ""
        self._serve(RENIEC_PATH, number, people(), lambda: reniec_answer(question))

    def get(self) -> None:
        parts = urlsplit(self.path)
        number = parse_qs(parts.query).get("numruc", [""])[0]
        if parts.path == REPRESENTATIVES_PATH:
            self._serve(REPRESENTATIVES_PATH, number, companies(), lambda: representatives_answer(number))
            return
        self._serve(SUNAT_PATH, number, companies(), lambda: sunat_answer(number))

    def _question(self) -> Any:
        try:
            return json.loads(self.body())
        except ValueError:
            return None

    def _serve(self, path: str, number: str, known: dict[str, dict[str, Any]], answer: Callable[[], Any]) -> None:
        if urlsplit(self.path).path != path:
            self.say(404, b"")
            return
        self.server.asked.append(number)
        self.answer(200, answer, known.get(number, {}).get("answer"))


@contextmanager
def running(port: int = 0, *, slow_seconds: float = 10.0) -> Iterator[Simulator]:
    """Serve in threads for the length of a block."""
    with served(Simulator(port, slow_seconds=slow_seconds)) as simulator:
        yield simulator
