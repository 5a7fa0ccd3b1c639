"""The garbage collector in a fresh process, as Lambda starts one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOADED = "import app, gc; told = [gc.isenabled()]"
HOME_PAGE = """
from chalice.test import Client
with Client(app.app) as client:
    assert client.http.get("/").status_code == 200
"""
JOB = """
try:
    app.send_alerts({"Records": []}, None)
except Exception:  # it has no environment
    pass
"""


def fresh(*programs: str, **environment: str) -> Any:
    told = "import json; print(json.dumps([*told, gc.isenabled(), gc.get_freeze_count()]))"
    program = "\n".join((LOADED, *programs, told))
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])  # the job logged before that it failed


def test_it_rests_until_the_first_answer_and_then_leaves_alone_what_was_loaded(aws: dict[str, str]) -> None:
    at_first, after, frozen = fresh(HOME_PAGE, **aws)

    assert (at_first, after) == (False, True)
    assert frozen > 20_000


def test_it_comes_back_before_a_job_begins() -> None:
    at_first, after, frozen = fresh(JOB)

    assert (at_first, after) == (False, True)
    assert frozen > 5_000
