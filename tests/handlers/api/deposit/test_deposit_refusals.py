"""Bad input: each is a clear 4xx that names what is wrong, and nothing is stored."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import app
from chalicelib.bootstrap.files import files
from chalicelib.store.tables import AlertBatchItem, DepositItem, EventItem, NoticeItem, TokenItem
from tests.deposit_world import COVERED, ED25519_KEY, PDF, World, a_body, an_inline_file

MEGABYTE = 1024 * 1024


def _is_nothing_stored(world: World) -> bool:
    items = [item for model in (NoticeItem, DepositItem, EventItem, AlertBatchItem, TokenItem) for item in model.scan()]
    return not items and not files(world.container).list_documents("")


def _refused(world: World, answer: Any, status: int, code: str, field: str | None = None) -> None:
    assert (answer.status_code, answer.json_body["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json_body["status"] == status
    assert answer.json_body["detail"].strip().endswith((".", ")"))
    assert answer.json_body["retryable"] is (status == 503)
    if field is not None:
        assert answer.json_body["field"] == field
    assert _is_nothing_stored(world)


def _spoilt(world: World, spoil: Callable[[Any], None]) -> Any:
    call = world.signed("POST", "/v1/deposits", json.dumps(a_body()).encode(), idempotency_key="clave-1")
    spoil(call)
    return world.send(call)


def _without_signature(call: Any) -> None:
    del call.headers["Signature"], call.headers["Signature-Input"]


def _altered_body(call: Any) -> None:
    call.body = call.body.replace(b"40000002", b"40000003")


def _altered_body_and_digest(call: Any) -> None:
    _altered_body(call)
    call.headers["content-digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(call.body).digest()).decode()}:"


def _altered_key(call: Any) -> None:
    call.headers["idempotency-key"] = "otra"


def _query(call: Any) -> None:
    call.path += "?simulate=true"


def _two_signatures(call: Any) -> None:
    extra = call.headers["Signature-Input"].replace("sig1=", "sig2=")
    call.headers["Signature-Input"] += f", {extra}"
    call.headers["Signature"] += ", " + call.headers["Signature"].replace("sig1=", "sig2=")


def _garbled(call: Any) -> None:
    call.headers["Signature-Input"] = 'sig1=("@method"'


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        (_without_signature, 401, "signature_missing"),
        (_altered_body, 401, "signature_wrong"),
        (_altered_body_and_digest, 401, "signature_wrong"),
        (_altered_key, 401, "signature_wrong"),
        (_query, 422, "query_not_allowed"),
        (_two_signatures, 401, "signature_malformed"),
        (_garbled, 401, "signature_malformed"),
    ],
)
def test_a_request_altered_after_signing_is_refused(
    world: World, spoil: Callable[[Any], None], status: int, code: str
) -> None:
    _refused(world, _spoilt(world, spoil), status, code)


@pytest.mark.parametrize("position", ["before", "after"])
def test_a_signature_that_something_on_the_way_added_for_itself_is_no_concern_of_ours(
    world: World, position: str
) -> None:
    call = world.signed("POST", "/v1/deposits", json.dumps(a_body()).encode(), idempotency_key="clave-1")
    added = {
        "Signature-Input": 'proxy=("@method");created=1;keyid="pasarela";tag="pasarela"',
        "Signature": f"proxy=:{base64.b64encode(bytes(64)).decode()}:",
    }
    for name, value in added.items():
        both = [value, call.headers[name]] if position == "before" else [call.headers[name], value]
        call.headers[name] = ", ".join(both)

    assert world.send(call).status_code == 201


def test_our_signature_is_not_made_good_by_another_that_is_right(world: World) -> None:
    call = world.signed("POST", "/v1/deposits", json.dumps(a_body()).encode(), idempotency_key="clave-1")
    right = world.signed("POST", "/v1/deposits", call.body, idempotency_key="clave-1", private_key=ED25519_KEY)
    call.headers["Signature"] = f"sig1=:{base64.b64encode(bytes(64)).decode()}:"
    call.headers["Signature-Input"] += ", " + right.headers["Signature-Input"].replace("sig1=", "sig2=").replace(
        'tag="casilla"', 'tag="otra"'
    )
    call.headers["Signature"] += ", " + right.headers["Signature"].replace("sig1=", "sig2=")

    _refused(world, world.send(call), 401, "signature_wrong")


def test_a_signature_for_another_path_is_refused(world: World) -> None:
    call = world.signed("POST", "/v1/uploads", json.dumps(a_body()).encode(), idempotency_key="clave-1")
    call.path = "/v1/deposits"

    _refused(world, world.send(call), 401, "signature_wrong")


def test_a_signature_by_an_unregistered_key_is_refused(world: World) -> None:
    _refused(world, world.deposit(private_key=Ed25519PrivateKey.generate()), 401, "signature_wrong")


@pytest.mark.parametrize("keyid", ["entidad-demo:otra", "otra-entidad:2026-1"])
def test_an_unknown_key_is_refused(world: World, keyid: str) -> None:
    _refused(world, world.deposit(keyid=keyid), 401, "key_unknown")


def test_a_malformed_keyid_is_refused(world: World) -> None:
    _refused(world, world.deposit(keyid="sin-clave"), 401, "keyid_malformed")


@pytest.mark.parametrize("left_out", COVERED)
def test_every_component_must_be_signed(world: World, left_out: str) -> None:
    covered = tuple(name for name in COVERED if name != left_out)

    answer = world.deposit(covered=covered)

    _refused(world, answer, 401, "signature_coverage")
    assert left_out in answer.json_body["detail"]


@pytest.mark.parametrize(
    ("late", "code"), [(timedelta(seconds=331), "signature_expired"), (timedelta(seconds=-31), "signature_from_future")]
)
def test_a_signature_outside_its_window_is_refused(world: World, late: timedelta, code: str) -> None:
    _refused(world, world.deposit(created=world.clock.now - late), 401, code)


@pytest.mark.parametrize("late", [timedelta(seconds=329), timedelta(seconds=-29)])
def test_a_clock_that_is_a_little_wrong_is_tolerated(world: World, late: timedelta) -> None:
    assert world.deposit(created=world.clock.now - late).status_code == 201


@pytest.mark.parametrize("nonce", ["corto", "con espacios y largo"])
def test_a_malformed_nonce_is_refused(world: World, nonce: str) -> None:
    _refused(world, world.deposit(nonce=nonce), 401, "nonce_malformed")


@pytest.mark.parametrize("key", ["", "con espacio", "x" * 256])
def test_a_bad_idempotency_key_is_refused(world: World, key: str) -> None:
    _refused(world, world.deposit(key=key), 422, "idempotency_key_invalid")


def _document(**overrides: Any) -> dict[str, Any]:
    return {**a_body()["document"], **overrides}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"recipient": {"document_type": "DNI", "document_number": "4000000"}}, "document_number_invalid", None),
        ({"recipient": {"document_type": "RUC", "document_number": "20100000001"}}, "document_number_invalid", None),
        ({"recipient": {"document_type": "NIT", "document_number": "1"}}, "field_choice", "recipient.document_type"),
        ({"term": {"amount": 0, "unit": "business_days"}}, "term_invalid", "term.amount"),
        ({"term": {"amount": 10_000, "unit": "calendar_days"}}, "term_invalid", "term.amount"),
        ({"term": {"amount": 61, "unit": "months"}}, "term_invalid", "term.amount"),
        ({"term": {"amount": 1, "unit": "años"}}, "term_invalid", "term.unit"),
        ({"term": {"amount": True, "unit": "months"}}, "field_type", "term.amount"),
        ({"regime": "mañana"}, "field_choice", "regime"),
        ({"document": _document(subject="Timbre \x07")}, "field_control_characters", "document.subject"),
        ({"document": _document(subject="Salto\ny línea")}, "field_control_characters", "document.subject"),
        ({"document": _document(subject="Carita 😀")}, "text_unprintable", "document.subject"),
        ({"document": _document(subject="x" * 2001)}, "field_too_long", "document.subject"),
        ({"document": _document(subject="  ")}, "field_empty", "document.subject"),
        ({"document": _document(number=7)}, "field_type", "document.number"),
        ({"document": _document(issued_at="2026-03-06")}, "field_format", "document.issued_at"),
        ({"document": _document(issued_at="2026-03-06T11:05:00")}, "field_format", "document.issued_at"),
        ({"document": _document(issued_at="2026-13-06T11:05:00Z")}, "field_format", "document.issued_at"),
        ({"document": _document(issued_at="2026-03-10T00:00:00Z")}, "issued_in_future", "document.issued_at"),
        ({"case_file": {"number": "E", "opened_on": "2026-03-10"}}, "opened_in_future", "case_file.opened_on"),
        ({"case_file": {"number": "E"}}, "field_missing", "case_file.opened_on"),
        ({"anexos": []}, "field_unknown", "anexos"),
        ({"main": None}, "field_missing", "main"),
        ({"main": an_inline_file(sha256="0" * 64)}, "file_hash_mismatch", "main"),
        ({"main": an_inline_file(size=len(PDF) + 1)}, "file_size_mismatch", "main"),
        ({"main": an_inline_file(media_type="image/png")}, "media_type_not_allowed", "main.media_type"),
        ({"main": {**an_inline_file(), "content": "¡no es base64!"}}, "field_base64", "main.content"),
        ({"main": an_inline_file(upload_id="x")}, "file_source", "main.content"),
        ({"main": {**an_inline_file(), "content": None, "upload_id": "x"}}, "upload_id_invalid", "main.upload_id"),
        ({"document": _document(issued_at="0001-01-01T00:00:00Z")}, "field_format", "document.issued_at"),
        ({"case_file": {"number": "E", "opened_on": "0001-01-01"}}, "field_format", "case_file.opened_on"),
        ({"main": an_inline_file(filename="../carta.pdf")}, "filename_invalid", "main.filename"),
        ({"annexes": [an_inline_file()] * 21}, "field_too_many", "annexes"),
        ({"annexes": ["x"]}, "field_type", "annexes"),
    ],
)
def test_a_wrong_field_is_named(world: World, change: dict[str, Any], code: str, field: str | None) -> None:
    _refused(world, world.deposit(a_body(**change)), 422, code, field)


def test_a_declared_101_megabytes_are_refused(world: World) -> None:
    answer = world.deposit(a_body(main=an_inline_file(size=101 * MEGABYTE)))

    _refused(world, answer, 413, "file_too_large", "main.size")


def test_more_than_4_megabytes_inside_the_request_are_refused(world: World) -> None:
    big = b"x" * (4 * MEGABYTE + 1)

    _refused(world, world.deposit(a_body(main=an_inline_file(big))), 413, "inline_too_large", "main")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"recipient": "\xff\xfe"}', "body_not_utf8"),
        (b"{", "body_not_json"),
        (b"[]", "body_not_json"),
        (b'{"a": NaN}', "body_not_json"),
        (b'{"a": 1, "a": 2}', "body_not_json"),
        (b"[" * 100_000, "body_not_json"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "body_not_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "body_not_json"),
        (b'{"recipient": {"document_type": "DNI", "document_number": "\\ud800"}}', "field_control_characters"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(world: World, body: bytes, code: str) -> None:
    _refused(world, world.deposit(body), 422, code)


def _with(change: Callable[[pikepdf.Pdf], None], **save: Any) -> bytes:
    with pikepdf.open(io.BytesIO(PDF)) as pdf:
        change(pdf)
        target = io.BytesIO()
        pdf.save(target, **save)
    return target.getvalue()


def _add_javascript(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (_with(_add_javascript), "pdf_active_content"),
        (PDF[: len(PDF) // 2], "pdf_damaged"),
        (_with(lambda _: None, encryption=pikepdf.Encryption(owner="dueño", user="clave")), "pdf_encrypted"),
        (b"GIF89a" + PDF, "pdf_not_at_start"),
        (PDF + b"PK\x03\x04" + b"\0" * 64, "pdf_trailing_data"),
    ],
)
def test_a_pdf_that_is_not_a_plain_sound_document_is_refused(world: World, content: bytes, code: str) -> None:
    _refused(world, world.deposit(a_body(main=an_inline_file(content))), 422, code, "main")


def test_an_upload_that_was_not_checked_asks_to_try_again(world: World) -> None:
    main = an_inline_file(upload_id="0" * 32)
    del main["content"]

    answer = world.deposit(a_body(main=main))

    assert (answer.status_code, answer.json_body["code"]) == (409, "upload_not_checked")
    assert answer.json_body["retryable"] is True
    assert int(answer.headers["Retry-After"]) > 0
    assert _is_nothing_stored(world)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/deposits", 422, "month_invalid"),
        ("/v1/deposits?month=2026-13", 422, "month_invalid"),
        ("/v1/deposits?limit=0&month=2026-03", 422, "limit_invalid"),
        ("/v1/deposits?cursor=!&month=2026-03", 422, "query_malformed"),
        ("/v1/deposits?cursor=_w&month=2026-03", 422, "cursor_invalid"),
        ("/v1/deposits?cursor=AAAA&month=2026-03", 422, "cursor_invalid"),
        ("/v1/deposits?limt=1&month=2026-03", 422, "query_unknown"),
        ("/v1/uploads/x", 404, "upload_not_found"),
        ("/v1/deposits/AAAA-AAAA-AAAA", 404, "notice_not_found"),
        ("/v1/mailboxes/9-40000002", 422, "mailbox_invalid"),
        ("/v1/mailboxes/1-4", 422, "document_number_invalid"),
    ],
)
def test_a_wrong_address_is_explained(world: World, path: str, status: int, code: str) -> None:
    answer = world.get(path)

    assert (answer.status_code, answer.json_body["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "content_type", "status", "code"),
    [
        ("POST", "text/plain", 415, "media_type_unsupported"),
        ("DELETE", "application/json", 405, "method_not_allowed"),
    ],
)
def test_what_the_framework_refuses_has_the_shape_of_all_errors(
    world: World, method: str, content_type: str, status: int, code: str
) -> None:
    event = {
        "httpMethod": method,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": "/v1/deposits",
            "path": "/v1/deposits",
            "requestId": "r1",
        },
        "headers": {"content-type": content_type},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "body": "{}",
        "stageVariables": None,
    }

    answer = app(event, None)

    assert world
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (status, code)
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert answer["headers"]["X-Correlation-Id"] == "r1"
