"""Run the whole of Casilla on this machine: `make run`.

One process holds the API, the workers and the schedules; the engine that stands for AWS is a second one. All state is
in `.local/` and outlives a stop by Ctrl-C; nothing is read from or sent to anywhere else.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.bootstrap.aws import aws_session
from infra.local import ministack, preconditions
from infra.local.clock import LocalClock
from infra.local.cloud import Cloud, create_resources
from infra.local.engine_state import EngineState
from infra.local.identity import server as identity
from infra.local.preconditions import CannotRun, run_command
from infra.local.registries import server as registries
from infra.local.state import REASONS, StateError, why, write_whole
from infra.template import load_template

ENVIRONMENT = "environment.json"
"""The file of a running run's state by which the operator's commands find it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to listen and where to keep state."""

    port: int
    engine_port: int
    state: Path
    is_empty: bool = False
    """Whether nobody and nothing is made up: as a fresh deployment is."""

    @property
    def authority(self) -> str:
        """What clients sign as `@authority`."""
        return f"127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """Where the API answers."""
        return f"http://{self.authority}"


def say(text: str) -> None:
    """Tell the operator, at once even into a pipe."""
    print(text, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C: 0 once all is saved, 1 when it could not start, something died or was not saved."""
    try:
        settings = _settings(argv)
        with _stop_signals() as stop, contextlib.ExitStack() as stack:
            run(settings, stop, stack)
    except (CannotRun, ministack.MinistackError, StateError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in REASONS:
            raise
        print(f"\n{_told(error)}", file=sys.stderr)
        return 1
    say("Todo quedó guardado. Hasta luego.")
    return 0


def _told(error: BaseException) -> str:
    """Say what happened, and first what had happened before: an engine that died, then what is lost with it."""
    before = error.__context__
    where = getattr(error, "filename", None) or "la carpeta de datos"
    told = f"No se puede escribir en {where}: {why(error)}." if isinstance(error, OSError) else str(error)
    return f"{_told(before)}\n{told}" if isinstance(before, CannotRun | StateError | ministack.MinistackError) else told


def run(settings: Settings, stop: threading.Event, stack: contextlib.ExitStack) -> None:
    """Start everything, wait for `stop`, and leave on the stack how to stop it.

    Raises:
        CannotRun: the state is that of other tables, it or a port is in use, or a part died.
        StateError: the state cannot be read, there is no room for it or, at the end, it was not saved.

    """
    preconditions.take_folder(settings.state, load_template())
    stack.enter_context(preconditions.only_run_of(settings.state))
    preconditions.stop_leftover_engine(settings.state, say)
    preconditions.require_free_ports({"PORT": settings.port, "ENGINE_PORT": settings.engine_port})
    saved = EngineState(settings.state / "engine", say).saved
    say(f"Casilla continúa con lo guardado {saved}." if saved else "Primera vez: Casilla parte de cero.")
    say(f"Sus datos están en {settings.state}. Ctrl-C los guarda y detiene todo.")
    say("Se inicia el motor que hace de AWS…")
    engine = stack.enter_context(ministack.running(settings.engine_port, state_dir=settings.state / "engine", tell=say))
    stack.callback(say, "Guardando y deteniendo…")
    _note(settings.state / "engine.pid", str(engine.process.pid), stack)
    say("Se revisan las tablas…" if saved else "Se crean las tablas…")
    addresses = {"ApiAuthority": settings.authority, "PortalAddress": settings.authority}
    cloud = create_resources(engine.endpoint_url, parameters=addresses)
    simulator = stack.enter_context(registries.running())
    clock = LocalClock(settings.state / "clock")
    provider = stack.enter_context(identity.running(clock=clock))
    environment = _as_deployed(engine, cloud, settings)
    enter_environment(environment)
    _note(settings.state / ENVIRONMENT, json.dumps(environment), stack)
    os.environ.update(
        RENIEC_URL=simulator.reniec_url,
        SUNAT_URL=simulator.sunat_url,
        SUNAT_REPRESENTATIVES_URL=simulator.representatives_url,
    )
    os.environ.update(REGISTRY_USER="99000001", REGISTRY_RUC="20990000019", **provider.environment)
    say(
        "Se abre el portal…"
        if saved or settings.is_empty
        else "Se crean personas, empresas y notificaciones de demostración (unos segundos)…"
    )
    parts = _start(settings, cloud, stack, clock)
    while not stop.wait(0.5):
        if engine.process.poll() is not None:
            raise CannotRun(f"El motor local murió. Su registro: {settings.state / 'engine' / 'ministack.log'}")
        if dead := parts():
            raise CannotRun(f"Dejó de funcionar: {', '.join(dead)}. El registro: {settings.state / 'casilla.log'}")


def _note(path: Path, text: str, stack: contextlib.ExitStack) -> None:
    """Leave a file for as long as the run lasts."""
    write_whole(path, text.encode())

    def remove() -> None:
        with contextlib.suppress(OSError):  # what is saved, and what not, is told by the engine's state
            path.unlink()

    stack.callback(remove)


def _settings(argv: Sequence[str] | None) -> Settings:
    parser = argparse.ArgumentParser(prog="make run", description="Casilla entera en esta máquina.")
    parser.add_argument("--port", default=os.environ.get("PORT", "8000"))
    parser.add_argument("--engine-port", default=os.environ.get("ENGINE_PORT", "4566"))
    parser.add_argument("--state", type=Path, default=Path(".local"))
    is_empty = bool(os.environ.get("EMPTY"))
    parser.add_argument(
        "--empty", action="store_true", default=is_empty, help="sin datos de demostración, como un despliegue nuevo"
    )
    given = parser.parse_args(argv)
    ports = _port("PORT", given.port), _port("ENGINE_PORT", given.engine_port)
    return Settings(*ports, given.state.resolve(), given.empty)


def _port(name: str, value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 65535:  # noqa: PLR2004 - what a port can be
        raise CannotRun(f"{name} debe ser un puerto, de 1 a 65535; es «{value}».")
    return int(value)


@contextlib.contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """Turn Ctrl-C, a closed terminal and `kill` into an event; once more of them while saving changes nothing."""
    stop = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _as_deployed(engine: ministack.Ministack, cloud: Cloud, settings: Settings) -> dict[str, str]:
    """Return the environment that a deployed function would have."""
    addresses = {"API_BASE_URL": settings.base_url, "PORTAL_BASE_URL": settings.base_url}
    return {**cloud.environment, **engine.environment, **addresses}


def enter_environment(environment: Mapping[str, str]) -> None:
    """Make this process's environment that of a deployed function, and lead nowhere but to its engine."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(environment)
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    os.environ.update(NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")


def _start(settings: Settings, cloud: Cloud, stack: contextlib.ExitStack, clock: LocalClock) -> Callable[[], list[str]]:
    """Start outbox, workers and API, all by one clock; return what names the parts that died."""
    from app import app  # noqa: PLC0415 - only now is the environment the one to read
    from chalicelib.bootstrap import Container, using  # noqa: PLC0415
    from chalicelib.bootstrap.usage import settings as usage_settings  # noqa: PLC0415
    from chalicelib.config import Config  # noqa: PLC0415
    from infra.local.cast import can_log_in, welcome_line  # noqa: PLC0415
    from infra.local.deliveries import Deliveries  # noqa: PLC0415
    from infra.local.demo_data import (  # noqa: PLC0415
        MAILBOXES,
        PASSWORD,
        RECIPIENT,
        load_demo_data,
    )
    from infra.local.demo_usage import DEMO_USAGE  # noqa: PLC0415
    from infra.local.outbox import Outbox  # noqa: PLC0415
    from infra.local.pages import OUTBOX, Pages  # noqa: PLC0415
    from infra.local.passing_days import PassingDays  # noqa: PLC0415
    from infra.local.server import make_server  # noqa: PLC0415
    from infra.local.workers import Schedule, Workers  # noqa: PLC0415

    log_to(settings.state / "casilla.log", shows_warnings=True)
    box = stack.enter_context(using(Container(Config.from_env(), clock=clock)))
    box.made[usage_settings] = DEMO_USAGE
    outbox = Outbox(settings.state / "outbox", clock)
    outbox.watch(aws_session(box).get_component("event_emitter"))
    feeds = _feeds(cloud, clock)
    for feed in feeds:
        if isinstance(feed, Deliveries):  # before anything makes a client, which keeps the hooks that there are
            feed.watch(aws_session(box).get_component("event_emitter"))
    outbox_url = f"{settings.base_url}{OUTBOX}"
    addresses = {"base_url": settings.base_url, "authority": settings.authority, "outbox_url": outbox_url}
    mailboxes = () if settings.is_empty else MAILBOXES
    keyid = "" if settings.is_empty else load_demo_data(box, settings.state / "demo", now=clock(), addresses=addresses)

    workers = Workers(feeds, say)
    workers.start()
    stack.callback(workers.stop)
    facts = {
        "base_url": settings.base_url,
        "authority": settings.authority,
        "keyid": keyid,
        "recipient": RECIPIENT,
        "key_path": str(settings.state / "demo" / "key.pem"),
        "password": PASSWORD,
        "state": str(settings.state),
    }
    days = PassingDays(clock, [feed for feed in feeds if isinstance(feed, Schedule)])
    pages = Pages(outbox, facts, mailboxes, days)
    server = make_server(app, settings.port, find_page=pages.find, tell=say, clock=clock)
    serving = threading.Thread(target=server.server.serve_forever, name="API", daemon=True)
    serving.start()
    stack.callback(server.server.server_close)
    stack.callback(server.shutdown)
    people = [welcome_line(*who) for who in can_log_in(mailboxes)]
    say(_welcome(settings, people, PASSWORD, outbox_url))
    return lambda: workers.dead() + ([] if serving.is_alive() else ["API"])


def _feeds(cloud: Cloud, clock: LocalClock) -> list[Any]:
    """Make a feed for every job of the map."""
    import boto3  # noqa: PLC0415 - see _start

    from app import app  # noqa: PLC0415
    from chalicelib.handlers.jobs import JOBS  # noqa: PLC0415
    from infra.local.deliveries import Deliveries  # noqa: PLC0415
    from infra.local.workers import QueueFeed, Schedule, StreamFeed, time_after  # noqa: PLC0415

    def feed(job: Any) -> Any:
        function = app.handler_map[job.name]
        if "stream_arn" in job.settings:
            stream = cloud.attributes["EventsTable"]["StreamArn"]
            return StreamFeed(boto3.client("dynamodbstreams"), stream, function, job.name)
        if "queue" in job.settings:
            queue = cloud.attributes[job.settings["queue"].title().replace("-", "")]
            return QueueFeed(boto3.client("sqs"), queue["Ref"], queue["Arn"], function, job.name)
        if "topic" in job.settings:
            return Deliveries(function, cloud.environment["MAIL_CONFIGURATION_SET"], clock)
        return Schedule(function, job.name, time_after(job.settings["expression"]), clock)

    return [feed(job) for job in JOBS]


def log_to(path: Path, *, shows_warnings: bool) -> None:
    """Send the functions' log to a file, and what is wrong to the terminal as well where `shows_warnings`."""
    from chalicelib.handlers.log import log as log_of_functions  # noqa: PLC0415 - see _start

    log = path.open("a", encoding="utf-8", buffering=1)
    log_of_functions()  # which makes the handler that writes
    functions = logging.getLogger("casilla")
    functions.propagate = False
    for handler in functions.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(log)
    others: list[logging.Handler] = [logging.StreamHandler(log)]
    if shows_warnings:
        shown = logging.StreamHandler()
        shown.setLevel(logging.WARNING)
        shown.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        functions.addHandler(shown)
        others.append(shown)
    logging.basicConfig(level=logging.WARNING, handlers=others)


def _welcome(settings: Settings, people: Sequence[str], password: str, outbox_url: str) -> str:
    again = run_command({"PORT": settings.port, "ENGINE_PORT": settings.engine_port})
    listed = "".join(f"    {line}\n" for line in people)
    who = f"""  Ingresan, todas con la contraseña {password}:
{listed}  Pruebe en otra terminal:  make demo FILE=algo.pdf"""
    nobody = """  No hay nadie todavía:     make operator CMD="staff first-administrator …" """.rstrip()
    return f"""
Casilla está lista: {settings.base_url}
  A quién ser, y el reloj   {settings.base_url}/_local/
  Correos y SMS enviados    {outbox_url}
  Registro de las funciones {settings.state / "casilla.log"}
{nobody if settings.is_empty else who}
Ctrl-C guarda y detiene todo; «{again}» continúa donde quedó. Cada pedido se dice aquí abajo.
"""


if __name__ == "__main__":
    sys.exit(main())
