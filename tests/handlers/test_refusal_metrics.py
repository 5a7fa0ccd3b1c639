"""What the template's metrics count is what lines of refusals say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from chalicelib.handlers.cookies import SESSION_COOKIE
from infra.template import load_template
from tests.alarms import Line, points_of
from tests.deposit_world import INSTITUTION_ID, KEY_ID, World
from tests.gateway_requests import Lines, ask, log_in
from tests.person_world import USERNAME, People

ROOT = Path(__file__).parents[2]
RESOURCES = load_template()["Resources"]


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed()
    return people


def test_metrics_are_read_from_the_lines_of_refusals(people: People, lines: Lines) -> None:
    def metrics() -> set[str]:
        told = [Line(people.world.clock.now, "api_handler", json.dumps(line)) for line in lines]
        lines.clear()
        return {point.metric.name for point in points_of(RESOURCES, told)}

    log_in(USERNAME)
    assert metrics() == {"refused_401"}
    cookie = f"{SESSION_COOKIE}={people.token()}"
    ask("POST", "/clave", headers={"content-type": "application/x-www-form-urlencoded", "cookie": cookie})
    assert metrics() == {"refused_403"}
    ask("GET", "/ingresar", headers={"cookie": f"{cookie}; {cookie}"})
    assert metrics() == {"cookies_repeated"}
    for keyid in (f"{INSTITUTION_ID}:{KEY_ID}", f"{INSTITUTION_ID}:other"):
        headers = {n.lower(): v for n, v in people.world.signed("GET", "/v1/deposits/x", keyid=keyid).headers.items()}
        ask("GET", "/v1/deposits/{notice_id}", parameters={"notice_id": "y"}, headers=headers)
        assert metrics() == {"refused_401", "signatures_refused"}
    token = {"authorization": f"Bearer {people.token()}"}
    passwords = {"old_password": "x", "new_password": "y", "new_password_repeated": "y"}
    codes = [ask("POST", "/v1/passwords", passwords, headers=token)["statusCode"] for _ in range(11)]
    assert (codes[-1], metrics()) == (429, {"refused_429"})
    ask("GET", "/{page}", parameters={"page": "x"})
    assert metrics() == set()


def test_a_line_about_a_request_says_which_version_of_the_function_wrote_it(people: People, lines: Lines) -> None:
    ask("GET", "/ingresar", headers={"cookie": f"{SESSION_COOKIE}=a; {SESSION_COOKIE}=b"}, version="7")
    assert {line["version"] for line in lines} == {"7"}
    failing = json.dumps({**lines[-1], "message": "unexpected"})
    [point] = [
        point
        for point in points_of(RESOURCES, [Line(people.world.clock.now, "api_handler", failing)])
        if point.metric.name == "failing_answers"
    ]
    assert point.metric.dimensions == (("Version", "7"),)


def test_every_code_that_a_metric_counts_is_one_that_is_raised() -> None:
    told = [each["Properties"] for each in RESOURCES.values() if each.get("Type") == "AWS::Logs::MetricFilter"]
    patterns = [each["FilterPattern"] for each in told]
    counted = set(re.findall(r'\$\.code = "(\w+)"', " ".join(patterns)))
    layers = ("domain", "services", "store", "gateways")
    below = [path for layer in layers for path in (ROOT / "chalicelib" / layer).rglob("*.py")]
    sources = "".join(path.read_text("utf-8") for path in below)

    assert len(counted) == 14
    assert {code for code in counted if f'"{code}"' not in sources} == {"cookie_repeated"}  # the handlers' own
