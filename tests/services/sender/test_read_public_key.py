from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.sender.institution import KeyAlgorithm
from chalicelib.services.sender.read_public_key import read_public_key, refuse_private_keys

ED = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
P256 = ec.derive_private_key(12345, ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused
PASSWORD = BestAvailableEncryption(b"x")


def pem_of(key: Any) -> str:
    return str(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def der_of(key: Any) -> bytes:
    der: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def forms_of(key: Any) -> list[str]:
    pem, encoded = pem_of(key), base64.b64encode(der_of(key)).decode()
    lines = pem.strip().splitlines()
    jwk = jwk_of(key)
    return [
        *(pem, encoded, " ".join(lines), "\\n".join(lines), "\r\n".join(lines), f"  {encoded[:20]}\n{encoded[20:]} "),
        *(json.dumps(jwk), json.dumps({**jwk, "kid": "2027-1", "use": "sig"}, indent=2)),
    ]


def url64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def jwk_of(key: Any) -> dict[str, Any]:
    """Write the JWK by hand, as RFC 7518 and RFC 8037 have it."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": url64(raw)}
    numbers = key.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": url64(numbers.x.to_bytes(32)), "y": url64(numbers.y.to_bytes(32))}


@pytest.mark.parametrize(("key", "algorithm"), [(ED, KeyAlgorithm.ED25519), (P256, KeyAlgorithm.ECDSA_P256)])
def test_a_key_is_read_however_it_is_pasted_and_tells_its_kind(key: Any, algorithm: KeyAlgorithm) -> None:
    for text in forms_of(key):
        found = read_public_key(text)
        assert (found.der, found.algorithm) == (der_of(key), algorithm)


@pytest.mark.parametrize(
    "key",
    [
        RSA,
        ec.derive_private_key(9, ec.SECP384R1()),
        ec.derive_private_key(9, ec.SECP256K1()),
        x25519.X25519PrivateKey.generate(),
    ],
)
def test_other_kinds_are_refused(key: Any) -> None:
    with pytest.raises(InvalidInput, match="public_key_unsupported"):
        read_public_key(pem_of(key))


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "RSA", "n": url64(b"n" * 256), "e": "AQAB"},
        {**jwk_of(P256), "crv": "P-384"},
        {**jwk_of(ED), "crv": "X25519"},
        {"kty": "AKP"},
    ],
)
def test_a_jwk_of_another_kind_is_refused(jwk: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="public_key_unsupported"):
        read_public_key(json.dumps(jwk))


@pytest.mark.parametrize("member", ["d", "k", "p"])
def test_a_jwk_with_a_secret_part_is_private_however_short_it_is_and_in_a_set_too(member: str) -> None:
    private = {**jwk_of(ED), member: "AAEC"}
    for text in (json.dumps(private), json.dumps({"keys": [jwk_of(P256), private]}), json.dumps({"jwk": private})):
        with pytest.raises(InvalidInput, match="private_key_given"):
            read_public_key(text)


@pytest.mark.parametrize(
    "text",
    [
        *("{", "{}", "{" * 1900, '{"kty": 1}', json.dumps({"keys": [jwk_of(ED)]})),
        json.dumps({**jwk_of(P256), "y": jwk_of(P256)["x"]}),
        json.dumps({**jwk_of(ED), "x": "AAEC"}),
        json.dumps({**jwk_of(ED), "x": 5}),
        json.dumps({"kty": "EC", "crv": "P-256", "x": jwk_of(P256)["x"]}),
        json.dumps({**jwk_of(ED), "kid": "x" * 2000}),
        *("", "x", "====", "-----BEGIN PUBLIC KEY-----", "ñ" * 60, "A" * 3001),
        base64.b64encode(ED.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode(),
        pem_of(ED).replace("MCow", "MCov"),
        base64.b64encode(der_of(ED)[:-1]).decode(),
        base64.b64encode(der_of(ED) + b"x").decode(),
        pem_of(ED) * 2,
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_key_is_told_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidInput, match="public_key_unreadable") as refused:
        read_public_key(text)
    assert not text or text not in refused.value.detail


def _privates() -> list[str]:
    found = []
    for key in (ED, P256, RSA):
        kinds = [PrivateFormat.PKCS8] if key is ED else [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL]
        for kind in kinds:
            found.append(key.private_bytes(Encoding.PEM, kind, NoEncryption()).decode())
            found.append(base64.b64encode(key.private_bytes(Encoding.DER, kind, NoEncryption())).decode())
        found.append(base64.b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, PASSWORD)).decode())
        found.append(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PASSWORD).decode())
        found.append(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode())
    return found


PRIVATE = _privates()


@pytest.mark.parametrize("number", range(len(PRIVATE)))
def test_a_private_key_is_refused_in_whatever_form_and_never_repeated(number: int) -> None:
    text = PRIVATE[number]
    body = "".join(line for line in text.splitlines() if "-----" not in line)
    broken = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    for form in (text, text.replace("\n", "\\n"), " ".join(text.split("\n"))):
        with pytest.raises(InvalidInput, match="private_key_given") as refused:
            read_public_key(form)
        assert body[:24] not in refused.value.detail
        with pytest.raises(InvalidInput, match="private_key_given"):
            refuse_private_keys(f"keys add muni {form} --operator x")
    if "OPENSSH" not in text and "ENCRYPTED" not in text:
        with pytest.raises(InvalidInput, match="private_key_given"):
            read_public_key(broken)


@pytest.mark.parametrize("line", ["alerts list", f"keys add x --public-key '{pem_of(ED)}'", "x" * 9000, "private key"])
def test_other_lines_are_let_through(line: str) -> None:
    refuse_private_keys(line)
