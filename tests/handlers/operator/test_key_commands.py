"""The operator's commands about keys: registering, showing and revoking, and what a request by one is then."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.sender.key_fingerprint import key_fingerprint
from tests.deposit_world import INSTITUTION_ID, KEY_ID, World, a_signing_key, put_key
from tests.handlers.operator.conftest import Give

WHO = "--reason 'Rotación anual' --operator rquispe"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PERIOD = "--from 2026-03-09 --until 2026-12-31"


def public(key: Any = KEY) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def add(key_id: str = "2027-1", key: Any = KEY, period: str = PERIOD, institution: str = INSTITUTION_ID) -> str:
    return f"keys add {institution} --key-id {key_id} --public-key {public(key)} {period} {WHO}"


def test_a_key_signs_from_its_first_day_to_its_last_and_its_fingerprint_can_be_compared(
    world: World, give: Give
) -> None:
    code, said = give(add())

    assert code == 0
    fingerprint = key_fingerprint(base64.b64decode(public()))
    assert said.splitlines()[0] == f"2027-1  vale  ed25519  {fingerprint}"
    assert said.splitlines()[1] == "  del 09/03/2026 00:00:00 hasta antes del 01/01/2027 00:00:00"
    assert said.endswith(f"Su keyid es {INSTITUTION_ID}:2027-1.")
    keyid = f"{INSTITUTION_ID}:2027-1"
    assert world.deposit(keyid=keyid, private_key=KEY).status_code == 201
    world.clock.now = datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC)
    assert world.get("/v1/deposits?month=2026-03", keyid=keyid, private_key=KEY).status_code == 200
    world.clock.advance(seconds=1)
    assert world.get("/v1/deposits?month=2026-03", keyid=keyid, private_key=KEY).json_body["code"] == "key_not_valid"


def test_two_keys_overlap_and_the_old_one_is_revoked_at_once_and_for_good(world: World, give: Give) -> None:
    give(add())
    new: dict[str, Any] = {"keyid": f"{INSTITUTION_ID}:2027-1", "private_key": KEY}
    assert (world.deposit(key="a").status_code, world.deposit(key="b", **new).status_code) == (201, 201)

    code, said = give(f"keys revoke {INSTITUTION_ID} {KEY_ID} {WHO}")

    assert code == 0
    assert said.endswith("No firma nada desde este instante, y no se puede deshacer.")
    assert world.deposit(key="c").json_body["code"] == "key_not_valid"
    assert world.deposit(key="d", **new).status_code == 201
    assert give(f"keys revoke {INSTITUTION_ID} {KEY_ID} {WHO}") == (0, "Ya estaba así; no se cambió nada.")
    kinds = [
        event.type.value for event in event_store(world.container).list_for_subject(f"institution#{INSTITUTION_ID}")
    ]
    assert sorted(kinds) == ["institution.key_added", "institution.key_revoked"]


def test_the_event_says_which_key_by_whom_and_why(world: World, give: Give) -> None:
    give(add())
    [event] = event_store(world.container).list_for_subject(f"institution#{INSTITUTION_ID}")
    assert (event.actor, event.data["key_id"], event.data["reason"]) == (
        "operator:rquispe",
        "2027-1",
        "Rotación anual",
    )
    assert event.data["fingerprint"].startswith("SHA256:")
    assert event.data["not_after"] == "2027-01-01T05:00:00+00:00"


def test_keys_are_listed_with_where_each_stands(world: World, give: Give) -> None:
    give(add())
    put_key(world.container, a_signing_key(key_id="old", not_after=world.clock.now - timedelta(days=1)))
    put_key(world.container, a_signing_key(key_id="next", not_before=world.clock.now + timedelta(days=1)))
    give(f"keys revoke {INSTITUTION_ID} p256 {WHO}")

    code, said = give(f"keys list {INSTITUTION_ID}")

    assert code == 0
    states = {line.split("  ")[0]: line.split("  ")[1] for line in said.splitlines() if not line.startswith(" ")}
    assert states == {
        "2026-1": "vale",
        "old": "vencida",
        "p256": "revocada el 09/03/2026 15:15:30",
        "2027-1": "vale",
        "next": "aún no vale",
    }
    keys = json.loads(give(f"keys list {INSTITUTION_ID} --json")[1])["keys"]
    assert {key["key_id"]: key["state"] for key in keys}["next"] == "future"
    assert give("keys list nadie")[0] == 1


def test_the_same_again_changes_nothing(world: World, give: Give) -> None:
    give(add())
    assert give(add()) == (0, "Ya estaba así; no se cambió nada.")
    assert json.loads(give(f"{add()} --json")[1])["changed"] is False
    assert len(institution_store(world.container).list_keys(INSTITUTION_ID)) == 3


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (add("2027-2"), "Esa clave pública ya se registró"),
        (add(institution="otra"), "Esa clave pública no se puede usar"),
        (add(key=Ed25519PrivateKey.generate()), "Ese identificador ya es de otra clave"),
        (add(period="--from 2026-03-09 --until 2027-12-31"), "Ese identificador ya es de otra clave"),
        (
            add("n", Ed25519PrivateKey.generate(), period="--from 2027-03-09 --until 2026-12-31"),
            "La clave vence antes de empezar",
        ),
        (
            add("n", Ed25519PrivateKey.generate(), period="--from 2025-03-09 --until 2026-03-08"),
            "La clave ya habría vencido",
        ),
        (
            add("n", Ed25519PrivateKey.generate(), period="--from 2026-03-09 --until 2029-03-09"),
            "Una clave vale tres años a lo más",
        ),
        (add("n", institution="nadie"), "No hay una entidad con ese identificador"),
        (f"keys revoke {INSTITUTION_ID} nada {WHO}", "La entidad no tiene esa clave"),
    ],
)
def test_neither_a_key_nor_its_id_is_used_twice(world: World, give: Give, line: str, told: str) -> None:
    give(f"institutions add --id otra --name Otra --address Plaza --phone 000 {WHO}")
    give(add())
    code, said = give(line)
    assert (code, said.startswith(told)) == (1, True), said
    assert len(institution_store(world.container).list_keys(INSTITUTION_ID)) == 3


def test_a_revoked_key_does_not_come_back_under_another_id(world: World, give: Give) -> None:
    give(add())
    give(f"keys revoke {INSTITUTION_ID} 2027-1 {WHO}")
    assert give(add("2027-2"))[0] == give(add())[0] == 1
    der = a_signing_key().public_key  # registered by a package before, which kept no list of public keys
    give(f"keys revoke {INSTITUTION_ID} {KEY_ID} {WHO}")
    line = f"keys add {INSTITUTION_ID} --key-id again --public-key {base64.b64encode(der).decode()} {PERIOD} {WHO}"
    assert give(line)[0] == 1
    assert len(institution_store(world.container).list_keys(INSTITUTION_ID)) == 3


@pytest.mark.parametrize("where", ["--public-key '{}'", "{}", "--reason='{}'", "--json={}", "--public-key {} {}"])
@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_private_key_is_neither_taken_nor_told_back_nor_logged(
    world: World, give: Give, caplog: pytest.LogCaptureFixture, where: str, encoding: Encoding
) -> None:
    raw = KEY.private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption())
    text = raw.decode() if encoding is Encoding.PEM else base64.b64encode(raw).decode()
    secret = base64.b64encode(KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()

    code, said = give(f"keys add {INSTITUTION_ID} --key-id 2027-1 {where.replace('{}', text)} {PERIOD} {WHO}")

    assert code == 2
    assert said.startswith("Eso es una clave PRIVADA y no se registra.")
    for part in (secret[at : at + 12] for at in range(0, len(secret) - 12, 12)):
        assert part not in said + str([vars(record) for record in caplog.records])
    assert institution_store(world.container).find_key(INSTITUTION_ID, "2027-1") is None


def test_half_a_key_that_is_pasted_astray_is_not_told_back(give: Give) -> None:
    half = base64.b64encode(KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()[:-9]
    for line in (f"alerts list {half}", half, f"alerts show {half}", f"alerts list --limit {half}"):
        code, said = give(line)
        assert (code, half[20:32] in said) == (2, False), line


@pytest.mark.parametrize("form", ["'{}'", '"{}"'])
def test_a_pem_of_more_lines_or_with_their_signs_is_taken(world: World, give: Give, form: str) -> None:
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().strip()
    give(add())
    for text in (pem, pem.replace("\n", " "), pem.replace("\n", "\\n")):
        assert give(add().replace(public(), form.format(text))) == (0, "Ya estaba así; no se cambió nada.")
    assert len(institution_store(world.container).list_keys(INSTITUTION_ID)) == 3


def test_a_private_key_of_the_web_is_known_too(give: Give) -> None:
    raw = KEY.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    der = KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    number = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    jwk = json.dumps({"kty": "OKP", "crv": "Ed25519", "d": number, "x": "A" * 43})
    for text in (jwk, base64.urlsafe_b64encode(der).decode()):
        code, said = give(f"institutions set {INSTITUTION_ID} --name '{text}' {WHO}")
        assert (code, said.partition(".")[0]) == (2, "Eso es una clave PRIVADA y no se registra")
        assert number not in said
