"""*Verificar* answers for filing receipts: what the paper says, with nobody's name or number in it."""

from __future__ import annotations

import hashlib
import html as entities
import re
from dataclasses import replace

import pytest

from chalicelib.bootstrap.files import files, upload_store
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import Represented
from chalicelib.domain.mailbox import DocumentType
from tests.browser_requests import Browser, check_html, text_of
from tests.evidence_world import PAGE
from tests.filing_world import DRAFT_ID, a_draft, an_attached, an_upload, file_it, seed_filing

OTHER = Represented(DocumentType.RUC, "20100000001", "COMERCIAL DEMO S.A.C.")


@pytest.fixture
def filing(browser: Browser) -> Filing:
    """File in the name of a company, with the holder's name and number in what the person wrote."""
    box = browser.people.world.container
    draft = replace(
        a_draft(DRAFT_ID),
        subject="Yo, María Quispe, DNI 40000002, pido licencia para Comercial Demo S.A.C.",
        represented=OTHER,
        representation=an_attached("6" * 32, filename="poder.pdf"),
    )
    seed_filing(box, draft=draft)
    declared = replace(an_upload().declared, filename="poder-quispe-40000002.pdf", sha256="c" * 64)
    upload_store(box).add(an_upload("6" * 32, declared=declared))
    return file_it(box)


def said(html: str) -> str:
    main = html.partition("<main")[2].partition("</main>")[0]
    return entities.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def test_the_address_on_the_receipt_answers_with_what_it_says(browser: Browser, filing: Filing) -> None:
    answer = browser.get(f"{PAGE}/{filing.verification_code}")

    html = text_of(answer)
    check_html(html)
    assert answer.status_code == 200
    for told in (
        *("Este servicio emitió este cargo", "Cargo de presentación", filing.number, filing.verification_code),
        *("Procedimiento administrativo del TUPA", "Entidad de Demostración", "Oficina Desconcentrada Norte"),
        *("lunes 9 de marzo de 2026", filing.receipt_sha256, filing.documents[0].sha256, "solicitud.pdf", "Folios 2"),
    ):
        assert told in said(html), told


@pytest.mark.parametrize(
    "secret", ["QUISPE", "Quispe", "María", "40000002", "COMERCIAL DEMO", "Comercial Demo", "20100000001", "quispe"]
)
def test_nobody_is_named(browser: Browser, filing: Filing, secret: str) -> None:
    assert secret not in text_of(browser.get(f"{PAGE}/{filing.verification_code}"))


def test_a_file_is_told_apart(browser: Browser, filing: Filing) -> None:
    def compared(sha256: str) -> str:
        return said(text_of(browser.get(f"{PAGE}/{filing.verification_code}?sha256={sha256}")))

    assert "exactamente el cargo" in compared(filing.receipt_sha256)
    assert "exactamente el documento principal, «solicitud.pdf»" in compared(filing.documents[0].sha256)
    assert "no es ninguno de los de este cargo" in compared(hashlib.sha256(b"otro").hexdigest())


def test_the_receipts_own_file_finds_it_and_a_document_does_not(browser: Browser, filing: Filing) -> None:
    receipt = files(browser.people.world.container).get_document(filing.receipt_key)

    found = browser.get(f"{PAGE}?sha256={hashlib.sha256(receipt).hexdigest()}")
    assert filing.number in text_of(found)
    assert browser.get(f"{PAGE}?sha256={filing.documents[0].sha256}").status_code == 404
