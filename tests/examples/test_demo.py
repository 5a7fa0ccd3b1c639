"""The demonstration, as far as it goes without the local run; its requests are tested with the sender."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.domain.mailbox import DocumentType
from chalicelib.handlers.api.deposit.deposit_body import read_deposit
from examples.demo import NOT_RUNNING, _details, _outbox, _recipient, _term, demonstrate, main
from tests.examples.loopback_service import KEY_ID, RECEIPT, Received, Service, serving

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
PREFIXES = {DocumentType.DNI: "1"}


def test_without_the_local_run_it_says_how_to_start_it(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="make run") as stopped:
        demonstrate(tmp_path / "a.pdf", settings=tmp_path, receipts=tmp_path, now=NOW)
    assert stopped.value.code == NOT_RUNNING


def test_with_settings_of_a_run_that_ended_it_says_how_to_start_it(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text(json.dumps({"base_url": "http://127.0.0.1:9"}))
    with pytest.raises(SystemExit, match="make run"):
        demonstrate(tmp_path / "a.pdf", settings=tmp_path, receipts=tmp_path, now=NOW)


class DemoService(Service):
    """Gives the fields that the demonstration tells of."""

    def deposit(self, request: Received) -> tuple[int, dict[str, str], bytes]:
        status, headers, answer = super().deposit(request)
        told = {
            "deposited_at": "2026-03-10T02:00:00Z",
            "effective_on": "2026-03-09",
            "term_starts_on": "2026-03-10",
            "term_ends_on": "2026-03-30",
            "verification_code": "GYP8-9DZS-H2HW",
            "files": [
                {
                    "filename": "carta.pdf",
                    "signatures": [
                        {"field": "Firma1", "covers_whole_file": False, "is_timestamp": False},
                        {"field": "Firma2", "covers_whole_file": True, "is_timestamp": False},
                    ],
                    "attachments": [
                        {"filename": "datos.xml", "media_type": "text/xml", "relationship": "Data", "size": 12}
                    ],
                    "more_signatures": 3,
                },
                {"filename": "nota.txt", "signatures": [], "attachments": []},
                {"filename": "de-antes.pdf", "signatures": None, "attachments": None},
            ],
            "receipt": {"sha256": hashlib.sha256(RECEIPT).hexdigest(), "size": len(RECEIPT)},
        }
        return status, headers, json.dumps(json.loads(answer) | told).encode()

    def show(self, path: str) -> dict[str, object]:
        return {"path": path, "document": {"subject": "Notificación de demostración"}}


def test_it_deposits_and_saves_the_receipt_and_tells_so(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pdf = tmp_path / "carta.pdf"
    pdf.write_bytes(b"%PDF-1.7 synthetic")
    with serving(DemoService(key)) as service:
        demo = {
            "base_url": service.base_url,
            "authority": service.authority,
            "keyid": KEY_ID,
            "recipient": "DNI:40000002",
        }
        (tmp_path / "demo.json").write_text(json.dumps(demo))
        account = demonstrate(pdf, settings=tmp_path, receipts=tmp_path / "out", now=NOW)
    assert (tmp_path / "out" / "notice-0.pdf").read_bytes() == RECEIPT
    assert "su SHA-256 coincide" in account
    assert "empieza el 2026-03-10 y vence el 2026-03-30" in account
    assert "Firmas         5 en carta.pdf: una cubre todo el archivo" in account
    assert "Adjuntos       en carta.pdf: datos.xml (text/xml, 12 bytes)" in account
    assert "nota.txt" not in account


def test_without_a_file_it_says_how_to_call_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "FILE=" in capsys.readouterr().err


def test_its_notice_is_one_that_the_api_reads() -> None:
    file = {"filename": "a.pdf", "media_type": "application/pdf", "sha256": "0" * 64, "size": 1, "content": "MA=="}
    command = read_deposit(json.dumps({**_details("DNI:40000002", NOW), "main": file}).encode(), PREFIXES)
    assert command.mailbox_id == "1-40000002"
    assert command.document.issued_at == NOW
    assert str(command.case_file.opened_on) == "2026-03-09"  # still the day before in Lima


def test_recipient_is_read_in_both_ways() -> None:
    assert _recipient({"document_type": "DNI", "document_number": "40000002"}) == _recipient("DNI:40000002")


def test_term_without_opening_is_told_as_the_latest() -> None:
    dates = {"term_starts_on": None, "term_ends_on": None, "starts_by": "2026-03-18", "ends_by": "2026-04-10"}
    assert "a más tardar el 2026-03-18" in _term(dates)


def test_outbox_is_the_address_that_the_local_run_wrote() -> None:
    assert _outbox({"outbox_url": "http://127.0.0.1:8000/_outbox"}) == "http://127.0.0.1:8000/_outbox"
