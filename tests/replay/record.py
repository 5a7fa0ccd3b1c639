"""Make the recording anew, from this tree: `python -m tests.replay.record`.

It goes the ways of people, institutions and workers, each with what they mistype, and writes down what it sent.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import SMTP
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalice.test import HTTPResponse
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.storage import mailbox_store
from tests.browser_requests import says_later
from tests.deposit_world import put_institution, put_key
from tests.person_world import texts_in_force
from tests.replay import player

BEGUN = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
USERNAME, PASSWORD, NEW = "1-40000002", "Camion-tejado-7", "Lampara-rio-verde-9"
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
_SEEDED = ("INSTITUTIONS_TABLE", "MAILBOXES_TABLE", "ACCOUNTS_TABLE")
_TICK = timedelta(seconds=7)


@dataclass
class Recorder:
    """What was done so far, as `player.play` does it again."""

    stage: player.Stage
    steps: list[dict[str, Any]] = field(default_factory=list)
    nonces: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def request(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> HTTPResponse:
        """Send one request."""
        sent: dict[str, Any] = {"method": method, "path": path, "headers": headers or {}}
        try:
            sent["body"] = body.decode()
        except UnicodeDecodeError:
            sent["base64"] = base64.b64encode(body).decode()
        self._note("request", sent)
        return self.stage.client.http.request(method, path, headers=headers or {}, body=body)  # type: ignore[no-any-return]

    def json(self, method: str, path: str, body: Any = None, *, token: str = "") -> HTTPResponse:
        """Send JSON, with a session or without."""
        headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
        return self.request(method, path, headers, b"" if body is None else json.dumps(body).encode())

    def signed(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **signing: Any
    ) -> HTTPResponse:
        """Send as an institution's system does."""
        from tests.deposit_world import World  # noqa: PLC0415

        world = World(None, None, self.stage.clock, nonces=self.nonces)  # type: ignore[arg-type]
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        call = world.signed(method, path, raw, idempotency_key=key, **signing)
        return self.request(call.method, call.path, call.headers, call.body)

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Call a function as Lambda does."""
        called = {"function": function, "event": event}
        self._note("invoke", called)
        return player._invoke(called, self.stage)  # noqa: SLF001 - the one way both go

    def hand_out(self, function: str, body: dict[str, Any]) -> None:
        """Call a function with a message of its queue, as it is handed out the first time."""
        sent = str(int(self.stage.clock.now.timestamp() * 1000))
        attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": sent}
        message = {"messageId": "m1", "receiptHandle": "r1", "attributes": attributes, "body": json.dumps(body)}
        self.invoke(function, {"Records": [message]})

    def put(self, bucket: str, key: str, content: bytes, media_type: str, metadata: dict[str, str]) -> None:
        """Send a file to a bucket."""
        sent = {
            "bucket": bucket,
            "key": key,
            "base64": base64.b64encode(content).decode(),
            "media_type": media_type,
            "metadata": metadata,
        }
        self._note("put", sent)
        player._put(sent, self.stage)  # noqa: SLF001 - the one way both go

    def wait(self, **delta: float) -> None:
        """Let time pass."""
        self.stage.clock.now += timedelta(**delta)

    def captcha(self, captcha_id: str) -> str:
        """Read a picture."""
        from chalicelib.domain.access.captcha import captcha_answer  # noqa: PLC0415

        return captcha_answer(player.PEPPER.encode(), captcha_id)

    def mail(self, to: str = "") -> str:
        """Return the text of the last e-mail, or of the last to somebody."""
        sent = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
        parsed = [message_from_string(mail.raw_data, policy=SMTP) for mail in sent]
        last: Any = [mail for mail in parsed if to in str(mail["To"])][-1]
        return str(last.get_body(("plain",)).get_content())

    def _note(self, kind: str, what: Any) -> None:
        self.stage.clock.now += _TICK
        self.steps.append({"at": self.stage.clock.now.isoformat(), kind: json.loads(json.dumps(what))})


@dataclass
class Visitor:
    """A browser that keeps cookies and fills forms."""

    to: Recorder
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str) -> HTTPResponse:
        """Open an address."""
        return self._send("GET", address, {}, b"")

    def post(self, address: str, headers: dict[str, str] | None = None, **fields: str) -> HTTPResponse:
        """Send a form, from the portal's own page unless told otherwise; open the page that says what it came to."""
        sent = {"content-type": "application/x-www-form-urlencoded", **(SAME_ORIGIN if headers is None else headers)}
        answer = self._send("POST", address, sent, urlencode(fields).encode())
        return self.get(str(answer.headers["Location"])) if says_later(answer) else answer

    def fill(self, address: str, target: str = "", **fields: str) -> HTTPResponse:
        """Open a page and send its form, to itself or elsewhere, with what its hidden fields hold."""
        return self.submit(self.get(address), target or address, **fields)

    def submit(self, shown: HTTPResponse, address: str, **fields: str) -> HTTPResponse:
        """Send the form of a page that was shown."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.body.decode()))
        if "captcha_id" in hidden:
            hidden["captcha"] = self.to.captcha(hidden["captcha_id"])
        return self.post(address, None, **{**hidden, **fields})

    def _send(self, method: str, address: str, headers: dict[str, str], body: bytes) -> HTTPResponse:
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.to.request(method, address, {**headers, **({"cookie": jar} if jar else {})}, body)
        for name, value in answer.headers.items():
            if name.lower() == "set-cookie":
                for line in value if isinstance(value, list) else [value]:
                    cookie, _, rest = line.partition("=")
                    self.cookies.pop(cookie, None)
                    if "Max-Age=0" not in line:
                        self.cookies[cookie] = rest.partition(";")[0]
        return answer


def main() -> None:
    """Go every way and write the recording."""
    with player.opened() as stage:
        stage.clock.now = BEGUN
        seed = _seed(stage)
        to = Recorder(stage)
        for way in (information, institution, uploads, entrance, mailbox, reading_by_program, people, profile):
            way(to)
        for way in (passwords, registration_by_program, registration_by_pages, company, late_forms, jobs):
            way(to)
    recording = {"seed": seed, "steps": to.steps}
    player.RECORDING.write_text(json.dumps(recording, ensure_ascii=False, indent=0) + "\n", "utf-8")
    print(f"{len(to.steps)} steps, {player.RECORDING.stat().st_size / 1e3:.0f} kB")  # noqa: T201 - it speaks to a terminal


def _seed(stage: player.Stage) -> dict[str, list[dict[str, Any]]]:
    """Seed two institutions and three mailboxes by their stores; return the items."""
    from chalicelib.bootstrap import current  # noqa: PLC0415
    from chalicelib.domain.access.account import Account  # noqa: PLC0415
    from chalicelib.domain.mailbox import DocumentType, MailboxState, UserState  # noqa: PLC0415
    from chalicelib.domain.sender.institution import InstitutionState  # noqa: PLC0415
    from chalicelib.services.access.password_hashing import PasswordHashing  # noqa: PLC0415
    from tests.deposit_world import a_mailbox, a_signing_key, a_user, an_institution  # noqa: PLC0415

    box = current()
    put_institution(box, an_institution(attaches_receipt=True))
    put_key(box, a_signing_key())
    put_institution(box, an_institution(institution_id="entidad-inactiva", state=InstitutionState.INACTIVE))
    put_key(box, a_signing_key(institution_id="entidad-inactiva"))
    principal = a_user(1, document_type=DocumentType.DNI, document_number="40000002")
    mailbox_store(box).put(a_mailbox(users=(principal,), accepted=texts_in_force()))
    mailbox_store(box).put(a_mailbox("40000003", state=MailboxState.DISABLED))
    account_store(box).add(
        Account(USERNAME, "u1", USERNAME, UserState.ACTIVE, password_hash=PasswordHashing().hash(PASSWORD))
    )
    dynamodb = stage.aws("dynamodb")
    return {name: dynamodb.scan(TableName=stage.environment[name])["Items"] for name in _SEEDED}


def information(to: Recorder) -> None:
    """What anyone can read, and addresses that lead nowhere."""
    visitor = Visitor(to)
    home = visitor.get("/")
    for address in (
        *("/normativas", "/preguntas-frecuentes", "/interrupciones", "/terminos", "/privacidad"),
        "/terminos?version=ninguna",
    ):
        visitor.get(address)
    for name in re.findall(r'(?:href|src)="(/static/[^"]+)"', home.body.decode()):
        visitor.get(name)
    for address in ("/static/nada.css", "/nada", "/nada/dos", "/nada/dos/tres", "/nada/dos/tres/cuatro", "/a/b/c/d/e"):
        visitor.get(address)
    for address in ("/v1/nada", "/v1/deposits/1/2", "/" + "x" * 201, "/activar/" + "x" * 201):
        visitor.get(address)
    for address in ("/salir", "/borrador/descartar", "/casilla/exportar", "/casilla/N1/anexos", "/casilla/N1/pruebas"):
        visitor.get(address)
    for address in ("/activar/e/otro", "/registro/correo/r/reenviar", "/verificar-correo/t/reenviar"):
        visitor.get(address)
    for address in ("/perfil/accesos/cerrar", "/perfil/accesos/s%20x/cerrar", "/perfil/correo/codigo/reenviar"):
        visitor.get(address)
    visitor.get("/usuarios/u9/habilitar")
    to.request("DELETE", "/v1/deposits")
    to.request("PUT", "/ingresar")
    to.request("POST", "/v1/sessions", {"content-type": "text/plain"}, b"hola")
    to.request("POST", "/ingresar", {"content-type": "application/json"}, b"{}")


def institution(to: Recorder) -> None:
    """Deposits, refused and accepted, and what a sender reads of them."""
    from tests.deposit_world import COVERED, a_body, a_pdf, an_inline_file  # noqa: PLC0415

    body = a_body()
    first = to.signed("POST", "/v1/deposits", body, key="clave-1").json_body
    to.signed("POST", "/v1/deposits", body, key="clave-1")
    to.signed("POST", "/v1/deposits", a_body(term=None), key="clave-1")
    annexes = [
        an_inline_file(a_pdf("Anexo"), "anexo año.pdf"),
        an_inline_file(b"uno,dos\n", "datos.csv", media_type="text/csv"),
    ]
    several = {**body, "annexes": annexes, "regime": "acknowledgement"}
    second = to.signed("POST", "/v1/deposits", several, key="clave-2").json_body
    to.signed(
        "POST", "/v1/deposits", {**body, "regime": "immediate", "term": {"amount": 2, "unit": "months"}}, key="clave-3"
    )
    wrong: list[Any] = [
        b"{",
        b"[]",
        b'{"a": 1, "a": 2}',
        b"\xff",
        {},
        {**body, "recipient": {"document_type": "DNI", "document_number": "4"}},
        {**body, "recipient": {"document_type": "DNI", "document_number": "40000009"}},
        {**body, "recipient": {"document_type": "DNI", "document_number": "40000003"}},
        {**body, "sorpresa": 1},
        {**body, "regime": "otro"},
        {**body, "term": {"amount": 0, "unit": "business_days"}},
        {**body, "term": {"amount": 5, "unit": "siglos"}},
        {**body, "main": an_inline_file(b"no es pdf")},
        {**body, "main": an_inline_file(media_type="text/plain")},
        {**body, "main": an_inline_file(sha256="0" * 64)},
        {**body, "main": {**an_inline_file(), "content": "***"}},
        {**body, "main": {**an_inline_file(), "upload_id": "a" * 32}},
        {**body, "annexes": [an_inline_file(filename="..")]},
        {**body, "document": {**body["document"], "subject": "x" * 2001}},
        {**body, "document": {**body["document"], "subject": "\u0007"}},
        {**body, "document": {**body["document"], "subject": "漢"}},
        {**body, "document": {**body["document"], "issued_at": "2027-01-01T00:00:00-05:00"}},
        {**body, "case_file": {**body["case_file"], "opened_on": "2026-13-01"}},
    ]
    for number, one in enumerate(wrong):
        to.signed("POST", "/v1/deposits", one, key=f"mal-{number}")
    to.signed("POST", "/v1/deposits", body, key="con espacio")
    to.signed("POST", "/v1/deposits", body, key="c", covered=COVERED[:-1])
    to.signed("POST", "/v1/deposits", body, key="c", keyid="entidad-demo:otra")
    to.signed("POST", "/v1/deposits", body, key="c", keyid="mal")
    to.signed("POST", "/v1/deposits", body, key="c", keyid="entidad-inactiva:2026-1")
    to.signed("POST", "/v1/deposits", body, key="c", nonce="corto")
    to.signed("POST", "/v1/deposits", body, key="c", created=BEGUN - timedelta(days=1))
    to.signed("POST", "/v1/deposits?a=1", body, key="c")
    to.json("POST", "/v1/deposits", body)
    notice_id, other_id = first["notice_id"], second["notice_id"]
    for path in (notice_id, f"{notice_id}/receipt", f"{other_id}/status", "nada", "2345-6789-ABCD", notice_id.lower()):
        to.signed("GET", f"/v1/deposits/{path}")
    to.signed("GET", f"/v1/deposits/{notice_id}", keyid="entidad-inactiva:2026-1")
    for query in (
        "limit=50&month=2026-03",
        "month=2026-04",
        "month=2026-3",
        "",
        "limit=0&month=2026-03",
        "month=2026-03&otro=1",
    ):
        to.signed("GET", f"/v1/deposits?{query}" if query else "/v1/deposits")
    for mailbox_id in ("1-40000002", "1-40000003", "1-40000009", "9-1"):
        to.signed("GET", f"/v1/mailboxes/{mailbox_id}")
    for notice in (notice_id, other_id):
        to.invoke("send_alerts", _stream(f"notice#{notice}"))
    to.invoke("send_alerts", _stream(f"notice#{notice_id}", kind="alert.sent"))
    to.signed("GET", f"/v1/deposits/{other_id}/status")


def _stream(subject: str, kind: str = "notice.deposited") -> dict[str, Any]:
    change = {
        "ApproximateCreationDateTime": 1,
        "SequenceNumber": "1",
        "Keys": {"subject": {"S": subject}, "position": {"S": "p"}},
        "NewImage": {"subject": {"S": subject}, "type": {"S": kind}},
    }
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/events/stream/1"
    return {"Records": [{"eventID": "1", "eventName": "INSERT", "eventSourceARN": arn, "dynamodb": change}]}


def uploads(to: Recorder) -> None:
    """A file sent ahead: granted, arrived, checked, deposited; and one that is refused."""
    from tests.deposit_world import a_body, a_pdf, an_inline_file  # noqa: PLC0415

    for content in (a_pdf("Subido antes"), b"no es un PDF"):
        declared = an_inline_file(content)
        del declared["content"]
        granted = to.signed("POST", "/v1/uploads", declared).json_body
        to.signed("GET", f"/v1/uploads/{granted['upload_id']}")
        sent = {name.lower(): value for name, value in granted["headers"].items()}
        metadata = {name.removeprefix("x-amz-meta-"): value for name, value in sent.items() if "x-amz-meta-" in name}
        key = urlsplit(granted["url"]).path.removeprefix("/").removeprefix(f"{to.stage.environment['UPLOADS_BUCKET']}/")
        to.put("UPLOADS_BUCKET", key, content, sent["content-type"], metadata)
        to.hand_out("check_uploads", {"Records": [{"s3": {"object": {"key": key}}}]})
        to.signed("GET", f"/v1/uploads/{granted['upload_id']}")
        main = {**declared, "upload_id": granted["upload_id"]}
        to.signed("POST", "/v1/deposits", a_body(main=main), key=f"subido-{granted['upload_id']}")
    declared = an_inline_file()
    del declared["content"]
    for wrong in (
        {**declared, "size": 0},
        {**declared, "size": 10**9},
        {**declared, "sha256": "x"},
        {**declared, "otro": 1},
        {},
    ):
        to.signed("POST", "/v1/uploads", wrong)
    to.signed("POST", "/v1/deposits", a_body(main={**declared, "upload_id": "b" * 32}), key="subido-nunca")
    to.signed("GET", "/v1/uploads/nada")
    to.hand_out("check_uploads", {"Event": "s3:TestEvent"})


def token(to: Recorder, username: str = USERNAME, password: str = PASSWORD) -> str:
    """Log in by the API, so long after all before that no limit is met."""
    to.wait(hours=1)
    captcha_id = to.json("POST", "/v1/captchas").json_body["captcha_id"]
    proof = {"captcha": {"id": captcha_id, "answer": to.captcha(captcha_id)}}
    return str(
        to.json("POST", "/v1/sessions", {"username": username, "password": password, **proof}).json_body["token"]
    )


def entrance(to: Recorder) -> None:
    """Log in and out, by captcha and by code, on both doors."""
    mine = token(to)
    captcha_id = to.json("POST", "/v1/captchas").json_body["captcha_id"]
    to.json("GET", f"/v1/captchas/{captcha_id}/audio")
    to.json("GET", "/v1/captchas/nada/audio")
    proof = {"captcha": {"id": captcha_id, "answer": "XXXXX"}}
    to.json("POST", "/v1/sessions", {"username": USERNAME, "password": PASSWORD, **proof})
    for body in (
        {},
        {"username": USERNAME},
        {"username": USERNAME, "password": "x"},
        {
            "username": USERNAME,
            "password": "x",
            "captcha": {"id": "1", "answer": "2"},
            "email_code": {"id": "1", "code": "2"},
        },
        {"username": "9-9", "password": "x", "email_code": {"id": "1", "code": "234567"}},
        {"username": USERNAME, "password": "x" * 2000, **proof},
        {"username": USERNAME, "password": "\ud800", **proof},
    ):
        to.json("POST", "/v1/sessions", body)
    to.wait(hours=1)
    asked = to.json("POST", "/v1/login-codes", {"username": USERNAME}).json_body
    to.json("POST", "/v1/login-codes", {"username": USERNAME})
    to.json("POST", "/v1/login-codes", {"username": "1-49999999"})
    code = re.findall(r"^([2-9A-Z]{6})\r?$", to.mail("usuaria1"), re.MULTILINE)[-1]
    by_code = {"username": USERNAME, "password": PASSWORD, "email_code": {"id": asked["code_id"], "code": code}}
    to.json("POST", "/v1/sessions", {**by_code, "email_code": {"id": asked["code_id"], "code": "222222"}})
    to.json("POST", "/v1/sessions", by_code)
    to.json("POST", "/v1/sessions", by_code)
    to.json("GET", "/v1/sessions/current", token=mine)
    to.json("GET", "/v1/sessions/current", token="nada")
    to.json("GET", "/v1/sessions/current")
    listed = to.json("GET", "/v1/sessions", token=mine).json_body["sessions"]
    to.json("DELETE", f"/v1/sessions/{listed[0]['session_id']}", token=mine)
    to.json("DELETE", "/v1/sessions/nada", token=mine)
    to.wait(minutes=21)
    to.json("GET", "/v1/notices", token=mine)
    captcha_id = to.json("POST", "/v1/captchas").json_body["captcha_id"]
    proof = {"captcha": {"id": captcha_id, "answer": to.captcha(captcha_id)}}
    to.json("POST", "/v1/sessions/current/validation", {"password": "mala", **proof}, token=mine)
    captcha_id = to.json("POST", "/v1/captchas").json_body["captcha_id"]
    proof = {"captcha": {"id": captcha_id, "answer": to.captcha(captcha_id)}}
    renewed = to.json("POST", "/v1/sessions/current/validation", {"password": PASSWORD, **proof}, token=mine).json_body
    ended = to.json("DELETE", "/v1/sessions", token=renewed["token"]).json_body
    to.json("DELETE", "/v1/sessions/current", token=ended["token"])
    _entrance_pages(to)


def _entrance_pages(to: Recorder) -> None:
    to.wait(hours=1)
    visitor = Visitor(to)
    visitor.get("/ingresar?salida=si")
    visitor.get("/ingresar?volver=/perfil")
    visitor.fill("/ingresar")
    visitor.fill("/ingresar", username=USERNAME, password=PASSWORD, captcha_id="nada")
    visitor.fill("/ingresar", username=USERNAME, password="mala")
    visitor.post("/ingresar", {"origin": "https://otro.example"}, username=USERNAME, password=PASSWORD)
    visitor.get("/casilla")
    visitor.fill("/ingresar?volver=/usuarios", "/ingresar", username=USERNAME, password=PASSWORD)
    visitor.get("/usuarios")
    visitor.get("/clave")
    sound = re.findall(r'"(/captchas/[^"]+)"', visitor.get("/validar").body.decode())
    for address in sound:
        visitor.get(address)
    visitor.get("/captchas/nada/audio")
    visitor.fill("/validar")
    visitor.fill("/validar", password="mala")
    visitor.fill("/validar", password=PASSWORD)
    to.wait(minutes=2)
    shown = visitor.fill("/validar", action="code")
    code = re.findall(r"^([2-9A-Z]{6})\r?$", to.mail("usuaria1"), re.MULTILINE)[-1]
    visitor.submit(shown, "/validar", password=PASSWORD, code="222222")
    visitor.submit(shown, "/validar", password=PASSWORD, code=code)
    visitor.post("/salir")
    visitor.fill("/clave", "/salir")
    to.wait(minutes=2)
    visitor.get("/ingresar/codigo?usuario=1-40000002")
    visitor.fill("/ingresar/codigo")
    shown = visitor.fill("/ingresar/codigo", username=USERNAME)
    visitor.fill("/ingresar/codigo", username=USERNAME)
    code = re.findall(r"^([2-9A-Z]{6})\r?$", to.mail("usuaria1"), re.MULTILINE)[-1]
    visitor.submit(shown, "/ingresar", username=USERNAME, password=PASSWORD, code="2")
    visitor.submit(shown, "/ingresar", username=USERNAME, password=PASSWORD, code=code)


def logged_in(to: Recorder, username: str = USERNAME, password: str = PASSWORD) -> Visitor:
    """Log in by the pages, so long after all before that no limit is met."""
    to.wait(hours=1)
    visitor = Visitor(to)
    visitor.fill("/ingresar", username=username, password=password)
    return visitor


def mailbox(to: Recorder) -> None:
    """The list, an envelope, an opening, files, search and prepared files, on the pages."""
    visitor = logged_in(to)
    listed = visitor.get("/casilla").body.decode()
    notices = list(dict.fromkeys(re.findall(r'href="(/casilla/[0-9A-Z-]{8,})"', listed)))
    for address in notices:
        visitor.get(address)
    for part in ("/constancia", "/documentos/1", "/documentos/principal"):
        visitor.get(notices[0] + part)
    visitor.fill(notices[0], notices[0] + "/anexos")
    for address in notices[:3]:
        visitor.fill(address)
        shown = visitor.get(address).body.decode()
        for file in re.findall(r'href="(/casilla/[^"]+/(?:documentos|constancia)[^"]*)"', shown):
            visitor.get(file)
        to.wait(minutes=2)
        visitor.get(address)
        visitor.post(address)
    visitor.get("/casilla/nada")
    visitor.get("/casilla/2345-6789-ABCD")
    for query in ("", "?vista=leidos", "?vista=otra", "?desde=nada", "?vista=leidos&desde=" + "x" * 20):
        visitor.get(f"/casilla{query}")
    _search_pages(visitor)
    _prepared_files(to, visitor, notices)


def _search_pages(visitor: Visitor) -> None:
    rows = [
        "",
        "campo=asunto&operador=contiene&valor=respuesta",
        "campo=asunto&operador=contiene&valor=",
        "campo=asunto&operador=contiene&valor=nadie",
        "campo=fecha_envio&operador=desde&valor=01/03/2026&campo=emisor&operador=igual&valor=Entidad",
        "campo=fecha_envio&operador=desde&valor=ayer",
        "campo=otro&operador=contiene&valor=x",
        "campo=asunto&operador=otro&valor=x",
        "campo=asunto&operador=contiene&valor=respuesta&agregar=si",
        "campo=asunto&operador=contiene&valor=" + "x" * 201,
        "&".join(["campo=asunto&operador=contiene&valor=a"] * 11),
    ]
    for row in rows:
        visitor.get(f"/casilla/buscar?{row}" if row else "/casilla/buscar")


def _prepared_files(to: Recorder, visitor: Visitor, notices: list[str]) -> None:
    asked = [
        visitor.fill("/casilla", "/casilla/exportar", vista="leidos", formato="excel"),
        visitor.fill("/casilla", "/casilla/exportar", vista="pendientes", formato="pdf"),
        visitor.fill("/casilla", "/casilla/exportar", campo="asunto", operador="contiene", valor="respuesta"),
        visitor.fill(notices[0], notices[0] + "/anexos"),
        visitor.fill(notices[2], notices[2] + "/anexos"),
        visitor.fill(notices[0], notices[0] + "/pruebas"),
        visitor.fill("/casilla/copia", anio="26"),
        visitor.fill("/casilla/copia", anio="2026"),
        visitor.fill("/casilla/copia", anio=""),
    ]
    places = [str(answer.headers["Location"]) for answer in asked if answer.status_code == 303]
    for place in places:
        visitor.get(place)
        visitor.get(f"{place}/archivo")
        to.hand_out("prepare_exports", {"export_id": place.rpartition("/")[2]})
        visitor.get(place)
        visitor.get(f"{place}/archivo")
    visitor.get("/descargas/nada")
    to.hand_out("prepare_exports", {"export_id": "nada"})


def reading_by_program(to: Recorder) -> None:
    """The same by the API."""
    mine = token(to)
    listed = to.json("GET", "/v1/notices?limit=50&reading=all", token=mine).json_body["notices"]
    for query in (
        "",
        "?reading=read",
        "?reading=otra",
        "?limit=7",
        "?cursor=nada",
        "?reading=all&reading=read",
        "?x=1",
    ):
        to.json("GET", f"/v1/notices{query}", token=mine)
    for query in ("campo=asunto&operador=contiene&valor=carta", "reading=all", "campo=x&operador=y&valor=z", "limit=9"):
        to.json("GET", f"/v1/notices/search?{query}", token=mine)
    for notice in listed:
        notice_id = notice["notice_id"]
        to.json("GET", f"/v1/notices/{notice_id}", token=mine)
        to.json("GET", f"/v1/notices/{notice_id}/files/0", token=mine)
        to.json("POST", f"/v1/notices/{notice_id}/opening", token=mine)
        to.json("GET", f"/v1/notices/{notice_id}", token=mine)
        for name in ("0", "1", "main", "receipt", "annex-1", "nada"):
            to.json("GET", f"/v1/notices/{notice_id}/files/{name}", token=mine)
    to.json("GET", "/v1/notices/nada", token=mine)
    notice_id = listed[0]["notice_id"]
    for body in (
        {"kind": "evidence", "notice_id": notice_id},
        {"kind": "annexes", "notice_id": notice_id},
        {"kind": "annexes", "notice_id": "nada"},
        {"kind": "mailbox"},
        {"kind": "mailbox", "year": 2026},
        {"kind": "mailbox", "year": 1},
        {"kind": "listing", "format": "excel", "query": "campo=asunto&operador=contiene&valor=carta"},
        {"kind": "listing", "format": "pdf", "reading": "read"},
        {"kind": "listing", "format": "otro"},
        {"kind": "otro"},
        {},
    ):
        asked = to.json("POST", "/v1/exports", body, token=mine).json_body
        if "export_id" in asked:
            to.json("GET", f"/v1/exports/{asked['export_id']}", token=mine)
            to.hand_out("prepare_exports", {"export_id": asked["export_id"]})
            to.json("GET", f"/v1/exports/{asked['export_id']}", token=mine)
    to.json("GET", "/v1/exports/nada", token=mine)


LUIS = {
    "document_type": "DNI",
    "document_number": "40000028",
    "name": "Luis Vega Demo",
    "email": "luis@ejemplo.pe",
    "mobile": "987 654 321",
}
EVA = {
    "document_type": "CE",
    "document_number": "000123456",
    "name": "Eva Paz Demo",
    "email": "eva@ejemplo.pe",
    "mobile": "",
}


def people(to: Recorder) -> None:
    """Users: added, activated, disabled and enabled, on both doors."""
    mine = token(to)
    for body in (
        {},
        {**LUIS, "email": "mal"},
        {**LUIS, "document_number": "4"},
        {**LUIS, "otro": 1},
        {**LUIS, "name": 3},
    ):
        to.json("POST", "/v1/users", body, token=mine)
    luis = to.json("POST", "/v1/users", LUIS, token=mine).json_body["user_id"]
    to.json("POST", "/v1/users", LUIS, token=mine)
    to.wait(minutes=2)
    to.json("POST", f"/v1/users/{luis}/activation-mail", token=mine)
    to.json("POST", f"/v1/users/{luis}/activation-mail", {"email": "luis.vega@ejemplo.pe"}, token=mine)
    to.json("POST", "/v1/users/nadie/activation-mail", {}, token=mine)
    link = re.findall(r"/activar/(\S+)", to.mail("luis.vega"))[-1]
    for body in (
        {},
        {"new_password": "a", "new_password_repeated": "b"},
        {"new_password": "corta", "new_password_repeated": "corta"},
    ):
        to.json("POST", f"/v1/activations/{link}", body)
    to.json("POST", f"/v1/activations/{link}", {"new_password": NEW, "new_password_repeated": NEW})
    to.json("POST", f"/v1/activations/{link}", {"new_password": NEW, "new_password_repeated": NEW})
    theirs = token(to, f"{USERNAME}.40000028", NEW)
    to.json("GET", "/v1/users", token=theirs)
    to.json("POST", "/v1/users", EVA, token=theirs)
    mine = token(to)
    for user_id in (luis, "u1", "nadie"):
        for what in ("disabling", "disabling", "enabling", "enabling"):
            to.json("POST", f"/v1/users/{user_id}/{what}", token=mine)
    to.json("GET", "/v1/users", token=mine)
    _people_pages(to, luis)


def _people_pages(to: Recorder, luis: str) -> None:
    visitor = logged_in(to)
    visitor.get("/usuarios")
    visitor.get("/usuarios/agregar")
    visitor.fill("/usuarios/agregar")
    visitor.fill("/usuarios/agregar", **{**EVA, "email": "luis.vega@ejemplo.pe"})
    shown = visitor.fill("/usuarios/agregar", **EVA)
    visitor.submit(shown, "/usuarios/agregar", step="corregir", **EVA)
    added = visitor.submit(shown, "/usuarios/agregar", step="agregar", **EVA)
    visitor.submit(shown, "/usuarios/agregar", step="agregar", **EVA)
    visitor.get(str(added.headers["Location"]))
    eva = str(added.headers["Location"]).rpartition("=")[2]
    to.wait(minutes=2)
    visitor.get(f"/usuarios/{eva}/activacion")
    visitor.fill(f"/usuarios/{eva}/activacion", email="mal")
    visitor.get(
        str(
            visitor.fill(f"/usuarios/{eva}/activacion", email="eva.paz@ejemplo.pe").headers.get("Location", "/usuarios")
        )
    )
    visitor.get(f"/usuarios/{luis}/activacion")
    link = re.findall(r"/activar/(\S+)", to.mail("eva.paz"))[-1]
    guest = Visitor(to)
    guest.fill(f"/activar/{link}", new_password="corta", new_password_repeated="corta")
    guest.fill(f"/activar/{link}", f"/activar/{link}/otro")
    to.wait(days=8)
    guest.get(f"/activar/{link}")
    guest.post(f"/activar/{link}/otro")
    guest.post(f"/activar/{link}", new_password=NEW, new_password_repeated=NEW)
    link = re.findall(r"/activar/(\S+)", to.mail("eva.paz"))[-1]
    guest.fill(f"/activar/{link}", new_password=NEW, new_password_repeated=NEW)
    guest.get(f"/activar/{link}")
    guest.get("/activar/nada")
    visitor = logged_in(to)
    for user_id in (eva, "nadie", "u1"):
        visitor.fill(f"/usuarios/{user_id}/deshabilitar")
        visitor.fill("/usuarios", f"/usuarios/{user_id}/habilitar")
    visitor.get(f"/usuarios?hecho=habilitado&usuario={eva}")
    other = logged_in(to, f"{USERNAME}.40000028", NEW)
    other.get("/usuarios")
    other.get("/usuarios/agregar")
    other.get(f"/usuarios/{eva}/deshabilitar")


def profile(to: Recorder) -> None:
    """Own data, mobile, another e-mail, accesses, on both doors."""
    mine = token(to)
    to.json("GET", "/v1/profile", token=mine)
    for body in (
        {},
        {"mobile": "912345678"},
        {"mobile": "1"},
        {"mobile": ""},
        {"x": 1},
    ):
        to.json("POST", "/v1/profile", body, token=mine)
    for body in (
        {},
        {"email": "otra@ejemplo.pe"},
        {"email": "otra@ejemplo.pe", "password": NEW},
        {"email": "mal", "password": PASSWORD},
        {"email": "usuaria1@ejemplo.pe", "password": PASSWORD},
        {"email": "otra@ejemplo.pe", "password": PASSWORD},
        {"email": "otra@ejemplo.pe", "password": PASSWORD},
    ):
        to.json("POST", "/v1/profile/email", body, token=mine)
    code = re.findall(r"^([2-9A-Z]{6})\r?$", to.mail("otra@"), re.MULTILINE)[-1]
    for typed in ("222222", "x", code, code):
        to.json("POST", "/v1/profile/email/verification", {"code": typed}, token=mine)
    visitor = logged_in(to)
    visitor.get("/perfil")
    for address in ("/perfil/celular", "/perfil/correo", "/perfil/correo/codigo"):
        visitor.get(address)
    for mobile in ("1", "912 345 678", ""):
        visitor.fill("/perfil/celular", mobile=mobile)
    to.wait(minutes=2)
    visitor.fill("/perfil/correo")
    for email, again, typed in (
        ("nueva@ejemplo.pe", "otra@ejemplo.pe", PASSWORD),
        ("nueva@ejemplo.pe", "nueva@ejemplo.pe", ""),
        ("nueva@ejemplo.pe", "nueva@ejemplo.pe", NEW),
        ("nueva@ejemplo.pe", "nueva@ejemplo.pe", PASSWORD),
        ("nueva@ejemplo.pe", "nueva@ejemplo.pe", PASSWORD),
        ("tercera@ejemplo.pe", "tercera@ejemplo.pe", PASSWORD),
    ):
        visitor.fill("/perfil/correo", email=email, email_again=again, password=typed)
    visitor.fill("/perfil/correo/codigo", "/perfil/correo/codigo/reenviar")
    to.wait(minutes=2)
    visitor.fill("/perfil/correo/codigo", "/perfil/correo/codigo/reenviar")
    visitor.get("/perfil/correo/codigo?envio=hecho")
    visitor.fill("/perfil/correo/codigo", code="222222")
    code = re.findall(r"^([2-9A-Z]{6})\r?$", to.mail("nueva@"), re.MULTILINE)[-1]
    shown = visitor.get("/perfil/correo/codigo")
    visitor.submit(shown, "/perfil/correo/codigo", code=code)
    visitor.submit(shown, "/perfil/correo/codigo", code=code, email="nueva@ejemplo.pe")
    for what in ("correo", "celular", "sin-celular", "avisos", "cerrada", "cerradas", "nada"):
        visitor.get(f"/perfil?hecho={what}")
    other, visitor = logged_in(to), Visitor(to)
    visitor.fill("/ingresar", username=USERNAME, password=PASSWORD)
    other.get("/perfil")
    for address in re.findall(r'action="(/perfil/accesos/[^"]+/cerrar)"', visitor.get("/perfil").body.decode())[:1]:
        visitor.fill("/perfil", address)
    visitor.fill("/perfil", "/perfil/accesos/cerrar")
    visitor.get("/perfil")


def passwords(to: Recorder) -> None:
    """Changed knowing the old one; recovered by a link, also an expired one."""
    mine = token(to)
    for body in (
        {},
        {"old_password": "mala", "new_password": NEW, "new_password_repeated": NEW},
        {"old_password": PASSWORD, "new_password": PASSWORD, "new_password_repeated": PASSWORD},
        {"old_password": PASSWORD, "new_password": NEW, "new_password_repeated": NEW},
    ):
        to.json("POST", "/v1/passwords", body, token=mine)
    visitor = logged_in(to, password=NEW)
    visitor.get("/clave")
    visitor.fill("/clave")
    visitor.fill(
        "/clave", old_password="mala", new_password="Otra-mas-larga-3", new_password_repeated="Otra-mas-larga-3"
    )
    visitor.fill("/clave", old_password=NEW, new_password=PASSWORD, new_password_repeated=PASSWORD)
    visitor.get("/clave/cambiada")
    who = {"person_type": "natural", "document_type": "DNI", "document_number": "40000002", "email": "nueva@ejemplo.pe"}
    for body in (
        {},
        {**who, "person_type": "x"},
        {**who, "document_type": "RUC"},
        {**who, "document_number": "1"},
        {**who, "email": "x"},
        who,
        who,
    ):
        to.json("POST", "/v1/password-resets", body)
    link = re.findall(r"/recuperar/(\S+)", to.mail("nueva@"))[-1]
    for body in (
        {},
        {"new_password": "corta", "new_password_repeated": "corta"},
        {"new_password": NEW, "new_password_repeated": NEW},
    ):
        to.json("POST", f"/v1/password-resets/{link}", body)
    to.json("POST", f"/v1/password-resets/{link}", {"new_password": NEW, "new_password_repeated": NEW})
    guest = Visitor(to)
    guest.get("/olvide-mi-clave")
    guest.fill("/olvide-mi-clave")
    guest.fill("/olvide-mi-clave", **{**who, "document_type": "RUC"})
    to.wait(minutes=2)
    guest.fill("/olvide-mi-clave", **who)
    guest.fill("/olvide-mi-clave", **who)
    link = re.findall(r"/recuperar/(\S+)", to.mail("nueva@"))[-1]
    guest.get(f"/recuperar/{link}")
    guest.fill(f"/recuperar/{link}", new_password="a", new_password_repeated="b")
    to.wait(days=3)
    guest.fill(f"/recuperar/{link}", new_password=PASSWORD, new_password_repeated=PASSWORD)
    link = re.findall(r"/recuperar/(\S+)", to.mail("nueva@"))[-1]
    guest.fill(f"/recuperar/{link}", new_password=PASSWORD, new_password_repeated=PASSWORD)
    guest.fill(f"/recuperar/{link}", new_password=PASSWORD, new_password_repeated=PASSWORD)
    guest.fill("/recuperar/nada", new_password=PASSWORD, new_password_repeated=PASSWORD)


def _claims() -> tuple[dict[str, Any], dict[str, Any]]:
    from chalicelib.renderers.portal_texts import portal_texts  # noqa: PLC0415
    from chalicelib.store.codec import to_data  # noqa: PLC0415
    from tests.registry_world import a_person  # noqa: PLC0415

    person = {key: value for key, value in to_data(a_person("99000001")).items() if value}
    accepted = [{"text": text, "version": version} for text, version in portal_texts().current.items()]
    contact = {"phone": "987 654 321", "email": "rosa@ejemplo.pe", "email_again": "rosa@ejemplo.pe"}
    return person, {**contact, "accepted": accepted}


def registration_by_program(to: Recorder) -> None:
    """A person registers by the API, denied, verified, and registered already."""
    person, rest = _claims()
    form = {"person": person, **rest}
    company = {
        "ruc": "20990000019",
        "legal_name": "Empresa de Prueba S.A.C.",
        "district": "Miraflores",
        "representative": person,
        "power": {"page": "11012345", "entry": "C00012"},
    }
    for body in (
        {},
        {"person": {}, **rest},
        {**form, "company": company},
        {**form, "accepted": []},
        {**form, "email_again": "otra@ejemplo.pe", "phone": "1"},
        {**form, "person": {**person, "cui": "0" if person["cui"] != "0" else "1"}},
        {**form, "person": {**person, "given_names": "Otra"}},
    ):
        to.json("POST", "/v1/registrations", body)
    to.wait(hours=2)
    begun = to.json("POST", "/v1/registrations", form).json_body
    place = f"/v1/registrations/{begun['registration_id']}"
    to.json("GET", place)
    to.json("GET", "/v1/registrations/nada")
    to.json("POST", f"{place}/codes")
    to.wait(minutes=2)
    to.json("POST", f"{place}/codes")
    to.json("POST", f"{place}/email", {"email": "r@ejemplo.pe", "email_again": "x@ejemplo.pe"})
    to.wait(minutes=2)
    to.json("POST", f"{place}/email", {"email": "rosa2@ejemplo.pe", "email_again": "rosa2@ejemplo.pe"})
    code = re.findall(r"Clave de validación: ([0-9A-Z]{6})", to.mail("rosa2@"))[-1]
    for typed in ("222222", code, code):
        to.json("POST", f"{place}/verification", {"code": typed})
    to.json("GET", place)
    first = re.findall(r"contraseña temporal: (\S+)|Contraseña[^\n]*: (\S+)", to.mail("rosa2@"), re.IGNORECASE)
    if first:
        temporary = next(part for part in first[-1] if part)
        newcomer = Visitor(to)
        newcomer.fill("/ingresar", username="1-99000001", password=temporary)
        newcomer.get("/casilla")
        newcomer.fill("/clave", old_password=temporary, new_password=NEW, new_password_repeated=NEW)
        newcomer.get("/casilla")
    to.wait(hours=2)
    to.json("POST", "/v1/registrations", form)
    late = {**form, "person": {**person, "number": "99000014", "cui": "0"}}
    to.json("POST", "/v1/registrations", late)


def registration_by_pages(to: Recorder) -> None:
    """A person registers step by step, and verifies by the link."""
    to.wait(hours=2)
    applicant = Visitor(to)
    applicant.get("/registro")
    applicant.get("/registro/revisar")
    applicant.fill("/registro/terminos")
    applicant.fill("/registro/terminos", accepted="si", version="otra")
    applicant.fill("/registro/terminos", accepted="si")
    applicant.fill("/registro/privacidad", accepted="si")
    applicant.fill("/registro/tipo")
    applicant.fill("/registro/tipo", person_type="natural")
    typed = {
        "number": "99000002",
        "paternal_surname": "Ficticio",
        "maternal_surname": "Supuesto",
        "given_names": "José Ángel",
        "birth_date": "15/3/1990",
        "sex": "F",
        "issue_date": "10-01-2020",
        "phone": "987 654 321",
        "email": "jose@ejemplo.pe",
        "email_again": "jose@ejemplo.pe",
    }
    applicant.fill("/registro/persona-natural")
    applicant.fill("/registro/persona-natural", **{**typed, "birth_date": "31/2/1990", "cui": "x"})
    from stdnum.pe import cui  # noqa: PLC0415

    applicant.fill("/registro/persona-natural", **typed, cui=cui.calc_check_digits("99000002")[0])
    applicant.get("/registro/persona-natural?desde=revisar")
    mail_page = str(applicant.fill("/registro/revisar").headers["Location"])
    applicant.get("/registro/revisar")
    applicant.get(mail_page)
    applicant.get(f"{mail_page}?envio=fallido")
    applicant.fill(mail_page, code="222222")
    applicant.fill(mail_page, f"{mail_page}/reenviar")
    to.wait(minutes=2)
    applicant.fill(mail_page, f"{mail_page}/reenviar")
    applicant.fill(f"{mail_page}/cambiar", email="a@ejemplo.pe", email_again="b@ejemplo.pe")
    to.wait(minutes=2)
    first = re.findall(r"/verificar-correo/[\w-]+", to.mail("jose@"))[-1]
    applicant.fill(f"{mail_page}/cambiar", email="jose2@ejemplo.pe", email_again="jose2@ejemplo.pe")
    link = re.findall(r"/verificar-correo/[\w-]+", to.mail("jose2@"))[-1]
    stranger = Visitor(to)
    for address in (first, link, "/verificar-correo/nada"):
        stranger.get(address)
    stranger.fill(first)
    stranger.fill(link, f"{link}/reenviar")
    to.wait(days=1, minutes=2)
    stranger.get(link)
    stranger.fill(link)
    stranger.fill(link, f"{link}/reenviar")
    link = re.findall(r"/verificar-correo/[\w-]+", to.mail("jose2@"))[-1]
    stranger.fill(link)
    stranger.get(link)
    stranger.fill(link)
    applicant.get(mail_page)
    applicant.get(f"{mail_page}/cambiar")
    applicant.get("/registro/correo/nada")


def company(to: Recorder) -> None:
    """A company registers; its registry denies it first."""
    to.wait(hours=2)
    applicant = Visitor(to)
    applicant.fill("/registro/terminos", accepted="si")
    applicant.fill("/registro/privacidad", accepted="si")
    applicant.fill("/registro/tipo", person_type="juridica")
    contact = {"phone": "987 654 321", "email": "empresa@ejemplo.pe", "email_again": "empresa@ejemplo.pe"}
    typed = {"ruc": "20990000019", "legal_name": "Empresa de Prueba S.A.C.", "district": "Otro", **contact}
    applicant.fill("/registro/persona-juridica", **{**typed, "ruc": "20990000018"})
    applicant.fill("/registro/persona-juridica", **typed)
    applicant.fill("/registro/revisar")
    applicant.fill("/registro/persona-juridica", **{**typed, "district": "Miraflores"})
    mail_page = str(applicant.fill("/registro/revisar").headers.get("Location", "/registro"))
    code = re.findall(r"Clave de validación: ([0-9A-Z]{6})", to.mail("empresa@"))[-1]
    applicant.fill(mail_page, code=code)
    applicant.get(mail_page)
    lost = Visitor(to)
    lost.fill("/registro/terminos", accepted="si")
    to.wait(hours=2)
    lost.get("/registro/privacidad")


def late_forms(to: Recorder) -> None:
    """A form sent when the validation was over is kept, shown again, sent or thrown away."""
    for ends in ("send", "discard"):
        visitor = logged_in(to)
        page = visitor.get("/perfil/celular")
        to.wait(minutes=21)
        visitor.submit(page, "/perfil/celular", mobile="912 345 678")
        visitor.fill("/validar?volver=/borrador", "/validar", password=PASSWORD)
        kept = visitor.get("/borrador")
        if ends == "send":
            visitor.submit(kept, "/perfil/celular", mobile="912 345 678")
        else:
            visitor.submit(kept, "/borrador/descartar")
        visitor.get("/borrador")
        visitor.post("/perfil/celular", mobile="9")
        visitor.post("/perfil/celular", {}, mobile="9")
        visitor.post("/perfil/celular", {"origin": player.PORTAL}, mobile="9")
        visitor.cookies["__Host-session"] = "nada"
        visitor.get("/casilla")
        visitor.post("/perfil/celular", mobile="9")
        visitor.to.request(
            "POST", "/perfil/celular", {"content-type": "application/x-www-form-urlencoded"}, b"\xff=%ff"
        )


def jobs(to: Recorder) -> None:
    """What workers do by schedule and by topic."""
    event = {
        "version": "0",
        "id": "local",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": "2026-03-09T20:15:30Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {},
    }
    for wait in (0, 1, 31):
        to.wait(days=wait)
        for name in (
            "sweep_alerts",
            "finish_registrations",
            "clean_registrations",
            "clean_tokens",
            "expire_uploads",
            "sweep_orphans",
        ):
            to.invoke(name, event)
    for message in ("{", json.dumps({"eventType": "Delivery"}), json.dumps({"notificationType": "Bounce"})):
        topic = {
            "Records": [
                {"EventSource": "aws:sns", "Sns": {"Message": message, "Subject": None, "MessageAttributes": {}}}
            ]
        }
        to.invoke("record_deliveries", topic)


if __name__ == "__main__":
    main()
