"""Install, start and stop ministack, the AWS engine on a laptop: one process, bound to loopback."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.cloud import CREDENTIALS
from infra.local.engine_state import EngineState
from infra.local.state import write_whole
from infra.pythons import find_python

_ROOT = Path(__file__).parents[2]
_HOME = _ROOT / ".ministack"
_REQUIREMENTS = Path(__file__).with_name("requirements-ministack.txt")
_LOCK = _ROOT / "locks" / "ministack.txt"
_STRICT = Path(__file__).with_name("strict_engine.py")
_CALLS = "calls.jsonl"
_START_SECONDS = 30
_SAVE_SECONDS = 30
_STOP_SECONDS = 5
_SILENT_SECONDS = 5


class MinistackError(Exception):
    """The engine could not be installed or started."""


@dataclass(frozen=True, slots=True)
class Ministack:
    """A running engine."""

    endpoint_url: str
    state_dir: Path
    process: subprocess.Popen[bytes]
    ca_bundle: Path | None = None
    """Certificate to trust where the engine speaks TLS, else None."""

    @property
    def environment(self) -> dict[str, str]:
        """What AWS clients of another process need to reach this engine and nothing else."""
        trust = {"AWS_CA_BUNDLE": str(self.ca_bundle)} if self.ca_bundle else {}
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.endpoint_url, **trust}

    def messages(self, path: str) -> Any:
        """Return what the engine's own inbox at `/_ministack/<path>` holds, parsed."""
        return json.loads(fetch(f"{self.endpoint_url}/_ministack/{path}", self.ca_bundle))

    @property
    def emails(self) -> list[dict[str, Any]]:
        """E-mails sent so far, in order, each with `Source`, `To`, `Subject`, `BodyText`."""
        return [mail for mails in self.messages("ses/messages")["messages"].values() for mail in mails]

    @property
    def text_messages(self) -> dict[str, list[dict[str, Any]]]:
        """SMS sent so far, by number."""
        messages: dict[str, list[dict[str, Any]]] = self.messages("sns/sms-messages")["sms_messages"]
        return messages

    @property
    def role_calls(self) -> list[tuple[str, str, str, dict[str, Any]]]:
        """What roles asked for so far, where policies are held: session, action, resource and what else was told."""
        calls = self.state_dir / _CALLS
        lines = calls.read_text(encoding="utf-8").splitlines() if calls.exists() else ()
        return [(session, action, resource, told) for session, action, resource, told in map(json.loads, lines)]


def fetch(url: str, ca_bundle: Path | None = None) -> bytes:
    """Return the body of a GET to the engine."""
    import ssl  # noqa: PLC0415 - tests without an engine need not load it

    context = ssl.create_default_context(cafile=str(ca_bundle)) if ca_bundle else None
    with urllib.request.urlopen(url, timeout=10, context=context) as response:  # noqa: S310 - our own engine
        body: bytes = response.read()
    return body


def install(tell: Callable[[str], None] = lambda _: None) -> Path:
    """Give the engine a virtual environment of its own and return its interpreter.

    Functions run under the engine's interpreter and see its packages: in the project's environment a dependency
    that the package lacks would stay hidden. One whose interpreter went or changed since is made anew.
    """
    _HOME.mkdir(exist_ok=True)
    interpreter = _HOME / "venv" / "bin" / "python"
    stamp = _HOME / "installed.txt"
    with (_HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _REQUIREMENTS.read_text(encoding="utf-8")
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and _finds_engine(interpreter):
            return interpreter
        tell("Se instala el motor que hace de AWS: medio minuto y 80 MB, solo esta vez…")
        stamp.unlink(missing_ok=True)
        base = find_python("3.13", having="ensurepip") or Path(sys.executable)
        _run(tell, base, "-m", "venv", "--clear", _HOME / "venv")
        how = ("--quiet", "--no-compile", "--require-hashes")
        _run(tell, interpreter, "-m", "pip", "install", *how, "--requirement", _LOCK)
        stamp.write_text(wanted, encoding="utf-8")
    return interpreter


def _finds_engine(interpreter: Path) -> bool:
    question = "import importlib.util as found; raise SystemExit(found.find_spec('ministack') is None)"
    try:
        return subprocess.run([interpreter, "-I", "-c", question], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _run(tell: Callable[[str], None], *command: str | Path) -> None:
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while True:
            try:
                said, _ = process.communicate(timeout=_SILENT_SECONDS)
                break
            except subprocess.TimeoutExpired:
                tell(f"  {time.monotonic() - started:.0f} s…")
    if process.returncode:
        raise MinistackError(
            "No se pudo instalar el motor. ¿Llega este equipo al índice de paquetes, y queda espacio?\n"
            f"{' '.join(map(str, command))}\n{said}"
        )


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def running(
    port: int = 0,
    *,
    state_dir: Path | None = None,
    enforce: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Ministack]:
    """Run the engine for the length of the block, on `port`, or on a free one; `tell` hears what it is at.

    With `state_dir` its data is loaded from there and saved on a clean stop; otherwise it is thrown away. `enforce`
    makes it speak TLS and hold callers to their policies, as `strict_engine` has it see their calls.

    Raises:
        MinistackError: it could not be installed or started.
        StateError: its data cannot be read or, at the end of the block, was not saved.

    """
    keeper = EngineState(state_dir, tell) if state_dir else None
    if keeper is not None:
        keeper.prepare()
    interpreter = install(tell)
    with contextlib.ExitStack() as stack:
        place = state_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ministack-")))
        place.mkdir(parents=True, exist_ok=True)
        _forget_stream_positions(place)
        port = port or free_port()
        environment = _environment(port, place, persist=state_dir is not None, enforce=enforce)
        # Safe path: what lies beside the program is this project's, and none of the engine's business.
        program = ("-P", str(_STRICT)) if enforce else ("-m", "ministack")
        process = _start((str(interpreter), *program), environment, place, keeper)
        ca_bundle = place / "tmp" / "ministack-tls" / "server.crt" if enforce else None
        url = f"{'https' if enforce else 'http'}://127.0.0.1:{port}"
        engine = Ministack(url, place, process, ca_bundle)
        try:
            _wait_until_healthy(engine)
            if keeper is not None:
                keeper.require_loaded()
        except BaseException:
            _kill(process)  # asked to end, it would save what it has not read
            raise
        stack.callback(_stop, process, keeper)
        yield engine


def _start(
    command: tuple[str, ...], environment: dict[str, str], place: Path, keeper: EngineState | None
) -> subprocess.Popen[bytes]:
    """Start it with a log in its folder; where it keeps state, what it says is heard as well."""
    path = place / "ministack.log"
    with contextlib.ExitStack() as stack:
        log = subprocess.PIPE if keeper else stack.enter_context(path.open("wb"))
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=place,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    if keeper is not None and process.stdout is not None:
        keeper.listen(process.stdout, path)
    return process


def _environment(port: int, place: Path, *, persist: bool, enforce: bool) -> dict[str, str]:
    scratch = place / "tmp"
    scratch.mkdir(exist_ok=True)
    settings = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",  # else it listens on every interface
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "TMPDIR": str(scratch),
        "STATE_DIR": str(place / "state"),
        "S3_DATA_DIR": str(place / "s3"),
        "PERSIST_STATE": "1" if persist else "0",
        "S3_PERSIST": "1" if persist else "0",
    }
    if enforce:
        settings |= {"AUTH": "true", "USE_SSL": "1", "CALLS": str(place / _CALLS)}
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**inherited, **settings}


def _forget_stream_positions(place: Path) -> None:
    """After a restart the engine would skip as many stream records as its former run had."""
    saved = place / "state" / "lambda.json"
    if saved.exists():
        state = json.loads(saved.read_text(encoding="utf-8"))
        state.get("payload", {}).pop("dynamodb_stream_positions", None)
        write_whole(saved, json.dumps(state).encode())


def _wait_until_healthy(engine: Ministack) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and engine.process.poll() is None:
        with contextlib.suppress(OSError):
            fetch(f"{engine.endpoint_url}/_ministack/health", engine.ca_bundle)
            return
        time.sleep(0.05)
    log = (engine.state_dir / "ministack.log").read_text(encoding="utf-8", errors="replace")
    raise MinistackError(f"ministack did not start:\n{log[-2000:]}")


def _stop(process: subprocess.Popen[bytes], keeper: EngineState | None) -> None:
    """Ask it to end, and wait until what it has to save is saved; kill it if it does not end."""
    if keeper is not None:
        keeper.make_room()
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    ended = True
    try:
        process.wait(_STOP_SECONDS if keeper is None else _SAVE_SECONDS)
    except subprocess.TimeoutExpired:
        ended = False
        _kill(process)
    if keeper is not None:
        keeper.settle(ended=ended)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
