"""The guide's chapter on receipts: its very commands are run on a receipt that a deposit made (REC-5)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.cloud import Engine
from tests.deposit_world import PDF, World, a_body, an_inline_file
from tests.evidence_world import ANNEX, Issued, issue
from tests.examples.loopback_service import KEY_ID, Received, Service, serving

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guia-de-integracion.md").read_text("utf-8")
CLIENTS = {
    "python": [sys.executable, str(ROOT / "examples" / "casilla_sender.py")],
    "node": [str(shutil.which("node")), str(ROOT / "examples" / "node" / "casilla-sender.mjs")],
}
DOCUMENT = ("type", "number", "subject", "issued-at", "office", "signed-by", "prepared-by")
CHAPTER = GUIDE.split("\n## 14. ")[1]
FIRST, SECOND, THIRD = re.findall(r"```sh\n(.*?)```", CHAPTER, re.DOTALL)
NAME = "resolución n.º 12 (2026).pdf"

pytestmark = pytest.mark.skipif(
    None in {shutil.which(tool) for tool in ("pdfdetach", "sha256sum", "bash")}, reason="pdfdetach is not installed"
)


class OneAnswer(Service):
    """Answers each deposit with the bytes that the service answered one with."""

    def __init__(self, private_key: Ed25519PrivateKey, answer: bytes) -> None:
        super().__init__(private_key)
        self.answer = answer

    def deposit(self, request: Received) -> tuple[int, dict[str, str], bytes]:
        status, headers, _ = super().deposit(request)
        return status, headers, self.answer


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


@pytest.mark.parametrize("client", ["python", "node"])
def test_the_first_question_is_answered_by_what_a_client_prints(folder: Path, client: str) -> None:
    if client == "node" and shutil.which("node") is None:
        pytest.skip("node is not installed")
    answer, key, private_key = folder / "respuesta.json", folder / "key.pem", Ed25519PrivateKey.generate()
    key.write_bytes(private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with serving(OneAnswer(private_key, answer.read_bytes())) as service:
        printed = subprocess.run(  # noqa: S603 - our own clients
            [
                *(*CLIENTS[client], "deposit", "--base-url", service.base_url, "--key", str(key), "--keyid", KEY_ID),
                *("--recipient", "DNI:40000002", "--case-file", "2026-000123", "--case-opened", "2026-02-27"),
                *(part for name in DOCUMENT for part in (f"--{name}", "x")),
                *("--journal", str(folder / "journal"), str(folder / NAME)),
            ],
            capture_output=True,
            check=True,
        )
    answer.write_bytes(printed.stdout)
    assert b'"receipt": {\n' in printed.stdout

    assert run(folder, FIRST) == (True, "constancia.pdf: OK\n")
    with (folder / "constancia.pdf").open("ab") as file:
        file.write(b"\n")
    assert "constancia.pdf: FAILED" in run(folder, FIRST)[1]


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
