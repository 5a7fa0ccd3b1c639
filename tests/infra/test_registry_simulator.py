from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import urllib3
from stdnum.pe import ruc as ruc_number

from chalicelib.domain.identity_document import check_document_number
from chalicelib.domain.mailbox import DocumentType
from infra.local.registries.answers import companies, people, reniec_answer
from infra.local.registries.server import running

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/registros.md").read_text("utf-8")


def test_every_number_is_well_formed() -> None:
    for number in people():
        check_document_number(DocumentType.DNI, number, field="dni")
    assert all(ruc_number.is_valid(number) for number in companies())


@pytest.mark.parametrize(("number", "entry"), [*people().items(), *companies().items()])
def test_the_guide_tells_what_each_one_shows(number: str, entry: dict[str, str]) -> None:
    assert f"| {number} | {entry['shows']} |" in GUIDE


@pytest.mark.parametrize("question", [None, [], {}, {"PIDE": {"nuDniConsulta": "99000001"}}])
def test_a_question_that_is_not_whole_is_refused_as_reniec_does(question: object) -> None:
    assert reniec_answer(question)["consultarResponse"]["return"]["coResultado"] == "1000"


def test_another_path_is_not_found() -> None:
    with running() as simulator, urllib3.PoolManager(retries=False) as pool:
        assert pool.request("GET", simulator.reniec_url).status == 404
        assert pool.request("POST", simulator.sunat_url, json={}).status == 404
        assert pool.request("POST", simulator.reniec_url, body=b"{").status == 200


def test_it_starts_by_itself_and_says_where_it_is() -> None:
    command = [sys.executable, "-m", "infra.local.registries", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our program
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        process.terminate()
    assert [line.partition("=")[0] for line in lines] == [*("RENIEC_URL", "SUNAT_URL", "SUNAT_REPRESENTATIVES_URL")]
    assert all("http://127.0.0.1:" in line for line in lines)
