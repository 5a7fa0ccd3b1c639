from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.deploy.cloud import Cloud, SmokeFailed
from infra.deploy.smoke import PAGES, Site, Sites, sites_of, smoke
from infra.deploy.stage import read_stage
from infra.deploy.steps import Deployer, Wish
from tests.infra.deploy.packages import a_built_one, a_template

Answers = dict[str, tuple[int, str, str]]
NOW = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
HEADERS = ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options")
PAGE = '<html><link href="/static/a.css"><h1>x</h1></html>'


def answers() -> Answers:
    """Return what a stack in order answers: status, type, text."""
    pages: Answers = dict.fromkeys(PAGES, (200, "text/html", PAGE))
    return {
        **pages,
        "/static/a.css": (200, "text/css", "a{}"),
        "/no-existe": (404, "text/html", PAGE),
        "/v1/deposits": (401, "application/problem+json", '{"code":"signature_missing"}'),
        "/v1/no-existe": (404, "application/problem+json", '{"code":"route_not_found"}'),
    }


@contextmanager
def serving(said: Mapping[str, tuple[int, str, str]], *lacking: str) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, text = said.get(self.path, (403, "application/json", '{"message":"Forbidden"}'))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            for name in HEADERS:
                if name not in lacking:
                    self.send_header(name, "x")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Site(f"http://127.0.0.1:{server.server_address[1]}")
        finally:
            server.shutdown()


def a_cloud(answer: Mapping[str, Any] | None = None, error: str = "") -> Cloud:
    """Return a cloud whose function `operator` answers so."""
    payload = {"Payload": io.BytesIO(json.dumps(answer or {"exit": 0, "output": "help"}).encode())}
    invoked = {**payload, **({"FunctionError": error} if error else {})}
    return Cloud("us-east-1", {"lambda": SimpleNamespace(invoke=lambda **_: invoked)})


def wrong(said: Answers, *lacking: str, closed: Answers | None = None, cloud: Cloud | None = None) -> list[str]:
    with serving(said, *lacking) as site, serving(closed or {}) as other:
        return smoke(Sites(site, site, other), cloud or a_cloud(), "casilla", {})


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.deploy.smoke._BETWEEN_S", 0)


def test_a_stack_in_order_passes() -> None:
    assert wrong(answers()) == []


@pytest.mark.parametrize("path", sorted(answers()))
def test_whatever_answers_by_an_error_is_told(path: str) -> None:
    told = wrong({**answers(), path: (502, "application/json", '{"message":"Internal server error"}')})
    assert len(told) == 1
    assert f"{path} contesta 502" in told[0]


@pytest.mark.parametrize("path", ["/v1/deposits", "/v1/no-existe"])
def test_a_refusal_of_the_gateways_own_is_not_that_of_casilla(path: str) -> None:
    [told] = wrong({**answers(), path: (403, "application/json", '{"message":"Missing Authentication Token"}')})
    assert path in told


@pytest.mark.parametrize("name", HEADERS)
def test_a_page_without_a_header_of_its_protection_is_told(name: str) -> None:
    told = wrong(answers(), name)
    assert len(told) == len(PAGES)
    assert all(one.endswith(f"viene sin {name}") for one in told)


def test_pages_that_name_no_file_are_none_of_casilla() -> None:
    said: Answers = dict.fromkeys(PAGES, (200, "text/html", "<html>"))
    assert [one for one in wrong({**answers(), **said}) if "hoja de estilo" in one]


def test_an_open_address_of_aws_is_told() -> None:
    [told] = wrong(answers(), closed=answers())
    assert "tiene que estar cerrada" in told


def test_a_host_that_nobody_answers_at_is_told_with_where_its_dns_has_to_lead() -> None:
    with serving(answers()) as site:
        gone = Site("http://127.0.0.1:9")
        targets = {"PortalDomainTarget": "d-1.execute-api.us-east-1.amazonaws.com"}
        [told] = smoke(Sites(gone, site), a_cloud(), "casilla", targets)
    assert "no contesta" in told
    assert "¿Apunta su DNS a d-1.execute-api" in told


@pytest.mark.parametrize("cloud", [a_cloud({"exit": 1, "output": "no"}), a_cloud(error="Unhandled")])
def test_an_operator_function_that_does_not_help_is_told(cloud: Cloud) -> None:
    [told] = wrong(answers(), cloud=cloud)
    assert "casilla-operator" in told


def test_a_first_answer_that_comes_too_late_is_asked_for_again() -> None:
    class Slow(dict[str, tuple[int, str, str]]):
        asked = 0

        def get(self, key: str, default: Any = None) -> Any:
            self.asked += 1
            return (503, "text/html", "") if self.asked == 1 else super().get(key, default)

    with serving(Slow(answers())) as site:
        assert smoke(Sites(site, site), a_cloud(), "casilla", {}) == []


def test_the_address_of_aws_is_asked_only_where_there_is_another() -> None:
    stage, template = read_stage("prod"), a_template()
    own = sites_of(stage, template, {"RestAPIId": "abc"})
    assert own.portal.url == f"https://{stage.parameters['PortalAddress']}"
    assert own.closed == Site("https://abc.execute-api.us-east-1.amazonaws.com/api")
    without = read_stage("local")
    assert sites_of(replace(without, name="other"), template, {"RestAPIId": "abc"}).closed is None


@pytest.mark.ministack
def test_only_what_passed_is_a_package_to_go_back_to(ministack: dict[str, str], tmp_path: Path) -> None:
    del ministack
    stage = replace(read_stage("local"), name="other", stack="smoke-tried", account="000000000042")
    told: list[str] = []
    deployer = Deployer(stage, a_cloud(), told.append)
    deployer.store.prepare()
    good, bad = a_built_one(tmp_path / "a"), a_built_one(tmp_path / "b", app="2")
    for number, package in enumerate((good, bad)):
        deployer.store.keep(package, now=NOW + timedelta(days=number), commit="abc")

    with serving(answers()) as site:
        deployer.try_out(good, Wish(NOW), "", Sites(site, site))
    with serving({}) as site, pytest.raises(SmokeFailed, match=f'CMD="rollback {good.package_id}"'):
        replace(deployer, cloud=a_cloud()).try_out(bad, Wish(NOW), good.package_id, Sites(site, site))
    assert deployer.store.served() == [good.package_id]
    assert [one.partition(":")[0] for one in told] == ["prueba de humo"]
