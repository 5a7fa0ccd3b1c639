"""`make audit` tells what is known against what is locked, and says so when it could not find out."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra import audit
from infra.audit import Accepted, Finding
from infra.local.ministack import free_port
from infra.locks import CHECKOV, DEVELOPMENT, ENGINE, LOCKS, locked

TODAY = date(2026, 11, 28)
KNOWN = Finding("pillow", "13.0.0", ("CVE-1", "GHSA-1"), ("13.0.1",))
ONE_BUG = {
    "id": "GHSA-1",
    "aliases": ["CVE-1"],
    "summary": "Reads too far.",
    "affected": [
        {
            "package": {"name": "pillow", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "13.0.1"}]}],
        }
    ],
}


class Service:
    """Answers as OSV does: one bug in Pillow; or not at all."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False
        service = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                name = query["package"]["name"]
                service.asked.append(name)
                told: dict[str, Any] = {"vulns": [ONE_BUG]} if name == "pillow" else {}
                self.send_response(503 if service.fails else 200)
                self.end_headers()
                self.wfile.write(json.dumps(told).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/query"


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    threading.Thread(target=running.server.serve_forever, daemon=True).start()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "lock.txt"
    path.write_text("".join(f"{one} --hash=sha256:{'0' * 64}\n" for one in ("pillow==13.0.0", "six==1.17.0")))
    return path


def test_what_is_known_against_what_is_locked_is_told(service: Service, lock: Path) -> None:
    assert audit.findings(lock, service.url) == (2, [KNOWN])
    assert sorted(service.asked) == ["pillow", "six"]


def test_a_service_that_fails_is_no_clean_answer(service: Service, lock: Path) -> None:
    service.fails = True
    with pytest.raises(audit.UnknownError):
        audit.findings(lock, service.url)


def test_a_service_out_of_reach_is_told_as_unknown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["audit", "--service", f"http://127.0.0.1:{free_port()}/"])

    with pytest.raises(SystemExit) as ended:
        audit.main()

    assert ended.value.code == audit.UNKNOWN
    told = capsys.readouterr()
    assert told.err.startswith("No se sabe")
    assert "Nada conocido" not in told.out


def test_what_is_known_asks_for_an_update_and_says_which_and_where() -> None:
    lines, clean = audit.judged([KNOWN, KNOWN], [], TODAY)

    assert lines == ["  pillow 13.0.0 (se despliega): CVE-1, GHSA-1; corregido en 13.0.1"]
    assert not clean


@pytest.mark.parametrize("until", [TODAY, date(2026, 11, 27)])
@pytest.mark.parametrize("name", ["GHSA-1", "CVE-1"])
def test_what_is_accepted_counts_until_its_last_day(until: date, name: str) -> None:
    [line], clean = audit.judged([KNOWN], [Accepted(name, "pillow", until, "No se abre TIFF.")], TODAY)

    assert clean is (until == TODAY)
    assert ("No se abre TIFF." if clean else "que ya pasó") in line


def test_an_exception_is_for_its_package_only_and_told_when_it_is_needed_no_more() -> None:
    lines, clean = audit.judged([KNOWN], [Accepted("GHSA-1", "lxml", TODAY, "…")], TODAY)

    assert not clean
    assert "  lxml GHSA-1: ya no hace falta en audit.toml" in lines


def test_every_exception_has_a_reason_and_a_day(tmp_path: Path) -> None:
    path = tmp_path / "audit.toml"
    path.write_text('[[accepted]]\nid = "GHSA-1"\npackage = "pillow"\nuntil = 2027-01-31\nreason = "…"\n')
    assert audit.accepted(path) == [Accepted("GHSA-1", "pillow", date(2027, 1, 31), "…")]
    path.write_text('[[accepted]]\nid = "GHSA-1"\npackage = "pillow"\n')
    with pytest.raises(TypeError):
        audit.accepted(path)
    assert all(len(one.reason) > 20 for one in audit.accepted())


def test_nothing_locked_is_left_out() -> None:
    asked = {*locked(DEVELOPMENT), *locked(ENGINE), *locked(CHECKOV)}
    assert all(locked(lock).keys() <= asked for lock in LOCKS)
