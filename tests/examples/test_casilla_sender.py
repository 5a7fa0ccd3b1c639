"""The clients in examples/ against the small service on loopback, the RFC's vectors and the service's own verifier."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from chalicelib.domain.sender.institution import KeyAlgorithm, SigningKey
from chalicelib.services.sender.prove_request import prove_request
from chalicelib.services.sender.signed_request import READ_COVERAGE, WRITE_COVERAGE, SignedRequest, read_claim
from examples.casilla_sender import (
    KeyBelongsToAnotherDeposit,
    PrivateKey,
    Refused,
    Sender,
    Unreachable,
    load_key,
    main,
    sign_bytes,
    signature_base,
)
from tests.examples.loopback_service import KEY_ID, Fault, Service, serving

ROOT = Path(__file__).parents[2]
DETAILS = {
    "recipient": {"document_type": "DNI", "document_number": "40000002"},
    "case_file": {"number": "2026-000123", "opened_on": "2026-02-27"},
    "document": {
        "type": "Resolución Directoral",
        "number": "0123-2026",
        "subject": "Se otorga la autorización solicitada",
        "issued_at": "2026-03-09T16:30:00-05:00",
        "office": "Dirección de Autorizaciones",
        "signed_by": "Directora de Autorizaciones",
        "prepared_by": "Mesa de Autorizaciones",
    },
}


@pytest.fixture(params=["ed25519", "ecdsa-p256-sha256"])
def private_key(request: pytest.FixtureRequest) -> PrivateKey:
    return Ed25519PrivateKey.generate() if request.param == "ed25519" else generate_private_key(SECP256R1())


@pytest.fixture
def service(private_key: PrivateKey) -> Iterator[Service]:
    with serving(Service(private_key)) as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def sender(service: Service, private_key: PrivateKey, tmp_path: Path, pauses: list[float]) -> Sender:
    journal = tmp_path / "journal"
    return Sender(
        service.base_url, service.authority, KEY_ID, private_key, journal=journal, attempts=4, pause=pauses.append
    )


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "resolución ñ.pdf"
    path.write_bytes(b"%PDF-1.7 synthetic")
    return path


@pytest.fixture
def big_pdf(tmp_path: Path) -> Path:
    path = tmp_path / "anexo.pdf"
    path.write_bytes(b"%PDF-1.7" + bytes(5 * 1024 * 1024))
    return path


def _deposit_bodies(service: Service) -> list[bytes]:
    return [r.body for r in service.received if r.method == "POST" and r.target.endswith("/deposits")]


def test_rfc_9421_b_2_6_ed25519_is_reproduced_to_the_byte() -> None:
    secret = base64.urlsafe_b64decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU=")
    components = [
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("@method", "POST"),
        ("@path", "/foo"),
        ("@authority", "example.com"),
        ("content-type", "application/json"),
        ("content-length", "18"),
    ]
    parameters = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    signature = sign_bytes(Ed25519PrivateKey.from_private_bytes(secret), signature_base(components, parameters))
    assert base64.b64encode(signature).decode() == (
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )


def test_rfc_9421_b_2_4_p256_verifies_over_our_base() -> None:
    public_key = load_pem_public_key(
        b"-----BEGIN PUBLIC KEY-----\n"
        b"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf\n"
        b"w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n"
        b"-----END PUBLIC KEY-----\n"
    )
    assert isinstance(public_key, EllipticCurvePublicKey)
    digest = "mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ=="
    components = [
        ("@status", "200"),
        ("content-type", "application/json"),
        ("content-digest", f"sha-512=:{digest}:"),
        ("content-length", "23"),
    ]
    parameters = (
        '("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"'
    )
    raw = base64.b64decode("wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==")
    signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public_key.verify(signature, signature_base(components, parameters), ECDSA(SHA256()))


def test_p256_signatures_have_64_bytes_however_small_r_and_s_are() -> None:
    key = generate_private_key(SECP256R1())
    assert {len(sign_bytes(key, bytes([i]))) for i in range(256)} == {64}


@pytest.mark.parametrize(
    ("body", "idempotency_key", "query", "coverage"),
    [
        (b"{}", "RD-1", None, (*WRITE_COVERAGE, "idempotency-key")),
        (b"{}", None, None, WRITE_COVERAGE),
        (None, None, {"month": "2026-03", "limit": "50"}, READ_COVERAGE),
    ],
)
def test_signature_is_the_one_that_the_service_itself_verifies(
    private_key: PrivateKey,
    body: bytes | None,
    idempotency_key: str | None,
    query: dict[str, str] | None,
    coverage: tuple[str, ...],
) -> None:
    now = datetime(2026, 3, 10, 15, tzinfo=UTC)
    authority = "casilla.ejemplo.gob.pe"
    sender = Sender(f"https://{authority}/api", authority, KEY_ID, private_key, clock=now.timestamp)
    method = "GET" if body is None else "POST"
    sent = sender.signed_request(method, "/v1/deposits", body, idempotency_key=idempotency_key, query=query)
    url = urlsplit(sent.full_url)
    headers = {name.lower(): value for name, value in sent.header_items()}
    arrived = SignedRequest(method, url.path, url.query, headers, body or b"", origin="192.0.2.1")
    claim = read_claim(arrived, coverage, now=now)
    public_key = private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    algorithm = KeyAlgorithm.ED25519 if isinstance(private_key, Ed25519PrivateKey) else KeyAlgorithm.ECDSA_P256
    key = SigningKey("ent-0001", "2026-a", algorithm, public_key, now, now + timedelta(days=1))
    assert prove_request(arrived, claim, key, authority=authority, now=now).evidence["algorithm"] == algorithm


def test_deposit_sends_the_files_inside_and_returns_the_answer(sender: Sender, service: Service, pdf: Path) -> None:
    answer = sender.deposit(DETAILS, pdf, [pdf], idempotency_key="RD-0123-2026")
    assert answer == {"notice_id": "notice-0"}
    sent = json.loads(_deposit_bodies(service)[0])
    assert sent["document"] == DETAILS["document"]
    assert base64.b64decode(sent["main"]["content"]) == pdf.read_bytes()
    assert "upload_id" not in sent["annexes"][0]


def test_only_what_exceeds_the_inline_limit_is_uploaded(
    sender: Sender, service: Service, pdf: Path, big_pdf: Path
) -> None:
    sender.deposit(DETAILS, pdf, [big_pdf])
    sent = json.loads(_deposit_bodies(service)[0])
    assert "content" in sent["main"]
    assert sent["annexes"][0]["upload_id"] == "u-1"
    assert "content" not in sent["annexes"][0]
    assert service.stored["/bucket/u-1"] == big_pdf.read_bytes()


def test_refused_upload_is_not_deposited(sender: Sender, service: Service, big_pdf: Path) -> None:
    service.checks = deque(["refused"])
    with pytest.raises(Refused, match="upload_refused"):
        sender.deposit(DETAILS, big_pdf)
    assert _deposit_bodies(service) == []


def test_lost_answer_is_repeated_with_the_same_key_and_bytes_and_doubles_nothing(
    sender: Sender, service: Service, pdf: Path
) -> None:
    service.faults.append(Fault(is_after=True))
    assert sender.deposit(DETAILS, pdf) == {"notice_id": "notice-0"}
    first, second = _deposit_bodies(service)
    assert first == second
    assert service.received[0].headers["Idempotency-key"] == service.received[1].headers["Idempotency-key"]
    assert len(service.nonces) == 2
    assert len(service.deposits) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(429, "too_many_requests", retryable=True, retry_after="7"), (7, 7)),
        (Fault(503, "unavailable", retryable=True, retry_after="3"), (3, 3)),
        (Fault(409, "upload_not_checked", retryable=True, retry_after="5"), (5, 5)),
        (Fault(503, "unavailable", retryable=True, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), (0, 0)),
        (Fault(500), (0.5, 1)),
        (Fault(), (0.5, 1)),
    ],
)
def test_passing_trouble_is_waited_out_as_long_as_the_service_says(  # noqa: PLR0913, PLR0917 - fixtures
    sender: Sender, service: Service, pdf: Path, pauses: list[float], fault: Fault, expected: tuple[float, float]
) -> None:
    service.faults.append(fault)
    sender.deposit(DETAILS, pdf)
    assert len(pauses) == 1
    assert expected[0] <= pauses[0] <= expected[1]


def test_final_refusal_is_not_repeated_and_a_corrected_deposit_can_follow(
    sender: Sender, service: Service, pdf: Path
) -> None:
    service.faults.append(Fault(400, "subject_missing"))
    with pytest.raises(Refused) as refusal:
        sender.deposit({**DETAILS, "document": {}}, pdf, idempotency_key="RD-1")
    assert (refusal.value.code, refusal.value.retryable) == ("subject_missing", False)
    assert len(service.received) == 1
    assert sender.deposit(DETAILS, pdf, idempotency_key="RD-1") == {"notice_id": "notice-0"}


def test_crash_after_the_commit_is_repeated_from_the_journal(sender: Sender, service: Service, pdf: Path) -> None:
    service.faults.extend([Fault(is_after=True)] * 4)
    with pytest.raises(Unreachable):
        sender.deposit(DETAILS, pdf)
    assert sender.deposit(DETAILS, pdf) == {"notice_id": "notice-0"}
    assert len(_deposit_bodies(service)) == 5
    assert len(set(_deposit_bodies(service))) == 1


def test_repetition_from_the_journal_names_the_same_upload(sender: Sender, service: Service, big_pdf: Path) -> None:
    grant_put_and_two_checks = [None] * 4
    service.faults.extend([*grant_put_and_two_checks, *[Fault(is_after=True)] * 4])
    with pytest.raises(Unreachable):
        sender.deposit(DETAILS, big_pdf)
    assert sender.deposit(DETAILS, big_pdf) == {"notice_id": "notice-0"}
    assert len([r for r in service.received if r.method == "PUT"]) == 1
    assert len(set(_deposit_bodies(service))) == 1


def test_answered_deposit_is_answered_again_without_a_request(sender: Sender, service: Service, pdf: Path) -> None:
    first = sender.deposit(DETAILS, pdf, idempotency_key="RD-1")
    assert sender.deposit(DETAILS, pdf, idempotency_key="RD-1") == first
    assert len(service.received) == 1


def test_key_of_another_deposit_is_not_even_sent(sender: Sender, service: Service, pdf: Path, big_pdf: Path) -> None:
    sender.deposit(DETAILS, pdf, idempotency_key="RD-1")
    with pytest.raises(KeyBelongsToAnotherDeposit):
        sender.deposit(DETAILS, big_pdf, idempotency_key="RD-1")
    assert len(service.received) == 1


def test_journal_is_readable_by_its_owner_only(sender: Sender, pdf: Path, tmp_path: Path) -> None:
    sender.deposit(DETAILS, pdf)
    (entry,) = (tmp_path / "journal").iterdir()
    assert entry.stat().st_mode & 0o077 == 0
    assert (tmp_path / "journal").stat().st_mode & 0o077 == 0
    assert "body" not in json.loads(entry.read_text())


def test_list_signs_the_query_and_follows_the_cursor(sender: Sender, service: Service) -> None:
    assert [d["notice_id"] for d in sender.list_deposits("2026-03", page_size=1)] == ["A", "B"]
    assert service.received[1].target == "/api/v1/deposits?cursor=next-1&limit=1&month=2026-03"


def test_receipt_is_fetched_from_the_link_without_our_signature(sender: Sender) -> None:
    assert sender.download_receipt("A") == b"%PDF-receipt"


def test_single_deposit_and_mailbox_are_read(sender: Sender) -> None:
    assert sender.get_deposit("A") == {"path": "/api/v1/deposits/A"}
    assert sender.get_status("A") == {"path": "/api/v1/deposits/A/status"}
    assert sender.get_mailbox("1-40000002") == {"path": "/api/v1/mailboxes/1-40000002"}


def test_filings_are_listed_read_fetched_and_attended_to(sender: Sender, service: Service) -> None:
    assert [one["notice_id"] for one in sender.list_filings("2026-03", page_size=1)] == ["A", "B"]
    assert service.received[1].target == "/api/v1/filings?cursor=next-1&limit=1&month=2026-03"
    assert sender.get_filing("A") == {"path": "/api/v1/filings/A"}
    assert sender.download_filed("A", "document-1") == b"%PDF-receipt"
    said = {"office": "norte", "reason": "Es de allá"}
    assert sender.attend("A", "derivation", **said) == {"path": "/api/v1/filings/A/derivation", "said": said}
    assert sender.attend("A", "evaluation") == {"path": "/api/v1/filings/A/evaluation", "said": {}}


def test_other_kinds_of_keys_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rsa.pem"
    key = generate_rsa_key(65537, 2048)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="P-256"):
        load_key(path)


def _key_file(folder: Path, private_key: PrivateKey) -> Path:
    path = folder / "key.pem"
    path.write_bytes(private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def _command(service: Service, key: Path, pdf: Path) -> list[str]:
    document = DETAILS["document"]
    fields = [part for name, value in document.items() for part in (f"--{name.replace('_', '-')}", value)]
    return [
        "deposit",
        *("--base-url", service.base_url, "--key", str(key), "--keyid", KEY_ID),
        *("--journal", str(key.parent / "journal")),
        *("--recipient", "DNI:40000002", "--case-file", "2026-000123", "--case-opened", "2026-02-27"),
        *fields,
        *("--term", "15:business_days"),
        str(pdf),
    ]


def test_terminal_deposits_and_prints_the_answer(
    service: Service, private_key: PrivateKey, tmp_path: Path, pdf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_command(service, _key_file(tmp_path, private_key), pdf)) == 0
    assert json.loads(capsys.readouterr().out) == {"notice_id": "notice-0"}
    assert json.loads(_deposit_bodies(service)[0])["term"] == {"amount": 15, "unit": "business_days"}


def test_terminal_says_what_the_act_leads_to(
    service: Service, private_key: PrivateKey, tmp_path: Path, pdf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["--in-force-from", "2026-03-11", "--ends-administrative-path", "no"]
    said += ["--remedy", "Recurso de apelación | Gerencia General | 15:business_days"]
    command = _command(service, _key_file(tmp_path, private_key), pdf)
    assert main([*command[:-1], *said, command[-1]]) == 0
    document = json.loads(_deposit_bodies(service)[0])["document"]
    assert (document["in_force_from"], document["ends_administrative_path"]) == ("2026-03-11", False)
    term = {"amount": 15, "unit": "business_days"}
    assert document["remedies"] == [{"name": "Recurso de apelación", "body": "Gerencia General", "term": term}]
    assert main([*command[:-1], "--remedy", "Recurso de apelación", command[-1]]) == 1
    assert "--remedy va como" in capsys.readouterr().err


PLACE = ["--place", "Villa Lejana"]
TERM_WITH_PLACE = {"amount": 15, "unit": "business_days", "place": "Villa Lejana"}


def test_terminal_says_where_the_recipient_lives(
    service: Service, private_key: PrivateKey, tmp_path: Path, pdf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = _command(service, _key_file(tmp_path, private_key), pdf)
    assert main([*command[:-1], *PLACE, command[-1]]) == 0
    assert json.loads(_deposit_bodies(service)[0])["term"] == TERM_WITH_PLACE
    term = command.index("--term")
    assert main([*command[:term], *PLACE, command[-1]]) == 1
    assert "--place va con --term" in capsys.readouterr().err


def test_terminal_tells_what_happened_after_a_deposit(
    service: Service, private_key: PrivateKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = _key_file(tmp_path, private_key)
    assert main(["status", "--base-url", service.base_url, "--key", str(key), "--keyid", KEY_ID, "A"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": "/api/v1/deposits/A/status"}


def test_terminal_tells_why_it_was_refused(
    service: Service, private_key: PrivateKey, tmp_path: Path, pdf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service.faults.append(Fault(404, "mailbox_not_found"))
    assert main(_command(service, _key_file(tmp_path, private_key), pdf)) == 1
    assert "mailbox_not_found" in capsys.readouterr().err


WRONG: tuple[dict[str, str | None], ...] = (
    {"code": "field_empty", "detail": "No puede estar vacío.", "field": "document.subject"},
    {"code": "pdf_damaged", "detail": "La página 3 falta.", "field": None},
)
LINES = ["- document.subject: No puede estar vacío.", "- La página 3 falta."]


def test_terminal_tells_all_that_is_wrong(
    service: Service, private_key: PrivateKey, tmp_path: Path, pdf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service.faults.append(Fault(422, "field_empty", errors=WRONG))
    assert main(_command(service, _key_file(tmp_path, private_key), pdf)) == 1
    assert capsys.readouterr().err.splitlines()[1:] == LINES


def test_one_error_is_told_once(sender: Sender, service: Service, pdf: Path) -> None:
    service.faults.append(Fault(422, "field_empty", errors=WRONG[:1]))
    with pytest.raises(Refused) as refusal:
        sender.deposit(DETAILS, pdf)
    assert (refusal.value.errors, refusal.value.lines()) == ([*WRONG[:1]], [])


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def _node(
    service: Service, private_key: PrivateKey, folder: Path, pdf: Path, *more: str
) -> subprocess.CompletedProcess[str]:
    script = ROOT / "examples" / "node" / "casilla-sender.mjs"
    return subprocess.run(  # noqa: S603 - our own script
        [str(shutil.which("node")), str(script), *_command(service, _key_file(folder, private_key), pdf), *more],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@needs_node
def test_node_client_written_from_the_guide_signs_what_the_service_verifies(
    service: Service, private_key: PrivateKey, tmp_path: Path, pdf: Path
) -> None:
    done = _node(service, private_key, tmp_path, pdf)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"notice_id": "notice-0"}
    assert json.loads(_deposit_bodies(service)[0])["document"] == DETAILS["document"]


@needs_node
def test_node_client_says_where_the_recipient_lives(
    service: Service, private_key: PrivateKey, tmp_path: Path, pdf: Path
) -> None:
    done = _node(service, private_key, tmp_path, pdf, *PLACE)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(_deposit_bodies(service)[0])["term"] == TERM_WITH_PLACE
    done = _node(service, private_key, tmp_path, pdf, *PLACE, "--term", "")
    assert (done.returncode, done.stderr) == (1, "No se aceptó: --place va con --term\n")


@needs_node
def test_node_client_tells_all_that_is_wrong(
    service: Service, private_key: PrivateKey, tmp_path: Path, pdf: Path
) -> None:
    service.faults.append(Fault(422, "field_empty", errors=WRONG))
    done = _node(service, private_key, tmp_path, pdf)
    assert done.returncode == 1
    assert done.stderr.splitlines()[1:] == LINES


@needs_node
def test_node_client_repeats_a_lost_answer_with_the_same_bytes(
    service: Service, private_key: PrivateKey, tmp_path: Path, pdf: Path
) -> None:
    service.faults.extend([Fault(is_after=True), Fault(503, "unavailable", retryable=True, retry_after="0")])
    done = _node(service, private_key, tmp_path, pdf)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(_deposit_bodies(service)) == 3
    assert len(set(_deposit_bodies(service))) == 1
    assert len(service.deposits) == 1


@needs_node
def test_node_client_uploads_what_exceeds_the_inline_limit(
    service: Service, private_key: PrivateKey, tmp_path: Path, big_pdf: Path
) -> None:
    done = _node(service, private_key, tmp_path, big_pdf)
    assert (done.returncode, done.stderr) == (0, "")
    assert service.stored["/bucket/u-1"] == big_pdf.read_bytes()


@pytest.mark.parametrize(
    ("status", "problem", "is_final"),
    [
        (422, {"code": "term_invalid", "retryable": False}, True),
        (404, {}, False),
        (404, {"code": "route_not_found", "retryable": False}, False),
        (409, {"code": "idempotency_key_reused", "retryable": False}, False),
        (409, {"code": "upload_not_checked", "retryable": True}, False),
        (401, {"code": "signature_expired", "retryable": False}, False),
    ],
)
def test_journal_forgets_only_what_the_service_refused_for_what_it_says(
    status: int, problem: dict[str, object], is_final: bool
) -> None:
    assert Refused(status, problem).is_final is is_final
