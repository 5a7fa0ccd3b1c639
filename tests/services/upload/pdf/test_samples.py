"""Files of real programs with the verdict each should get; where they lie is told by an environment variable."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.services.upload.inspecting import accept, problems

FOLDER = Path(os.environ.get("CASILLA_PDF_SAMPLES", "/nonexistent"))  # noqa: TID251  (of the tests alone)
MANIFEST = FOLDER / "MANIFEST.json"
SAMPLES: list[dict[str, Any]] = json.loads(MANIFEST.read_text("utf-8"))["files"] if MANIFEST.exists() else []
TOLD = {
    "ordinary-owner-password-print-denied.pdf": ["sin contraseña", "prohíbe imprimirlo"],
    "ordinary-xfa-form.pdf": ["XFA (LiveCycle)"],
    "ordinary-file-link.pdf": ["Página 1", "«file://path/to/local/file.pdf»"],
    "ordinary-remote-go-to.pdf": ["Página 1", "215675E.pdf"],
    "ordinary-submit-button.pdf": ["página 1", "botón que envía datos", "http://exampe.com"],
    "broken-truncated.pdf": ["falta el final"],
    "broken-xref-destroyed.pdf": ["incompleto"],
    "broken-page-stream.pdf": ["Página 1", "objeto 2"],
    "broken-pages-loop.pdf": ["árbol de páginas"],
    "hostile-javascript-on-page-open.pdf": ["Página 1: al abrirla", "JavaScript"],
    "hostile-javascript-open-action.pdf": ["El documento: al abrirlo", "JavaScript"],
    "hostile-launch.pdf": ["Página 1", "inicia un programa", ".pdf»"],
    "hostile-embedded-executable.pdf": ["«factura.exe»"],
    "hostile-executable-as-xml.pdf": ["«factura.xml»", "no es XML"],
    "embedded-undeclared-text.pdf": ["«foo.txt»", "no está declarado"],
    "encrypted-user-password.pdf": ["contraseña para abrir"],
    "encrypted-certificate.pdf": ["certificado"],
    "polyglot-junk-before-header.pdf": ["29 bytes antes"],
    "hostile-open-web-address.pdf": ["al abrirlo", "http://evil.example/track"],
    "hostile-javascript-link-disguised.pdf": ["Página 1", "\\x01javascript:"],
    "hostile-link-network-share.pdf": ["Página 1", "//evil.example/share/a.exe"],
    "hostile-bytes-between-ends.pdf": ["2001 bytes", "entre dos finales"],
    "bomb-double-flate.pdf": ["página 1"],
    "bomb-object-stream.pdf": ["grande o complejo"],
}

pytestmark = pytest.mark.skipif(not SAMPLES, reason="CASILLA_PDF_SAMPLES names no folder of samples")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["file"])
def test_sample_gets_its_verdict_and_its_words(sample: dict[str, Any]) -> None:
    content = (FOLDER / sample["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == sample["sha256"]
    expected = sample["expected"]
    if expected["verdict"] == "accept":
        assert bool(accept(content).signatures) == sample["signed"]
        return
    found = problems(content)
    assert found[0][0] in expected["code"]
    told = " ".join(detail for _, detail in found)
    assert not [words for words in TOLD[sample["file"]] if words not in told], told


def test_every_refusal_has_words_that_are_looked_for() -> None:
    assert set(TOLD) == {one["file"] for one in SAMPLES if one["expected"]["verdict"] == "refuse"}


def test_who_receives_an_invoice_is_told_of_its_data() -> None:
    content = (FOLDER / "signed-pdfa3-xml-invoice.pdf").read_bytes()
    (attachment,) = accept(content).attachments
    assert (attachment.filename, attachment.relationship) == ("zugferd-invoice.xml", "Alternative")
    assert attachment.size > 1000


def test_signatures_are_told_with_what_they_cover() -> None:
    facts = accept((FOLDER / "control-signed-twice.pdf").read_bytes())
    assert [(one.field, one.covers_whole_file) for one in facts.signatures] == [("Sig2", False), ("Sig1", True)]
