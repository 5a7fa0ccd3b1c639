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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.cloud import CREDENTIALS
from infra.pythons import find_python

_ROOT = Path(__file__).parents[2]
_HOME = _ROOT / ".ministack"
_REQUIREMENTS = Path(__file__).with_name("requirements-ministack.txt")
_START_SECONDS = 30
_SAVE_SECONDS = 30
_STOP_SECONDS = 5


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


def fetch(url: str, ca_bundle: Path | None = None) -> bytes:
    """Return the body of a GET to the engine."""
    import ssl  # noqa: PLC0415 - tests without an engine need not load it

    context = ssl.create_default_context(cafile=str(ca_bundle)) if ca_bundle else None
    with urllib.request.urlopen(url, timeout=10, context=context) as response:  # noqa: S310 - our own engine
        body: bytes = response.read()
    return body


def install() -> Path:
    """Give the engine a virtual environment of its own and return its interpreter.

    Functions run under the engine's interpreter and see its packages: in the project's environment a dependency
    that the package lacks would stay hidden.
    """
    _HOME.mkdir(exist_ok=True)
    interpreter = _HOME / "venv" / "bin" / "python"
    stamp = _HOME / "installed.txt"
    with (_HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _REQUIREMENTS.read_text(encoding="utf-8")
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return interpreter
        base = find_python("3.13") or Path(sys.executable)
        _run(base, "-m", "venv", "--clear", str(_HOME / "venv"))
        _run(interpreter, "-m", "pip", "install", "--quiet", "--no-compile", "--requirement", str(_REQUIREMENTS))
        stamp.write_text(wanted, encoding="utf-8")
    return interpreter


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise MinistackError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def running(port: int = 0, *, state_dir: Path | None = None, enforce: bool = False) -> Iterator[Ministack]:
    """Run the engine for the length of the block, on `port`, or on a free one.

    With `state_dir` its data is loaded from there and saved on a clean stop; otherwise it is thrown away. `enforce`
    makes it speak TLS and hold callers to their policies.
    """
    interpreter = install()
    with contextlib.ExitStack() as stack:
        place = state_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ministack-")))
        place.mkdir(parents=True, exist_ok=True)
        _forget_stream_positions(place)
        port = port or free_port()
        environment = _environment(port, place, persist=state_dir is not None, enforce=enforce)
        log = stack.enter_context((place / "ministack.log").open("wb"))
        command = [str(interpreter), "-m", "ministack"]
        process = subprocess.Popen(
            command, env=environment, cwd=place, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        stack.callback(_stop, process, saves=state_dir is not None)
        ca_bundle = place / "tmp" / "ministack-tls" / "server.crt" if enforce else None
        url = f"{'https' if enforce else 'http'}://127.0.0.1:{port}"
        engine = Ministack(url, place, process, ca_bundle)
        _wait_until_healthy(engine)
        yield engine


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
        settings |= {"AUTH": "true", "USE_SSL": "1"}
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**inherited, **settings}


def _forget_stream_positions(place: Path) -> None:
    """After a restart the engine would skip as many stream records as its former run had."""
    saved = place / "state" / "lambda.json"
    if saved.exists():
        state = json.loads(saved.read_text(encoding="utf-8"))
        state.get("payload", {}).pop("dynamodb_stream_positions", None)
        saved.write_text(json.dumps(state), encoding="utf-8")


def _wait_until_healthy(engine: Ministack) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and engine.process.poll() is None:
        with contextlib.suppress(OSError):
            fetch(f"{engine.endpoint_url}/_ministack/health", engine.ca_bundle)
            return
        time.sleep(0.05)
    log = (engine.state_dir / "ministack.log").read_text(encoding="utf-8", errors="replace")
    raise MinistackError(f"ministack did not start:\n{log[-2000:]}")


def _stop(process: subprocess.Popen[bytes], *, saves: bool) -> None:
    """Ask it to end, and wait until what it has to save is saved; kill it if it does not end."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_SAVE_SECONDS if saves else _STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if saves:
            raise MinistackError("ministack did not stop by itself; its last changes may not be saved") from None
