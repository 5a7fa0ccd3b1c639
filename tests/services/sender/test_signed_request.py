"""What a signature's parameters have to say, to the second and to the character, before any key is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import CasillaError, InvalidInput, NotAuthenticated
from chalicelib.services.sender.signed_request import (
    READ_COVERAGE,
    WRITE_COVERAGE,
    Claim,
    SignedRequest,
    read_claim,
)

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NONCE = "nonce-de-dieciseis"


def a_request(query: str = "", body: bytes = b"{}", **parameters: Any) -> SignedRequest:
    """Build a request whose signature covers what a write has to; parameters given as None are left out."""
    created = int(NOW.timestamp())
    facts: dict[str, Any] = {
        "created": created,
        "expires": created + 300,
        "nonce": f'"{NONCE}"',
        "keyid": '"mef:2026-1"',
        "tag": '"casilla"',
    } | parameters
    written = "".join(f";{name}={value}" for name, value in facts.items() if value is not None)
    covered = " ".join(f'"{name}"' for name in (*WRITE_COVERAGE, *(["@query"] if query else [])))
    headers = {"signature-input": f"sig1=({covered}){written}", "signature": "sig1=:AA==:"}
    return SignedRequest("POST", "/v1/deposits", query, headers, body, "192.0.2.7")


def with_input(signature_input: str) -> SignedRequest:
    request = a_request()
    return replace(request, headers={**request.headers, "signature-input": signature_input})


def claim_of(request: SignedRequest, *, now: datetime = NOW, coverage: tuple[str, ...] = WRITE_COVERAGE) -> Claim:
    return read_claim(request, coverage, now=now)


def refusal_of(request: SignedRequest, *, now: datetime = NOW, coverage: tuple[str, ...] = WRITE_COVERAGE) -> str:
    with pytest.raises(CasillaError) as caught:
        read_claim(request, coverage, now=now)
    assert isinstance(caught.value, NotAuthenticated | InvalidInput)
    return caught.value.code


def test_a_claim_says_who_signed_until_when_and_what_is_covered() -> None:
    assert claim_of(a_request()) == Claim(
        "mef", "2026-1", "mef:2026-1", NONCE, NOW + timedelta(seconds=330), WRITE_COVERAGE
    )


def test_a_query_has_to_be_covered_and_has_no_place_beside_a_body() -> None:
    listing = a_request("month=2026-03", b"")

    assert claim_of(listing, coverage=READ_COVERAGE).coverage == (*READ_COVERAGE, "@query")
    assert refusal_of(replace(a_request(), query="month=2026-03", body=b"")) == "signature_coverage"
    assert refusal_of(a_request("month=2026-03")) == "query_not_allowed"


@pytest.mark.parametrize("field", ["signature-input", "signature"])
def test_both_fields_are_needed(field: str) -> None:
    request = a_request()

    assert refusal_of(
        replace(request, headers={name: value for name, value in request.headers.items() if name != field})
    ) == ("signature_missing")


def test_what_is_not_covered_is_named() -> None:
    with pytest.raises(NotAuthenticated, match="signature_coverage") as caught:
        claim_of(a_request(), coverage=(*WRITE_COVERAGE, "idempotency-key", "date"))

    assert caught.value.detail == "La firma debe cubrir también: idempotency-key, date."


def test_a_component_with_a_qualifier_covers_something_else() -> None:
    covered = a_request().headers["signature-input"]

    assert refusal_of(with_input(covered.replace('"@path"', '"@path";req'))) == "signature_coverage"


@pytest.mark.parametrize(
    "signature_input",
    [
        "",
        "sig1",
        "sig1=7",
        'sig1=("@method"',
        'sig1=("@method");tag="otra"',
        'sig1=("@method");tag="casilla", sig2=("@method");tag="casilla"',
        'sig1="@method";tag="casilla"',
        'sig1=7;tag="casilla"',
    ],
)
def test_what_is_no_single_signature_of_ours_is_malformed(signature_input: str) -> None:
    assert refusal_of(with_input(signature_input)) == "signature_malformed"


def test_a_signature_of_another_tag_stands_beside_ours() -> None:
    ours = a_request().headers["signature-input"]

    assert claim_of(with_input(f'otra=("@method");tag="otra", {ours}')).institution_id == "mef"


CREATED = int(NOW.timestamp())


@pytest.mark.parametrize(("created", "expires"), [(CREATED, CREATED + 1), (CREATED, CREATED + 300), (1, 2), (1, 301)])
def test_a_window_is_of_a_second_to_five_minutes(created: int, expires: int) -> None:
    now = datetime.fromtimestamp(created, UTC)

    assert claim_of(a_request(created=created, expires=expires), now=now).expires_at == datetime.fromtimestamp(
        expires + 30, UTC
    )


LAST_SECOND = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "window",
    [
        {"created": None},
        {"expires": None},
        {"expires": CREATED},
        {"expires": CREATED - 1},
        {"expires": CREATED + 301},
        {"created": f"{CREATED}.0"},
        {"expires": f"{CREATED + 300}.0"},
        {"created": f'"{CREATED}"'},
        {"created": 0, "expires": 1},
        {"created": -1, "expires": 1},
        {"created": "?1", "expires": 2},
        {"created": LAST_SECOND - 100, "expires": LAST_SECOND},
        {"created": LAST_SECOND, "expires": LAST_SECOND + 1},
        {"created": 2**39, "expires": 2**39 + 300},
        {"created": 10**15 - 301, "expires": 10**15 - 1},
    ],
    ids=str,
)
def test_what_is_no_such_window_is_refused(window: dict[str, Any]) -> None:
    assert refusal_of(a_request(**window)) == "signature_window"


def test_clocks_may_differ_by_half_a_minute_and_not_by_more() -> None:
    assert claim_of(a_request(), now=NOW - 30 * SECOND)
    assert refusal_of(a_request(), now=NOW - 31 * SECOND) == "signature_from_future"
    assert claim_of(a_request(), now=NOW + 330 * SECOND)
    assert refusal_of(a_request(), now=NOW + 331 * SECOND) == "signature_expired"


@pytest.mark.parametrize(
    ("keyid", "is_taken"),
    [
        ("mef:2026-1", True),
        ("m1:k", True),
        ("m" * 63 + ":" + "k" * 64, True),
        ("2m-f:A.z_9-", True),
        ("m:k", False),
        ("m" * 64 + ":k", False),
        ("mef:" + "k" * 65, False),
        ("mef:", False),
        ("-mef:k", False),
        ("MEF:k", False),
        ("mef:k:k", False),
        ("mef:k ", False),
        ("mef", False),
    ],
)
def test_a_keyid_names_an_institution_and_its_key(keyid: str, is_taken: bool) -> None:
    request = a_request(keyid=f'"{keyid}"')

    if is_taken:
        claim = claim_of(request)
        assert (claim.institution_id, claim.key_id, claim.keyid) == (*keyid.split(":"), keyid)
    else:
        assert refusal_of(request) == "keyid_malformed"


@pytest.mark.parametrize(
    ("nonce", "is_taken"),
    [
        ("a" * 16, True),
        ("Az09_+/=.-Az09_+/", True),
        ("a" * 128, True),
        ("a" * 15, False),
        ("a" * 129, False),
        ("a" * 15 + " ", False),
        ("a" * 15 + "#", False),
    ],
)
def test_a_nonce_is_of_sixteen_to_a_hundred_and_twenty_eight_plain_characters(nonce: str, is_taken: bool) -> None:
    request = a_request(nonce=f'"{nonce}"')

    if is_taken:
        assert claim_of(request).nonce == nonce
    else:
        assert refusal_of(request) == "nonce_malformed"


def test_keyid_and_nonce_are_needed() -> None:
    assert refusal_of(a_request(keyid=None)) == "keyid_malformed"
    assert refusal_of(a_request(nonce=None)) == "nonce_malformed"


def test_each_header_that_a_read_and_a_write_must_sign() -> None:
    assert READ_COVERAGE == ("@method", "@authority", "@path")
    assert WRITE_COVERAGE == ("@method", "@authority", "@path", "content-type", "content-digest")
