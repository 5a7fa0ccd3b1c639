from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.config import ConfigError
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.registration.identity import Outcome
from chalicelib.gateways.bounded_http import ExchangeLimits
from chalicelib.gateways.registration.registry_http import RegistryHttp
from chalicelib.gateways.registration.reniec import Reniec
from chalicelib.gateways.registration.sunat import Sunat
from infra.local.registries.server import running
from tests.registry_world import a_company, a_person, an_access


class Saying(RegistryHttp):
    """An exchange whose other side says what a test wants."""

    def __init__(self, text: str) -> None:
        super().__init__("http://127.0.0.1:9/")
        self._answer = json.loads(text)

    def get(self, query: Any) -> Any:
        del query
        return self._answer

    def post(self, query: Any, body: object) -> Any:
        del query, body
        return self._answer


PERSON = '{"apPrimer": "PRUEBA", "apSegundo": "EJEMPLO", "prenombres": "ROSA"'
BARE = '{"coResultado": "0000", "datosPersona": %s}'
FOUND = '{"consultarResponse": {"return": {"coResultado": "0000", "datosPersona": %s}}}'
COMPANY = '{"list": {"multiRef": {%s}}}'
WHOLE = (
    '"ddp_numruc": "20990000019", "ddp_nombre": "EMPRESA DE PRUEBA SAC", "desc_dist": "MIRAFLORES",'
    '"ddp_estado": "00", "ddp_flag22": "00"'
)


@pytest.mark.parametrize("url", ["http://ws2.pide.gob.pe/x", "ftp://127.0.0.1/x", "ws2.pide.gob.pe", ""])
def test_only_https_is_spoken_beyond_loopback(url: str) -> None:
    with pytest.raises(ConfigError, match="https"):
        RegistryHttp(url)


def test_nobody_listening_is_unavailable() -> None:
    with running() as simulator:
        url = simulator.reniec_url
    http = RegistryHttp(url, ExchangeLimits(connect=0.2, read=0.2))
    with pytest.raises(Unavailable, match="registry_unavailable"):
        http.get({})
    http.close()


def test_connections_are_kept_and_a_broken_exchange_does_not_spoil_the_next() -> None:
    with running() as simulator:
        http = RegistryHttp(simulator.sunat_url, ExchangeLimits(read=0.2))
        for ruc in ("20990000019", "20990005002", "20990000019"):
            try:
                answer = http.get({"numruc": ruc})
            except Unavailable:
                continue
            assert answer["list"]["multiRef"]["ddp_numruc"]["$"] == ruc
        http.close()


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        '"0000"',
        "{}",
        '{"consultarResponse": []}',
        '{"consultarResponse": {"return": null}}',
        '{"consultarResponse": {"return": {"coResultado": 0}}}',
        '{"consultarResponse": {"return": {"coResultado": "9999"}}}',
        FOUND % "null",
        FOUND % "[]",
        FOUND % '{"apPrimer": "PRUEBA"}',
        FOUND % '{"prenombres": "ROSA"}',
        FOUND % '{"apPrimer": ["PRUEBA"], "prenombres": "ROSA"}',
        FOUND % (PERSON + ', "feNacimiento": "31/02/1990"}'),
        FOUND % (PERSON + ', "sexo": "X"}'),
    ],
)
def test_reniec_is_read_strictly(text: str) -> None:
    with pytest.raises(Unavailable, match="registry_unavailable"):
        Reniec(Saying(text), an_access()).check(a_person())


@pytest.mark.parametrize(
    "text",
    [
        FOUND % (PERSON + "}"),
        FOUND % (PERSON + ', "restriccion": null, "foto": [1, 2], "nuevo": {}}'),
        FOUND % (PERSON + ', "feNacimiento": "1990-03-15", "sexo": "FEMENINO"}'),
        '{"return": ' + BARE % (PERSON + "}") + "}",
        BARE % (PERSON + "}"),
    ],
)
def test_reniec_may_say_more_or_leave_out_the_envelope(text: str) -> None:
    assert Reniec(Saying(text), an_access()).check(a_person()).outcome is Outcome.MATCHED


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        "{}",
        '{"list": null}',
        '{"list": {"multiRef": []}}',
        COMPANY % '"ddp_nombre": "EMPRESA"',
        COMPANY % WHOLE.replace("20990000019", "20990000027"),
        COMPANY % WHOLE.replace('"MIRAFLORES"', '{"@nil": "true"}'),
        COMPANY % WHOLE.replace('"MIRAFLORES"', "7"),
        COMPANY % WHOLE.replace("EMPRESA DE PRUEBA SAC", " "),
        COMPANY % WHOLE.replace('"ddp_estado": "00"', '"desc_estado": null'),
    ],
)
def test_sunat_is_read_strictly(text: str) -> None:
    with pytest.raises(Unavailable, match="registry_unavailable"):
        Sunat(Saying(text)).check(a_company())


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (WHOLE, Outcome.MATCHED),
        (WHOLE.replace('"ddp_estado": "00"', '"desc_estado": "Activo"'), Outcome.MATCHED),
        (WHOLE.replace('"ddp_estado": "00"', '"desc_estado": "BAJA DEFINITIVA"'), Outcome.INACTIVE),
        (WHOLE.replace('"ddp_flag22": "00"', '"desc_flag22": "NO HABIDO"'), Outcome.NOT_HABIDO),
        ('"ddp_numruc": {"@nil": true}', Outcome.NOT_FOUND),
        ('"ddp_numruc": ""', Outcome.NOT_FOUND),
    ],
)
def test_sunat_may_write_values_bare_and_leave_out_codes(said: str, outcome: Outcome) -> None:
    assert Sunat(Saying(COMPANY % said)).check(a_company()).outcome is outcome
