"""Which signatures of an identity provider count; tokens are made with the library's other half, or by hand."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwk, jws

from chalicelib.domain.access.authenticated_person import IdentityRefused
from chalicelib.gateways.access.signing_keys import ALGORITHMS, ASKED_AGAIN_AFTER, KEPT_FOR, SigningKeys
from chalicelib.gateways.bounded_http import Answered, NoAnswer

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RSA = jwk.RSAKey.generate_key(2048)
OTHER_RSA = jwk.RSAKey.generate_key(2048)
EC = jwk.ECKey.generate_key("P-256")
ED = jwk.OKPKey.generate_key("Ed25519")
OF = {"RS256": RSA, "PS256": RSA, "ES256": EC, "Ed25519": ED}


@dataclass
class Provider:
    """What it publishes, and how often that was fetched."""

    keys: list[dict[str, Any]]
    now: datetime = NOW
    fetched: int = 0
    status: int = 200
    body: bytes | None = None
    signing: SigningKeys = field(init=False)

    def __post_init__(self) -> None:
        self.signing = SigningKeys(self.fetch, lambda: self.now)

    def fetch(self) -> Answered:
        self.fetched += 1
        return Answered(self.status, self.body if self.body is not None else json.dumps({"keys": self.keys}).encode())


def published(key: Any, **members: Any) -> dict[str, Any]:
    found = {**key.as_dict(private=False), "kid": "k1", **members}
    return {name: value for name, value in found.items() if value is not None}


def token(key: Any = RSA, payload: object = None, **header: Any) -> str:
    said = {"alg": "RS256", "kid": "k1", **header}
    head = {name: value for name, value in said.items() if value is not None}
    text = json.dumps({"sub": "x"} if payload is None else payload)
    return jws.serialize_compact(head, text, key, algorithms=[head["alg"]])


def is_refused(provider: Provider, given: str) -> bool:
    try:
        provider.signing.verified(given)
    except IdentityRefused as refused:
        return refused.code == "identity_not_proven"
    return False


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_counts_with_a_key_of_its_kind_only(algorithm: str) -> None:
    right = token(OF[algorithm], alg=algorithm)

    assert Provider([published(OF[algorithm])]).signing.verified(right) == {"sub": "x"}
    for other in (RSA, EC, ED):
        if other is not OF[algorithm]:
            assert is_refused(Provider([published(other)]), right)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_what_is_signed_by_a_shared_secret_never_counts_even_if_it_is_published(algorithm: str) -> None:
    public = published(RSA)
    secrets = [jwk.OctKey.import_key(text) for text in (public["n"], json.dumps(public), "x" * 64)]
    for secret in secrets:
        forged = token(secret, alg=algorithm)
        assert is_refused(Provider([public]), forged)
        assert is_refused(Provider([{**secret.as_dict(private=True), "kid": "k1"}]), forged)


def test_what_is_not_signed_never_counts() -> None:
    head, payload, signature = token().split(".")
    for algorithm in ("none", "None", "NONE", ""):
        spelled = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": "k1"}).encode()).rstrip(b"=").decode()
        for given in (f"{spelled}.{payload}.", f"{spelled}.{payload}.{signature}", f"{spelled}.{payload}"):
            assert is_refused(Provider([published(RSA)]), given)
    assert not is_refused(Provider([published(RSA)]), f"{head}.{payload}.{signature}")


@pytest.mark.parametrize("given", ["", ".", "..", "a.b.c", "é.é.é", "x" * 200_000, "{}.{}.{}"])
def test_what_is_no_token_is_refused(given: str) -> None:
    assert is_refused(Provider([published(RSA)]), given)


@pytest.mark.parametrize("payload", [[], "x", 1, None])
def test_claims_are_an_object(payload: object) -> None:
    text = json.dumps(payload)
    given = jws.serialize_compact({"alg": "RS256", "kid": "k1"}, text, RSA, algorithms=["RS256"])

    assert is_refused(Provider([published(RSA)]), given)


@pytest.mark.parametrize("text", ["{", '{"exp": NaN}', '{"exp": Infinity}', "\xff"])
def test_claims_are_json(text: str) -> None:
    given = jws.serialize_compact({"alg": "RS256", "kid": "k1"}, text.encode("latin-1"), RSA, algorithms=["RS256"])

    assert is_refused(Provider([published(RSA)]), given)


def test_a_changed_token_is_refused() -> None:
    head, payload, signature = token().split(".")
    other = token(payload={"sub": "y"}).split(".")[1]

    assert is_refused(Provider([published(RSA)]), f"{head}.{other}.{signature}")
    assert is_refused(Provider([published(RSA)]), f"{head}.{payload}.{signature[:-4]}AAAA")


@pytest.mark.parametrize(
    "members",
    [{"use": "enc"}, {"alg": "RS512"}, {"kty": "EC"}, {"kid": "k2"}, {"kid": None}, {"n": None}, {"n": 5}, {"e": "%"}],
    ids=str,
)
def test_a_key_that_is_not_for_this_is_not_used(members: dict[str, Any]) -> None:
    assert is_refused(Provider([published(RSA, **members)]), token())


def test_two_keys_of_one_name_are_none() -> None:
    assert is_refused(Provider([published(RSA), published(OTHER_RSA)]), token())


def test_a_token_without_a_keys_name_counts_where_there_is_one_such_key() -> None:
    nameless = token(kid=None)

    assert not is_refused(Provider([published(RSA), published(EC, kid="k2")]), nameless)
    assert is_refused(Provider([published(RSA), published(OTHER_RSA, kid="k2")]), nameless)


@pytest.mark.filterwarnings("ignore")
def test_a_short_key_is_refused() -> None:
    short = jwk.RSAKey.generate_key(1024)

    assert is_refused(Provider([published(short)]), token(short))


def test_a_private_key_that_is_published_by_mistake_is_used_by_its_public_half() -> None:
    assert not is_refused(Provider([{**RSA.as_dict(private=True), "kid": "k1"}]), token())


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (404, b"{}"), (302, b""), (200, b""), (200, b"[]"), (200, b'{"keys": {}}'), (200, b"<html>")],
)
def test_keys_that_cannot_be_had_are_no_answer(status: int, body: bytes) -> None:
    with pytest.raises(NoAnswer):
        Provider([], status=status, body=body).signing.verified(token())


def test_too_many_keys_are_no_answer() -> None:
    with pytest.raises(NoAnswer):
        Provider([published(RSA, kid=str(number)) for number in range(51)]).signing.verified(token())


def test_keys_are_fetched_once_until_they_are_too_old() -> None:
    provider = Provider([published(RSA)])
    for _ in range(3):
        provider.signing.verified(token())
    provider.now += KEPT_FOR
    provider.signing.verified(token())
    assert provider.fetched == 1

    provider.now += SECOND
    provider.signing.verified(token())
    assert provider.fetched == 2


def test_an_unknown_key_has_them_fetched_again_and_not_too_often() -> None:
    provider = Provider([published(RSA)])
    provider.signing.verified(token())
    provider.keys.append(published(OTHER_RSA, kid="k2"))
    new = token(OTHER_RSA, kid="k2")
    provider.now += ASKED_AGAIN_AFTER
    assert is_refused(provider, new)
    assert provider.fetched == 1

    provider.now += SECOND
    assert not is_refused(provider, new)
    for number in range(5):
        assert is_refused(provider, token(kid=f"made-up-{number}"))
    assert provider.fetched == 2


def test_what_was_kept_is_kept_where_looking_for_a_new_key_fails() -> None:
    provider = Provider([published(RSA)])
    provider.signing.verified(token())
    provider.status = 500
    provider.now += ASKED_AGAIN_AFTER + SECOND

    with pytest.raises(NoAnswer):
        provider.signing.verified(token(kid="new"))
    assert provider.signing.verified(token()) == {"sub": "x"}
