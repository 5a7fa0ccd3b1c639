"""What is loaded when: heavy libraries where they are used, and everything else at a module's top."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib.config import Config

ROOT = Path(__file__).parents[2]
HEAVY = {
    "argon2": "only who chooses or types a password",
    "aws_lambda_powertools": "only a line of the log; most requests write none",
    "boto3": "nothing: botocore's session makes the clients",
    "botocore": "only who talks to AWS, as every page does for the outages",
    "captcha": "only who shows or speaks a challenge",
    "cryptography": "only signatures, and drafts, which are sealed",
    "defusedxml": "only fpdf2",
    "fontTools": "only fpdf2",
    "fpdf": "only receipts and lists as PDF",
    "http_message_signatures": "only the proof of a signed request",
    "http_sf": "only a signed request",
    "joserfc": "only who comes back from an identity provider, and a public key in JWK",
    "lxml": "only pikepdf and openpyxl",
    "openpyxl": "only lists as Excel",
    "phonenumbers": "only a number of another country than Peru",
    "pikepdf": "only the check of a PDF",
    "PIL": "only pictures: their check, captchas, fpdf2",
    "pynamodb": "only who reads or writes a table",
    "segno": "only a receipt's QR code",
    "stdnum": "only a RUC, and the DNI's check character",
    "urllib3": "only botocore, the registries and the identity provider",
}
"""Libraries that take long to load, and who needs each. They alone may be imported inside a function."""

_RECEIPT, _LISTING = "chalicelib/renderers/deposit/receipt.py", "chalicelib/services/export/export_listing.py"
OWN = {
    ("chalicelib/bootstrap/__init__.py", "chalicelib.bootstrap.chance"): "pages that anyone may read draw no secrets",
    ("chalicelib/bootstrap/__init__.py", "chalicelib.domain.calendar"): "most of them tell no dates",
    ("chalicelib/bootstrap/__init__.py", "chalicelib.domain.mailbox"): "and name no mailbox",
    ("chalicelib/bootstrap/__init__.py", "chalicelib.domain.mailbox.channels"): "and send no SMS",
    ("chalicelib/handlers/http.py", "chalicelib.bootstrap.aws"): "most pages refuse nothing",
    ("chalicelib/handlers/page.py", "chalicelib.handlers.kept_answer"): "most pages show no form's answer",
    (_RECEIPT, "chalicelib.renderers.deposit.receipt_layout"): "fpdf: an answer that is repeated draws nothing",
    ("chalicelib/renderers/filing/cargo.py", "chalicelib.renderers.filing.cargo_layout"): "fpdf: as above",
    (_LISTING, "chalicelib.renderers.export"): "fpdf or openpyxl, and never both",
    ("chalicelib/handlers/api/filing/deposits.py", "chalicelib.bootstrap.filing"): "few deposits answer a filing",
    ("chalicelib/services/filing/export_history.py", "chalicelib.renderers.filing"): "fpdf or openpyxl: as above",
    ("chalicelib/services/institution/export_sent.py", "chalicelib.renderers.institution"): "openpyxl: pages beside it",
    ("chalicelib/services/filing/export_inbox.py", "chalicelib.renderers.filing"): "openpyxl: as above",
    ("chalicelib/services/usage/export_statement.py", "chalicelib.renderers.usage"): "fpdf or openpyxl: as above",
}
"""Modules of our own that are imported inside a function all the same, each with the reason; few, or none has any."""

FIRST_PAGE = """
import http.server, os, threading
SECRET = b'{"SecretString": "0123456789abcdef0123456789abcdef"}'  # no table has anything, and every secret is this one
class Empty(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(SECRET)))
        self.end_headers()
        self.wfile.write(SECRET)
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Empty)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ |= {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}", "AWS_DEFAULT_REGION": "us-east-1",
               "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
import app
event = {
    "httpMethod": "GET", "path": "/", "headers": {}, "multiValueHeaders": {}, "pathParameters": None, "body": None,
    "multiValueQueryStringParameters": None, "stageVariables": None, "isBase64Encoded": False,
    "requestContext": {"resourcePath": "/", "path": "/", "httpMethod": "GET", "requestId": "1", "identity": {}},
}
assert app.app(event, None)["statusCode"] == 200
"""
LOGIN_FORM = FIRST_PAGE.replace('ath": "/"', 'ath": "/ingresar"')
PROVIDER = {
    "IDENTITY_ISSUER": "https://id.example",
    "IDENTITY_AUTHORIZATION_URL": "https://id.example/auth",
    "IDENTITY_TOKEN_URL": "https://id.example/token",
    "IDENTITY_KEYS_URL": "https://id.example/keys",
    "IDENTITY_CLIENT_ID": "casilla",
    "IDENTITY_LEVELS": "two_factor",
}
TAKES_LOGINS = (
    "chalicelib.bootstrap.access",
    "chalicelib.bootstrap.identity_provider",
    "chalicelib.bootstrap.storage",
    "chalicelib.gateways.access",
    "chalicelib.gateways.bounded_http",
    "chalicelib.handlers.commands",
    "chalicelib.services.access.accept_texts",
    "chalicelib.services.access.identify_person",
    "chalicelib.store.calendar_store",
    "chalicelib.store.notice_store",
)
"""What only the answer to a filled form needs, or the way back from the provider."""
MORE_FOR_THE_LOGIN_FORM = 25
"""So many modules of our own at most does the form load beside those of the home page."""


def imports_in_functions() -> Iterator[tuple[str, str]]:
    """Yield the file and the module of every import that a function makes."""
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                    yield from ((path.relative_to(ROOT).as_posix(), name) for name in names)


def loaded_by(program: str) -> set[str]:
    """Run a program in a fresh interpreter, and return the packages that it loaded."""
    return {name.partition(".")[0] for name in modules_of(program)}


def modules_of(program: str, **environment: str) -> set[str]:
    """Run it, and return all modules that it loaded."""
    required = {field.name.upper(): field.name for field in fields(Config) if field.default is field.default_factory}
    environment = {**required, "TOKEN_SECRET_ARN": "token_secret", **environment}
    told = "import json, sys; print(json.dumps([*sys.modules]))"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", f"{program}\n{told}"], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    return set(json.loads(done.stdout))


def test_functions_import_heavy_libraries_and_few_modules_of_our_own() -> None:
    found = set(imports_in_functions())
    own = {(path, name) for path, name in found if name.startswith("chalicelib")}

    assert {name.partition(".")[0] for _, name in found - own} <= HEAVY.keys()
    assert own == OWN.keys()
    assert len(OWN) <= 14


@pytest.mark.parametrize(
    ("program", "loaded"),
    [("import app", set()), (FIRST_PAGE, {"botocore", "pynamodb", "urllib3"})],
    ids=["import", "GET /"],
)
def test_nothing_heavy_is_loaded_by_the_app_itself_and_by_its_first_page_what_reads_the_outages(
    program: str, loaded: set[str]
) -> None:
    assert loaded_by(program) & HEAVY.keys() == loaded


@pytest.mark.parametrize("environment", [{}, PROVIDER], ids=["without", "with a provider"])
def test_the_login_form_loads_nothing_of_what_takes_it_or_asks_the_provider(environment: dict[str, str]) -> None:
    home, form = modules_of(FIRST_PAGE), modules_of(LOGIN_FORM, **environment)

    own = {name for name in form - home if name.startswith("chalicelib.")}
    assert not [name for name in own if name.startswith(TAKES_LOGINS)]
    assert len(own) <= MORE_FOR_THE_LOGIN_FORM, sorted(own)


def test_the_app_itself_loads_no_templates() -> None:
    assert "jinja2" not in loaded_by("import app")
