"""What an operator is told of an act's consequences, which nobody would expect of its name."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.deposit_world import INSTITUTION_ID, KEY_ID, World, a_body
from tests.handlers.operator.conftest import Give

WHO = "--reason 'Convenio firmado' --operator rquispe"
CITED = "--citation 'D.S. 001-2024-JUS, art. 2'"
ROW = "--days 5 --norm 'R.A. 1'"
STATE = f"institutions state {INSTITUTION_ID}"
NORM = f"institutions norm {INSTITUTION_ID}"
DISTANCE = f"institutions distance {INSTITUTION_ID}"


def warnings(give: Give, line: str) -> list[str]:
    """Return what a command warns of, as people read it."""
    code, said = give(f"{line} {WHO}")
    assert code == 0, said
    return [told.removeprefix("Atención: ") for told in said.splitlines() if told.startswith("Atención: ")]


@pytest.mark.parametrize("state", ["inactive", "cancelled"])
def test_who_stops_an_institution_is_told_what_it_still_can(world: World, give: Give, state: str) -> None:
    assert world.deposit().status_code == 201

    [told] = warnings(give, f"{STATE} {state}")

    assert told.startswith("Desde ahora no deposita, no consulta casillas ni envía archivos")
    assert "puede leer lo que depositó" in told
    refused = world.deposit(key="b").json_body["code"]
    assert refused in told
    assert world.get("/v1/deposits?month=2026-03").status_code == 200
    assert warnings(give, f"{STATE} {state}") == []
    assert warnings(give, f"{STATE} active") == []


def test_who_activates_an_institution_without_a_good_key_is_told(give: Give) -> None:
    details = "--name 'Municipalidad de Villa' --address 'Plaza 1' --phone '000'"
    assert warnings(give, f"institutions add --id muni-villa {details}") == []
    [told] = warnings(give, "institutions state muni-villa active")
    assert told.startswith("No tiene ninguna clave que valga")


def test_who_revokes_the_last_good_key_is_told(world: World, give: Give) -> None:
    assert warnings(give, f"keys revoke {INSTITUTION_ID} p256") == []

    [told] = warnings(give, f"keys revoke {INSTITUTION_ID} {KEY_ID}")

    assert told.startswith("No tiene ninguna clave que valga: no puede firmar nada")
    assert "keys add" in told
    assert world.get("/v1/deposits?month=2026-03").json_body["code"] == "key_not_valid"
    assert warnings(give, f"keys revoke {INSTITUTION_ID} {KEY_ID}") == []


def test_a_key_that_is_good_later_is_named(give: Give) -> None:
    public = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))).public_key()
    key = base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    period = "--from 2027-01-01 --until 2027-12-31"
    warnings(give, f"keys add {INSTITUTION_ID} --key-id 2027-1 --public-key {key} {period}")
    warnings(give, f"keys revoke {INSTITUTION_ID} p256")
    [told] = warnings(give, f"keys revoke {INSTITUTION_ID} {KEY_ID}")
    assert told.endswith("Aún no vale 2027-1.")


@pytest.mark.parametrize(
    ("channels", "lacking"), [("email", "SMS"), ("sms", "correo"), ("email,sms", None), ("sms,email", None)]
)
def test_less_than_both_channels_has_to_be_allowed_by_the_norm(give: Give, channels: str, lacking: str | None) -> None:
    line = f"{NORM} --regime deposit {CITED} --channels {channels}"
    told = warnings(give, line)
    assert [f"Sin {lacking}, la norma que se cita debe permitirlo" in one for one in told] == (
        [True] if lacking else []
    )
    assert all("Ley 31736" in one for one in told)
    assert warnings(give, line) == []


def test_of_a_norm_that_is_removed_is_told_what_is_refused_and_what_applies(world: World, give: Give) -> None:
    for regime in ("acknowledgement", "immediate"):
        assert warnings(give, f"{NORM} --regime {regime} {CITED}") == []
    assert warnings(give, f"{NORM} --regime deposit {CITED} --default") == []
    assert world.deposit(a_body(regime="deposit")).status_code == 201

    [falls_back, refused] = warnings(give, f"{NORM} --regime deposit --remove")

    assert (
        falls_back
        == "El de depósito era el régimen de los depósitos que no dicen otro: desde ahora van con acuse de recibo."
    )
    assert world.deposit(a_body(regime="deposit"), key="b").json_body["code"] in refused
    assert world.deposit(key="c").json_body["regime"] == "acknowledgement"
    assert len(warnings(give, f"{NORM} --regime immediate --remove")) == 1
    assert "no se citó una norma" in warnings(give, f"{NORM} --regime acknowledgement --remove")[0]
    assert warnings(give, f"{NORM} --regime deposit --remove") == []


def test_a_table_of_distances_asks_every_deposit_for_the_place(world: World, give: Give) -> None:
    assert world.deposit().status_code == 201

    [first] = warnings(give, f"{DISTANCE} --place Iquitos {ROW}")

    assert "cada depósito con plazo debe decir el lugar del domicilio («term.place»)" in first
    assert world.deposit(key="b").json_body["code"] == "distance_place_missing"
    assert warnings(give, f"{DISTANCE} --place Tacna {ROW}") == []
    assert warnings(give, f"{DISTANCE} --place tacna {ROW}") == []
    assert "diga «tacna»" in warnings(give, f"{DISTANCE} --place Tacna --remove")[0]
    [gone] = warnings(give, f"{DISTANCE} --place Iquitos --remove")
    assert gone.startswith("Ya no tiene cuadro")
    assert world.deposit(key="c").status_code == 201


def test_programs_are_told_the_same(give: Give) -> None:
    told = json.loads(give(f"{STATE} inactive {WHO} --json")[1])
    assert [warning[:23] for warning in told["warnings"]] == ["Desde ahora no deposita"]
    for line in (f"{STATE} active", f"{STATE} active", f"keys revoke {INSTITUTION_ID} p256"):
        assert json.loads(give(f"{line} {WHO} --json")[1])["warnings"] == [], line
    assert len(json.loads(give(f"keys revoke {INSTITUTION_ID} {KEY_ID} {WHO} --json")[1])["warnings"]) == 1
