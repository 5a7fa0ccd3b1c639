"""The local run as an operator has it: start, deposit, see the alerts, stop, start again and find everything."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chalicelib.handlers.fault import JSON_HEADERS
from examples.casilla_sender import Refused
from examples.demo import _details, demonstrate, explain_clock
from infra.local.demo_data import PASSWORD
from infra.local.ministack import free_port
from tests.deposit_world import PDF
from tests.local_run import Run, a_run, operate, wait_until

pytestmark = pytest.mark.ministack

ROOT = Path(__file__).parents[2]
MAILS = 2
"""To each user of the mailbox; the demonstration's own notices have theirs as well."""


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the run in the other process has no other clock


def _refused_start(*options: str) -> str:
    command = [sys.executable, "-m", "infra.local.run", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    assert done.returncode == 1
    return done.stderr


def _everything_in(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Return when each file and folder was last changed, and what it holds."""
    found = [folder, *folder.rglob("*")]
    return {path: (path.stat().st_mtime_ns, b"" if path.is_dir() else path.read_bytes()) for path in found}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local")


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture(scope="module")
def run(state: Path, ports: tuple[int, int]) -> Iterator[Run]:
    with a_run(state, *ports) as running:
        yield running


@pytest.fixture(scope="module")
def notice_id(run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Deposit a notice whose annex is too big to go inside the request, and wait for its alerts."""
    folder = tmp_path_factory.mktemp("files")
    main, annex = folder / "carta.pdf", folder / "anexo.txt"
    main.write_bytes(PDF)
    annex.write_text("Anexo sintético de prueba.\n" * 160_000, "utf-8")
    answer = run.sender().deposit(_details("DNI:40000002", _now()), main, [annex])
    notice_id = str(answer["notice_id"])
    wait_until(lambda: sum(notice_id in str(message["attachments"]) for message in run.outbox()) >= MAILS, 20)
    return notice_id


def test_deposit_with_an_uploaded_annex_alerts_every_user(run: Run, notice_id: str) -> None:
    mine = [message for message in run.outbox() if notice_id in str(message["attachments"])]
    assert {mail["to"] for mail in mine} == {"maria.02@ejemplo.pe", "rosa.21@ejemplo.pe"}
    assert {mail["subject"] for mail in mine} == {"Tiene una notificación de Entidad de Demostración"}
    assert mine[0]["attachments"][0]["filename"] == f"constancia-{notice_id}.pdf"
    texts = [message for message in run.outbox() if message["kind"] == "sms"]
    assert {sms["to"] for sms in texts} == {"+51900000001", "+51900000002"}
    assert all("le ha notificado" in sms["text"] for sms in texts)
    assert len(run.sender().download_receipt(notice_id)) > 1000


def test_demonstration_tells_where_the_alerts_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "algo.pdf").write_bytes(PDF)
    account = demonstrate(tmp_path / "algo.pdf", settings=run.state / "demo", receipts=tmp_path / "out", now=_now())
    assert "su SHA-256 coincide" in account
    assert f"http://127.0.0.1:{run.port}/_local/outbox" in account


def test_the_functions_write_their_log_to_its_file(run: Run) -> None:
    run.send("GET", "/esta-pagina-no-existe")

    lines = (run.state / "casilla.log").read_text("utf-8").splitlines()
    assert any(json.loads(line).get("code") == "page_not_found" for line in lines)


def _log_in(run: Run, username: str) -> str:
    """Log in by a code that the outbox shows, and return the token."""
    asked = json.loads(run.send("POST", "/v1/login-codes", json.dumps({"username": username}))[2])
    mail = next(message for message in run.outbox() if message["subject"] == "Su código para abrir su casilla")
    [code] = re.findall(r"^([2-9A-Z]{6})\r?$", mail["text"], re.MULTILINE)
    proof = {"username": username, "password": PASSWORD, "email_code": {"id": asked["code_id"], "code": code}}
    status, _, body = run.send("POST", "/v1/sessions", json.dumps(proof))
    assert status == 201, body
    token: str = json.loads(body)["token"]
    return token


def test_people_of_the_demonstration_log_in_and_see_who_has_access(run: Run) -> None:
    shown = []
    for username in ("8-20100000009", "8-20100000009.40000028"):
        token = _log_in(run, username)
        shown.append(json.loads(run.send("GET", "/v1/users", Authorization=f"Bearer {token}")[2]))

    states = ["active", "active", "active", "pending", "disabled"]
    assert [[user["state"] for user in users["users"]] for users in shown] == [states, states]
    assert [users["can_change"] for users in shown] == [True, False]


@pytest.mark.usefixtures("notice_id")
def test_outbox_escapes_and_frames_what_messages_say(run: Run) -> None:
    status, headers, page = run.get("/_local/outbox")
    assert status == 200
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert b'sandbox="" srcdoc="&lt;!DOCTYPE html&gt;' in page
    assert b"<script" not in page


@pytest.mark.usefixtures("notice_id")
def test_attachment_and_original_can_be_downloaded(run: Run) -> None:
    mail = next(message for message in run.outbox() if message["attachments"])
    _, headers, content = run.get(f"/_local/outbox/{mail['name']}/0")
    assert content.startswith(b"%PDF-")
    assert headers["Content-Disposition"].startswith("attachment;")
    assert b"Auto-Submitted: auto-generated" in run.get(f"/_local/outbox/{mail['name']}/original.eml")[2]


@pytest.mark.parametrize(
    "path",
    ["/_local/outbox/../../demo/key.pem", "/_local/outbox/..%2f..%2fdemo/0", "/_local/outbox/x/0", "/_local/nada"],
)
def test_outbox_gives_nothing_but_messages(run: Run, path: str) -> None:
    assert run.get(path)[0] == 404


def test_first_page_links_to_outbox_and_guide(run: Run) -> None:
    status, _, page = run.get("/_local/")
    assert status == 200
    assert b'href="/_local/outbox"' in page
    assert run.get("/_local/guia")[2].startswith("# Guía de integración".encode())


def test_unknown_address_and_method_answer_like_the_gateway(run: Run) -> None:
    for method, path in (("PUT", "/v1/anything"), ("GET", "/v1/anything"), ("OPTIONS", "/a/b/c/d/e/f/g")):
        status, headers, body = run.send(method, path)
        assert (status, headers["Content-Type"]) == (404, "application/problem+json")
        assert JSON_HEADERS.items() <= headers.items()
        assert json.loads(body)["code"] == "route_not_found"


def test_a_method_that_an_address_lacks_is_refused_with_those_it_has(run: Run) -> None:
    for method, path, allowed in (
        ("DELETE", "/v1/deposits", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "/", {"GET", "HEAD"}),
        ("HEAD", "/v1/login-codes", {"POST"}),
    ):
        status, headers, _ = run.send(method, path)
        assert (status, set(headers["Allow"].split(", "))) == (405, allowed)


def test_head_answers_as_get_does_and_the_connection_goes_on(run: Run) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", run.port, timeout=20)) as connection:
        for path in ("/", "/nada", "/v1/sessions/current", "/a/b/c/d/e/f/g"):
            said = []
            for method in ("GET", "HEAD"):
                connection.request(method, path)
                answer = connection.getresponse()
                said.append((answer.status, answer.getheader("Content-Type"), answer.getheader("Cache-Control")))
                assert bool(answer.read()) == (method == "GET"), path
            assert said[0] == said[1], path


def test_what_no_gateway_passes_on_is_refused_in_the_shape_of_the_others(run: Run) -> None:
    status, headers, body = run.send("TRACE", "/")
    assert (status, headers["Content-Type"]) == (400, "application/problem+json")
    assert JSON_HEADERS.items() <= headers.items()
    assert json.loads(body)["code"] == "request_invalid"


def test_unknown_page_answers_by_a_page(run: Run) -> None:
    status, headers, body = run.get("/registro/nada")
    assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "Esta página no existe" in body.decode()


def test_wrong_content_type_answers_like_the_gateway(run: Run) -> None:
    status, _, body = run.send("POST", "/v1/deposits", b"<a/>", Content_Type="text/xml")
    assert (status, json.loads(body)["code"]) == (415, "media_type_unsupported")


def test_body_over_ten_megabytes_is_refused_in_words(run: Run) -> None:
    status, _, body = run.send("POST", "/v1/deposits", b" " * (10 * 1024 * 1024 + 1), Content_Type="application/json")
    assert (status, json.loads(body)["code"]) == (413, "request_too_large")


def test_chunked_and_foreign_bytes_reach_the_app(run: Run) -> None:
    sender = run.sender()
    for body in (b'{"a":1}', b'{"a":"\xff\xfe"}'):
        request = sender.signed_request("POST", "/v1/uploads", body)
        whole = run.send("POST", "/v1/uploads", body, **dict(request.header_items()))
        request = sender.signed_request("POST", "/v1/uploads", body)
        chunked = run.send("POST", "/v1/uploads", iter([body[:3], body[3:]]), **dict(request.header_items()))
        assert whole[0] == chunked[0] == 422
        assert json.loads(whole[2])["code"] == json.loads(chunked[2])["code"]
    assert json.loads(whole[2])["code"] == "body_not_utf8"


def test_kept_connection_answers_without_delay(run: Run) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", run.port, timeout=20)) as connection:
        started = time.monotonic()
        for _ in range(50):
            connection.request("GET", "/v1/nothing")
            connection.getresponse().read()
    assert time.monotonic() - started < 1.5  # with Nagle's algorithm 50 answers take two seconds


def test_disabled_mailbox_of_the_demonstration_cannot_receive(run: Run) -> None:
    assert run.sender().get_mailbox("8-20100000009")["can_receive"] is True
    assert run.sender().get_mailbox("8-20100000009")["missing_channels"] == []
    assert run.sender().get_mailbox("1-40000010")["can_receive"] is False


def test_the_operators_commands_see_what_runs(run: Run, notice_id: str) -> None:
    code, said, wrong = operate(run.state, f"alerts show {notice_id}")
    assert (code, wrong) == (0, "")
    assert said.startswith(f"{notice_id}  Entidad de Demostración")
    assert "enviada" in said


def test_second_run_with_the_same_state_is_refused(run: Run) -> None:
    assert "ya está en marcha" in _refused_start("--port", str(free_port()), "--state", str(run.state))


@pytest.mark.parametrize("mark", [None, "of other tables"])
def test_state_of_another_version_is_refused_in_one_sentence_and_left_as_it_is(
    tmp_path: Path, mark: str | None
) -> None:
    state = tmp_path / "state"
    (state / "engine" / "state").mkdir(parents=True)
    kept = {"lock": "", "clock": "0", "engine.pid": "1", "engine/state/dynamodb.json": "{}", "tables": mark}
    for name, text in kept.items():
        if text is not None:
            (state / name).write_text(text, "utf-8")
    before = _everything_in(tmp_path)

    told = _refused_start("--port", str(free_port()), "--engine-port", str(free_port()), "--state", str(state))

    sentence = f"Los datos de {state} son de otra versión de Casilla: borre esa carpeta y repita «make run»."
    assert told.strip() == sentence
    assert _everything_in(tmp_path) == before


def test_taken_port_is_told_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = _refused_start("--port", str(port), "--state", str(tmp_path))
    assert f"El puerto {port} está ocupado" in told
    assert f"make run PORT={port + 1}" in told


@pytest.mark.usefixtures("notice_id")
def test_stopped_and_started_again_it_finds_its_data(run: Run, ports: tuple[int, int]) -> None:
    month = f"{_now().astimezone(ZoneInfo('America/Lima')):%Y-%m}"
    deposited = [deposit["notice_id"] for deposit in run.sender().list_deposits(month)]
    messages, key = run.outbox(), (run.state / "demo" / "key.pem").read_bytes()
    assert deposited
    assert run.stop() == 0
    assert "Todo quedó guardado" in "".join(run.said)
    with a_run(run.state, *ports) as again:
        assert [deposit["notice_id"] for deposit in again.sender().list_deposits(month)] == deposited
        assert (run.state / "demo" / "key.pem").read_bytes() == key
        assert again.outbox()[-len(messages) :] == messages  # an alert may have gone out after they were listed
        with pytest.raises(Refused):
            again.sender().get_deposit("NO-EXISTE")
        again.send("POST", "/_local/reloj?minutos=90")
        with pytest.raises(Refused) as refused:
            next(again.sender().list_deposits(month))
        told = explain_clock(f"http://127.0.0.1:{again.port}", refused.value, _now())
        assert told is not None
        assert "adelantado 1 hora y 30 minutos" in told
        assert again.stop() == 0
