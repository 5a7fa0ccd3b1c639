"""The guide's chapter on receipts: its very commands are run on a receipt that a deposit made (REC-5)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cloud import Engine
from tests.deposit_world import PDF, World, a_body, an_inline_file
from tests.evidence_world import ANNEX, Issued, issue

GUIDE = (Path(__file__).parents[2] / "docs" / "guia-de-integracion.md").read_text("utf-8")
CHAPTER = GUIDE.split("\n## 14. ")[1]
FIRST, SECOND, THIRD = re.findall(r"```sh\n(.*?)```", CHAPTER, re.DOTALL)
NAME = "resolución n.º 12 (2026).pdf"

pytestmark = pytest.mark.skipif(
    None in {shutil.which(tool) for tool in ("pdfdetach", "sha256sum", "bash")}, reason="pdfdetach is not installed"
)


@pytest.fixture
def issued(world: World, moto_engine: Engine) -> Issued:
    return issue(world, moto_engine, main=an_inline_file(filename=NAME))


@pytest.fixture
def folder(issued: Issued, world: World, tmp_path: Path) -> Path:
    """Return a folder as an institution keeps it: the receipt, the answer byte for byte, and the documents."""
    body = a_body(
        main=an_inline_file(filename=NAME), annexes=[an_inline_file(ANNEX, "cuadro.csv", media_type="text/csv")]
    )
    answer = world.deposit(body)
    assert answer.headers["Idempotency-Replayed"] == "true"
    (tmp_path / "respuesta.json").write_bytes(answer.body)
    (tmp_path / "constancia.pdf").write_bytes(issued.receipt)
    (tmp_path / NAME).write_bytes(PDF)
    (tmp_path / "cuadro.csv").write_bytes(ANNEX)
    return tmp_path


def run(folder: Path, commands: str) -> tuple[bool, str]:
    done = subprocess.run(  # noqa: S603 - what the guide tells people to type
        ["bash", "-euo", "pipefail", "-c", commands],  # noqa: S607
        cwd=folder,
        capture_output=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout + done.stderr


def test_the_commands_find_all_of_it_right(folder: Path) -> None:
    assert run(folder, FIRST) == (True, "constancia.pdf: OK\n")
    found, told = run(folder, SECOND)
    assert (found, '"verification_code": "' in told) == (True, True)
    assert run(folder, THIRD) == (True, f"{NAME}: OK\ncuadro.csv: OK\n")


def test_a_receipt_that_was_saved_anew_is_found_out(folder: Path) -> None:
    with (folder / "constancia.pdf").open("ab") as file:
        file.write(b"\n")

    found, told = run(folder, FIRST)

    assert (found, "constancia.pdf: FAILED" in told) == (False, True)


def test_a_document_that_was_changed_is_found_out(folder: Path) -> None:
    (folder / "cuadro.csv").write_bytes(ANNEX + b"dos,20\n")
    run(folder, SECOND)

    found, told = run(folder, THIRD)

    assert (found, f"{NAME}: OK" in told, "cuadro.csv: FAILED" in told) == (False, True, True)
