"""The demonstration, as far as it goes without the local run; its requests are tested with the sender."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.domain.mailbox import DocumentType
from chalicelib.handlers.api.deposit.deposit_body import read_deposit
from examples import demo as demonstration
from examples.demo import NOT_RUNNING, Incomplete, _details, _outbox, _recipient, _term, demonstrate, main
from tests.examples.loopback_service import KEY_ID, RECEIPT, Handler, Received, Service, serving

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
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


def _key_in(folder: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def _write_settings(folder: Path, service: Service) -> None:
    demo = {
        "base_url": service.base_url,
        "authority": service.authority,
        "keyid": KEY_ID,
        "recipient": "DNI:40000002",
    }
    (folder / "demo.json").write_text(json.dumps(demo))


def test_it_deposits_and_saves_the_receipt_and_tells_so(tmp_path: Path) -> None:
    pdf = tmp_path / "carta.pdf"
    pdf.write_bytes(b"%PDF-1.7 synthetic")
    with serving(DemoService(_key_in(tmp_path))) as service:
        _write_settings(tmp_path, service)
        account = demonstrate(pdf, settings=tmp_path, receipts=tmp_path / "out", now=NOW)
    assert (tmp_path / "out" / "notice-0.pdf").read_bytes() == RECEIPT
    assert "su SHA-256 coincide" in account
    assert "empieza el 2026-03-10 y vence el 2026-03-30" in account
    assert "Firmas         5 en carta.pdf: una cubre todo el archivo" in account
    assert "Adjuntos       en carta.pdf: datos.xml (text/xml, 12 bytes)" in account
    assert "nota.txt" not in account


def test_it_deposits_for_whom_it_is_told_to(tmp_path: Path) -> None:
    pdf = tmp_path / "carta.pdf"
    pdf.write_bytes(b"%PDF-1.7 synthetic")
    with serving(DemoService(_key_in(tmp_path))) as service:
        _write_settings(tmp_path, service)
        told = demonstrate(pdf, settings=tmp_path, receipts=tmp_path, now=NOW, recipient="DNI:40000036")
    assert "para DNI:40000036" in told


def test_a_receipt_that_cannot_be_saved_or_is_another_one_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "carta.pdf").write_bytes(b"%PDF-1.7 synthetic")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notice-0.pdf").symlink_to("/dev/full")
    key = _key_in(tmp_path)
    with serving(DemoService(key)) as service:
        _write_settings(tmp_path, service)
        with pytest.raises(Incomplete, match=r"(?s)notice-0.*NO SE PUDO GUARDAR en .*No space left"):
            demonstrate(tmp_path / "carta.pdf", settings=tmp_path, receipts=tmp_path / "full", now=NOW)
    with serving(_OfAnotherReceipt(key)) as service:
        _write_settings(tmp_path, service)
        with pytest.raises(Incomplete, match="SU SHA-256 NO COINCIDE"):
            demonstrate(tmp_path / "carta.pdf", settings=tmp_path, receipts=tmp_path, now=LATER)


class _OfAnotherReceipt(DemoService):
    """Names a receipt that is not the one it gives."""

    def deposit(self, request: Received) -> tuple[int, dict[str, str], bytes]:
        status, headers, answer = super().deposit(request)
        return status, headers, answer.replace(hashlib.sha256(RECEIPT).hexdigest().encode(), b"0" * 64)


class _PutForward(DemoService):
    """Refuses what its clock finds too old, as the local run does once somebody put it forward."""

    ahead = timedelta(days=3, hours=2)
    code = "signature_expired"

    def __init__(self, key: Ed25519PrivateKey) -> None:
        super().__init__(key)

        class Ahead(Handler):
            def date_time_string(handler, timestamp: float | None = None) -> str:  # noqa: ARG002, N805 - http.server's
                return format_datetime(datetime.now(UTC) + self.ahead, usegmt=True)  # noqa: TID251 - as main's

            do_HEAD = Handler.do_GET  # noqa: N815 - http.server's

        self.RequestHandlerClass = Ahead

    def respond(self, request: Received) -> tuple[int, dict[str, str], bytes]:
        if request.method == "HEAD":
            return 200, {}, b""
        return 401, {}, json.dumps({"code": self.code, "detail": "La firma venció."}).encode()


def _main(folder: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> int:
    _write_settings(folder, service)
    (folder / "carta.pdf").write_bytes(b"%PDF-1.7 synthetic")
    monkeypatch.setattr(demonstration, "SETTINGS", folder)
    return main([str(folder / "carta.pdf")])


def test_after_the_clock_was_put_forward_it_says_so_and_how_to_go_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(_PutForward(_key_in(tmp_path))) as service:
        assert _main(tmp_path, service, monkeypatch) == 1
    told = capsys.readouterr().err
    assert "No se depositó nada: el reloj de Casilla está adelantado 3 días y 2 horas." in told
    assert "signature_expired" in told
    assert "borre la carpeta .local" in told


@pytest.mark.parametrize(("ahead", "code"), [(timedelta(), "signature_expired"), (timedelta(days=3), "key_unknown")])
def test_another_refusal_or_a_clock_that_is_right_is_not_explained_by_the_clock(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ahead: timedelta,
    code: str,
) -> None:
    service = _PutForward(_key_in(tmp_path))
    service.ahead, service.code = ahead, code
    with serving(service):
        assert _main(tmp_path, service, monkeypatch) == 1
    told = capsys.readouterr().err
    assert told == f"El servicio no lo aceptó ({code}): La firma venció.\n"


def test_a_journal_that_cannot_be_written_is_told_and_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "journal").symlink_to("/dev/full")
    with serving(DemoService(_key_in(tmp_path))) as service:
        assert _main(tmp_path, service, monkeypatch) == 1
    assert "está en el portal" in capsys.readouterr().err


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


@pytest.mark.parametrize("recipient", ["40000036", "DNI:40000036:1", ""])
def test_a_recipient_without_its_type_is_told_how_to_be_given(
    recipient: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "carta.pdf"), recipient]) == 2
    assert "TO=DNI:40000036" in capsys.readouterr().err
