"""Importing the service in a fresh interpreter, over importing chalice and boto3 and making one client."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from bench.figures import Figure
from bench.world import BenchWorld

_ROUNDS = 7
_HEAVY = ("fpdf", "openpyxl", "pikepdf", "pyhanko", "PIL", "fontTools", "cryptography", "http_message_signatures")
"""What a function that does not need it must not load."""
_TIMED = """
import json, sys, time
started = time.process_time()
{work}
taken = time.process_time() - started
{after}
"""
_FLOOR = "import boto3, chalice; boto3.client('dynamodb')"
_ALONE = 'print(json.dumps({"import": taken, "modules": sorted({name.partition(".")[0] for name in sys.modules})}))'
_REQUEST = """
from chalicelib.bootstrap import Container, using
from chalicelib.config import Config
from datetime import datetime, UTC
event, now = json.loads(sys.stdin.read())
context = type("Context", (), {"aws_request_id": "bench", "function_name": "api", "memory_limit_in_mb": "1024"})()
started = time.process_time()
with using(Container(Config.from_env(), clock=lambda: datetime.fromisoformat(now))):
    answer = app.app(event, context)
assert answer["statusCode"] == 201, answer
print(json.dumps({"import": taken, "request": time.process_time() - started}))
"""


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield the ratio, what was loaded without need, and the first request after it."""
    _fresh(world, "import app", _ALONE)  # writes the byte code, which a package has as well
    pairs = []
    for _ in range(_ROUNDS):
        ours, floor = _fresh(world, "import app", _ALONE), _fresh(world, _FLOOR, _ALONE)
        pairs.append((ours["import"], floor["import"]))
    loaded = [name for name in _HEAVY if name in ours["modules"]]
    yield Figure("cold start ÷ floor", statistics.median(one / other for one, other in pairs), "x", 1.4)
    yield Figure("cold start CPU", statistics.median(one for one, _ in pairs) * 1e3, "ms")
    yield Figure("cold start floor CPU", statistics.median(other for _, other in pairs) * 1e3, "ms")
    yield Figure("heavy modules loaded at cold start" + "".join(f" {name}" for name in loaded), len(loaded), "", 0)
    firsts = [_first_request(world) for _ in range(2)]
    yield Figure("first deposit of a process, after its start, CPU", min(firsts) * 1e3, "ms")


def _first_request(world: BenchWorld) -> float:
    event = world.deposit_event(world.uploaded_body())
    told = json.dumps([event, world.signer.clock.now.isoformat()])
    return float(_fresh(world, "import app", _REQUEST, told)["request"])


def _fresh(world: BenchWorld, work: str, after: str, told: str = "") -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _TIMED.format(work=work, after=after)],
        input=told.encode(),
        env={**os.environ, **world.environment},
        capture_output=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
