"""Processes that act at the same instant, each with the app and clients of its own, as Lambdas do."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection as Pipe
from typing import Any

from chalicelib.bootstrap.alert import alert_batch_store, channels
from chalicelib.bootstrap.files import files
from tests.deposit_world import AUTHORITY, NOW, Clock, SignedCall

_ANSWER_WITHIN_S = 60


@dataclass(frozen=True)
class Act:
    """A request to send, or an event for a function; at `after_s` seconds from the world's beginning."""

    call: SignedCall | None = None
    function: str = ""
    event: Any = None
    after_s: float = 0


class Crowd:
    """Some processes, waiting."""

    def __init__(self, pipes: Sequence[Pipe]) -> None:
        """Talk to each by its pipe."""
        self._pipes = pipes

    def together(self, acts: Sequence[Act]) -> list[Any]:
        """Have each of the first processes do one act, all at once, and return what came of each."""
        pipes = self._pipes[: len(acts)]
        for pipe, act in zip(pipes, acts, strict=True):
            pipe.send((len(acts), act))
        return [self._answer(pipe) for pipe in pipes]

    @staticmethod
    def _answer(pipe: Pipe) -> Any:
        if not pipe.poll(_ANSWER_WITHIN_S):
            raise TimeoutError
        answer = pipe.recv()
        if isinstance(answer, BaseException):
            raise answer
        return answer


@contextmanager
def crowd(environment: dict[str, str], size: int = 8) -> Iterator[Crowd]:
    """Start the processes, which are warm when this returns."""
    context = multiprocessing.get_context("spawn")
    gates = {number: context.Barrier(number) for number in range(1, size + 1)}
    pairs = [context.Pipe() for _ in range(size)]
    processes = [context.Process(target=_live, args=(theirs, gates, environment), daemon=True) for _, theirs in pairs]
    for process in processes:
        process.start()
    try:
        for ours, _ in pairs:
            Crowd._answer(ours)  # noqa: SLF001 - each says that it is ready
        yield Crowd([ours for ours, _ in pairs])
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _live(pipe: Pipe, gates: dict[int, Any], environment: dict[str, str]) -> None:
    os.environ.update(environment)  # noqa: TID251 - this process's own
    logging.disable(logging.CRITICAL)
    from chalice.test import Client  # noqa: PLC0415

    import app  # noqa: PLC0415 - in the new process
    from chalicelib.bootstrap import Container, using  # noqa: PLC0415
    from chalicelib.config import Config  # noqa: PLC0415

    clock = Clock()
    config = replace(Config.from_env(environment), api_authority=AUTHORITY)
    client = Client(app.app)
    with using(Container(config, clock=clock)) as box:
        alert_batch_store(box).find("warm")
        files(box).list_documents("warm")
        channels(box)
        pipe.send("ready")
        while True:
            number, act = pipe.recv()
            clock.now = NOW
            clock.advance(seconds=act.after_s)
            gates[number].wait()
            try:
                pipe.send(_do(client, act))
            except Exception as error:  # noqa: BLE001 - told to the test
                pipe.send(error)


def _do(client: Any, act: Act) -> Any:
    if act.call is None:
        return client.lambda_.invoke(act.function, act.event).payload
    response = client.http.request(act.call.method, act.call.path, headers=act.call.headers, body=act.call.body)
    return response.status_code, response.body
