"""The floor under a first answer: the same calls and the same libraries, and nothing of the service.

A bare Chalice app with the service's addresses, or with one stream; botocore's own session with one client for each
service that is called; and what the answer is made of, once, as `bench.first_floor` took it from a real answer.
"""

import json
import marshal
import sys
import time
from datetime import datetime
from typing import Any


def answer(asked: dict[str, Any]) -> Any:
    """Give one answer by an app of its own."""
    from chalice.app import Chalice, Response

    floor: Any = Chalice(app_name="floor", configure_logs=False)
    context = type("Context", (), {"aws_request_id": "bench", "function_name": "api", "memory_limit_in_mb": "1024"})()
    if "routes" not in asked:
        return floor.on_dynamodb_record("events-stream")(lambda _: work(asked))(asked["event"], context)

    def view(**_: str) -> Response:
        return Response(work(asked), status_code=200, headers={"Content-Type": asked["media_type"]})

    for number, (method, path) in enumerate(asked["routes"]):
        floor.route(path, methods=[method], name=str(number))(view)
    return floor(asked["event"], context)


def work(asked: dict[str, Any]) -> Any:
    """Do every part that was asked for, and return the answer's text."""
    zone = local_zone() if asked["is_local"] else None
    if "signature" in asked:
        json.loads(asked["event"]["body"])
        verify(**asked["signature"])
    answers = make_calls(asked["calls"]) if asked["calls"] else []
    values: dict[str, Any] = {}
    if "captcha" in asked:
        values["picture"] = draw_captcha(**asked["captcha"])
    if "table" in asked:
        [rows] = [answer["Items"] for answer in answers if "Items" in answer]
        values["table"] = fill_table(template(asked["table"]), rows, zone)
    if "receipt" in asked:
        draw_receipt(**asked["receipt"])
    if "letters" in asked:
        write_letters(asked["letters"], {kind: template(given) for kind, given in asked["bodies"].items()})
    return template(asked["page"]).render(texts=asked["texts"], **values) if "page" in asked else asked["text"]


def local_zone() -> Any:
    """Load the country's zone, as what tells a local time has to."""
    from zoneinfo import ZoneInfo

    return ZoneInfo("America/Lima")


def make_calls(calls: list[Any]) -> list[dict[str, Any]]:
    """Make the calls one after the other."""
    from botocore import xform_name
    from botocore.config import Config
    from botocore.session import Session

    session, clients, answers = Session(), {}, []
    config = Config(parameter_validation=False, retries={"total_max_attempts": 4, "mode": "standard"})
    for service, operation, parameters in calls:
        if service not in clients:
            clients[service] = session.create_client(service, config=config)
        answer = getattr(clients[service], xform_name(operation))(**parameters)
        if operation == "GetObject":
            answer["Body"].read()
        answers.append(answer)
    return answers


def environment() -> Any:
    """Return Jinja2's environment."""
    from jinja2 import Environment

    made = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["short_moment"] = str  # of another macro in the file of the list's table
    return made


def template(given: str | bytes) -> Any:
    """Have Jinja2 compile a template, as it does by itself, or take the bytecode of one."""
    made = environment()
    if isinstance(given, str):
        return made.from_string(given)
    return made.template_class.from_code(made, marshal.loads(given), made.make_globals(None))


def fill_table(table: Any, rows: list[Any], zone: Any) -> str:
    """Put stored rows into the list's own table; of a dictionary, a template would look for attributes first."""
    from types import SimpleNamespace

    shown = []
    for row in rows:
        notice = json.loads(row["data"]["S"])
        document = notice["document"]
        issued, sent = (datetime.fromisoformat(at) for at in (document["issued_at"], notice["deposited_at"]))
        shown.append(
            SimpleNamespace(
                address=notice["notice_id"],
                is_opened=False,
                year=sent.year,
                subject=document["subject"],
                office=document["office"],
                sender=notice["sender"]["name"],
                document_type=document["type"],
                document_number=document["number"],
                issued=f"{issued.astimezone(zone):%d/%m/%Y %H:%M}",
                issued_at=document["issued_at"],
                sent=f"{sent.astimezone(zone):%d/%m/%Y %H:%M}",
                sent_at=notice["deposited_at"],
                deadline=SimpleNamespace(urgency="calm", words=notice["deadline"]["ends_by"], left=""),
            )
        )
    return str(table.make_module().notice_table(shown, "Notificaciones pendientes"))


def draw_captcha(text: str, font: str) -> str:
    """Draw one picture of the same size, and write it as an address."""
    from base64 import b64encode

    from captcha.image import ImageCaptcha

    captcha = ImageCaptcha(width=260, height=80, fonts=[font], font_sizes=(42, 48, 54))
    return f"data:image/png;base64,{b64encode(captcha.generate(text, format='png').getvalue()).decode()}"


def verify(public_key: bytes, request: dict[str, Any]) -> None:
    """Verify the request's signature and its body's digest."""
    from types import SimpleNamespace

    from cryptography.hazmat.primitives.serialization import load_der_public_key
    from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver
    from http_message_signatures.algorithms import ED25519

    class OneKey(HTTPSignatureKeyResolver):
        def resolve_public_key(self, key_id: str) -> Any:  # noqa: ARG002 - there is one
            return load_der_public_key(public_key)

    verifier = HTTPMessageVerifier(signature_algorithm=ED25519, key_resolver=OneKey())
    verifier.verify(SimpleNamespace(**request), body=request["body"])


def draw_receipt(drawn: list[Any], url: str, attachment: bytes) -> bytes:
    """Write the receipt's texts and lines where the service's layout puts them, in core fonts, beside a QR code."""
    import segno
    from fpdf import FPDF

    paper: Any = FPDF()
    paper.core_fonts_encoding = "cp1252"
    paper.set_auto_page_break(auto=False)
    paper.add_page()
    modules = segno.make_qr(url, error="m", mask=2, boost_error=False).matrix
    dark = [(x, y) for y, row in enumerate(modules) for x, module in enumerate(row) if module]
    paper._out("\n".join(f"{450 + 2 * x} {780 - 2 * y} 2 2 re" for x, y in dark) + " f")  # noqa: SLF001 - as ours
    for name, place, font, arguments in drawn:
        if name == "cell":
            paper.set_font("helvetica", *font)
            paper.set_xy(*place)
        getattr(paper, name)(*arguments)
    paper.embed_file(bytes=attachment, basename="deposito.json", mime_type="application/json", compress=True)
    return bytes(paper.output())


def write_letters(letters: list[Any], bodies: dict[str, Any]) -> list[bytes]:
    """Write every e-mail: both bodies by Jinja2, and what is attached."""
    from email.message import EmailMessage
    from email.policy import SMTP

    written = []
    for letter in letters:
        message = EmailMessage(policy=SMTP)
        for name, value in letter["headers"].items():
            message[name] = value
        message.set_content(bodies["plain"].render(texts=letter["texts"]), cte="quoted-printable")
        message.add_alternative(bodies["html"].render(texts=letter["texts"]), subtype="html", cte="quoted-printable")
        for content in letter["attached"]:
            message.add_attachment(content, maintype="application", subtype="pdf", filename="constancia.pdf")
        written.append(message.as_bytes())
    return written


def main() -> None:
    """Answer, and tell what all of it took from the start on."""
    given = answer(marshal.load(sys.stdin.buffer))
    taken = time.process_time()
    print(json.dumps({"cpu": taken, "modules": len(sys.modules), "answer": given}))
