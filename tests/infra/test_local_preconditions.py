from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.preconditions import CannotRun, require_free_ports, run_command, stop_leftover_engine, take_folder
from infra.template import load_template

TEMPLATE = load_template()


def a_file(state: Path) -> None:
    state.write_text("no es una carpeta", "utf-8")


def an_older_one(state: Path) -> None:
    (state / "engine").mkdir(parents=True)
    (state / "engine" / "dynamodb.json").write_text("{}", "utf-8")


def another_mark(state: Path) -> None:
    state.mkdir()
    (state / "tables").write_text("0" * 64, "utf-8")


def a_mark_of_noise(state: Path) -> None:
    state.mkdir()
    (state / "tables").write_bytes(b"\xff\xfe\x00")


def a_mark_that_is_a_folder(state: Path) -> None:
    (state / "tables").mkdir(parents=True)


def contents(state: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in [state, *state.rglob("*")]}


@pytest.mark.parametrize(
    "make",
    [a_file, an_older_one, another_mark, a_mark_of_noise, a_mark_that_is_a_folder],
    ids=lambda make: make.__name__,
)
def test_what_is_not_this_versions_is_told_in_one_sentence_and_left_alone(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    state = tmp_path / "state"
    make(state)
    before = contents(state)

    with pytest.raises(CannotRun) as refusal:
        take_folder(state, TEMPLATE)

    assert (
        str(refusal.value)
        == f"Los datos de {state} son de otra versión de Casilla: borre esa carpeta y repita «make run»."
    )
    assert contents(state) == before


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence() -> None:
    with pytest.raises(CannotRun, match=r"^No se puede escribir en .*: .+\. Resuélvalo y repita «make run»\.$"):
        take_folder(Path("/proc/nobody/writes/here"), TEMPLATE)


@pytest.mark.parametrize("told", ["", "nada", "-1", "\udcff", "0"])
def test_a_note_of_no_engine_is_passed_over(told: str, tmp_path: Path) -> None:
    note = tmp_path / "engine.pid"
    note.write_bytes(told.encode("utf-8", "surrogateescape"))

    said: list[str] = []
    stop_leftover_engine(tmp_path, said.append)

    assert not note.exists()
    assert [line.partition(":")[0] for line in said] == ["La ejecución anterior se cortó sin guardar"]


def test_the_command_to_run_again_keeps_every_port_that_is_not_the_usual_one() -> None:
    assert run_command({"PORT": 8000, "ENGINE_PORT": 4566}) == "make run"
    assert run_command({"PORT": 8011, "ENGINE_PORT": 4611}) == "make run PORT=8011 ENGINE_PORT=4611"


def test_ports_that_are_taken_are_told_together_with_a_command_that_keeps_the_free_one() -> None:
    with socket.socket() as one, socket.socket() as other:
        for taken in (one, other):
            taken.bind(("127.0.0.1", 0))
            taken.listen()
        first, second = (taken.getsockname()[1] for taken in (one, other))
        with pytest.raises(CannotRun) as both:
            require_free_ports({"PORT": first, "ENGINE_PORT": second})
        with pytest.raises(CannotRun) as single:
            require_free_ports({"PORT": first, "ENGINE_PORT": 4999})

    assert str(both.value).startswith(f"Los puertos {first} y {second} están ocupados.")
    assert str(single.value).startswith(f"El puerto {first} está ocupado.")
    assert str(single.value).endswith(" ENGINE_PORT=4999")
    with pytest.raises(CannotRun, match="distintos"):
        require_free_ports({"PORT": 8001, "ENGINE_PORT": 8001})
