"""The local run with a full disk, and cut short: nobody is told that all was saved, and what was saved is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from examples.demo import demonstrate
from infra.local.ministack import free_port
from tests.deposit_world import PDF
from tests.local_run import ROOT, Run, a_run, wait_until

pytestmark = pytest.mark.ministack
SAVED = "Todo quedó guardado"


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the run in the other process has no other clock


def deposited(run: Run) -> list[str]:
    month = f"{_now().astimezone(ZoneInfo('America/Lima')):%Y-%m}"
    return [deposit["notice_id"] for deposit in run.sender().list_deposits(month)]


def deposit(run: Run, folder: Path) -> None:
    (folder / "carta.pdf").write_bytes(PDF)
    demonstrate(folder / "carta.pdf", settings=run.state / "demo", receipts=folder, now=_now())


def engine_of(run: Run) -> int:
    return int((run.state / "engine.pid").read_text("utf-8"))


def test_a_save_without_room_is_told_and_costs_nothing_of_the_one_before(tmp_path: Path) -> None:
    state, ports = tmp_path / "state", (free_port(), free_port())
    with a_run(state, *ports) as first:
        before = deposited(first)
        assert first.stop() == 0
    assert SAVED in "".join(first.said)
    with a_run(state, *ports) as second:
        deposit(second, tmp_path)
        assert deposited(second) != before
        (state / "engine" / "state" / "dynamodb.json.tmp").symlink_to("/dev/full")
        assert second.stop() == 1
    told = "".join(second.said)
    assert "Casilla continúa con lo guardado el " in told
    assert SAVED not in told
    assert "NO SE GUARDÓ lo hecho en esta ejecución: no queda espacio en el disco" in told
    assert "Queda lo guardado el " in told
    with a_run(state, *ports) as third:
        assert deposited(third) == before
        assert third.stop() == 0


def test_what_a_run_that_was_cut_short_lost_is_told_and_what_its_engine_still_held_is_saved(tmp_path: Path) -> None:
    state, ports = tmp_path / "state", (free_port(), free_port())
    with a_run(state, *ports) as killed:
        deposit(killed, tmp_path)
        held = deposited(killed)
        killed.process.kill()
        killed.process.wait(10)
    with a_run(state, *ports) as again:
        assert "se detiene y guarda sus datos" in "".join(again.said)
        assert deposited(again) == held
        deposit(again, tmp_path)
        os.kill(engine_of(again), signal.SIGKILL)
        assert again.process.wait(30) == 1
        wait_until(lambda: "NO SE GUARDÓ" in "".join(again.said), 5)
        assert "El motor local murió" in "".join(again.said)
        assert SAVED not in "".join(again.said)
    with a_run(state, *ports) as last:
        assert deposited(last) == held
        assert last.stop() == 0


def test_a_disk_without_room_ends_the_start_before_anything_is_done(tmp_path: Path) -> None:
    state = tmp_path / "state"
    run = f'"{sys.executable}" -m infra.local.run --state "{state}" --port {free_port()} --engine-port {free_port()}'
    done = subprocess.run(  # noqa: S603 - our own program
        ["/bin/sh", "-c", f"ulimit -f 1024; exec {run}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert f"No se puede guardar en {state / 'engine'}: el archivo pasa del tamaño permitido." in done.stderr
    assert "Traceback" not in done.stderr
    assert not (state / "engine" / "ministack.log").exists()
