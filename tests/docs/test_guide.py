"""The integration guide is held to the code: its worked example is recomputed, its table of errors is complete."""

from __future__ import annotations

import ast
import base64
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from chalicelib.config import Config
from chalicelib.domain import deadline, errors
from chalicelib.domain.codes import parse_code
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.notice import (
    AlertAddress,
    CaseFile,
    Document,
    FileAttachment,
    FileFacts,
    FileRole,
    FileSignature,
    Notice,
    StoredFile,
)
from chalicelib.domain.notice import Sender as NoticeSender
from chalicelib.domain.sender.fair_share import WINDOW_S
from chalicelib.domain.upload import file_check, filename, upload
from chalicelib.handlers import door
from chalicelib.renderers.deposit.deposit_answer import render_deposit_answer
from chalicelib.renderers.notice_json import facts_as_json
from examples.casilla_sender import Sender, content_digest, sign_bytes, signature_base, signature_fields
from tests.calendars import PERU

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guia-de-integracion.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"<!-- ejemplo: (\S+) -->\n```\n(.*?)\n```", GUIDE, re.DOTALL))
_ERRORS = GUIDE.split("\n## 9. ")[1].split("\n## ")[0]
TABLED = dict(re.findall(r"^\| `([a-z_][a-z0-9_]*)` \| (.+) \|$", _ERRORS, re.MULTILINE))
HEADERS = dict(line.split(": ", 1) for line in EXAMPLES["cabeceras"].splitlines()[1:])
CREATED = 1773154800
NONCE = "MDEyMzQ1Njc4OWFiY2RlZg"


def _components(base: str) -> list[tuple[str, str]]:
    lines = (line.split(": ", 1) for line in base.splitlines()[:-1])
    return [(name.strip('"'), value) for name, value in lines]


def _parameters(base: str) -> str:
    return base.splitlines()[-1].split(": ", 1)[1]


def _private_key() -> Ed25519PrivateKey:
    key = load_pem_private_key(EXAMPLES["clave-privada"].encode(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def _names(request: Request) -> str:
    return dict(request.header_items())["Signature-input"].split(")")[0]


def test_worked_example_has_the_public_key_of_its_private_key() -> None:
    public_key = load_pem_public_key(EXAMPLES["clave-publica"].encode())
    assert isinstance(public_key, Ed25519PublicKey)
    assert public_key == _private_key().public_key()


def test_worked_example_digest_is_that_of_its_body() -> None:
    body = EXAMPLES["cuerpo"].encode()
    assert f"({len(body)} bytes)" in GUIDE
    assert HEADERS["Content-Digest"] == content_digest(body)
    assert json.loads(body)["main"]["upload_id"]


def test_worked_example_base_is_composed_from_its_headers() -> None:
    names = ("Content-Type", "Content-Digest", "Idempotency-Key")
    components = [
        ("@method", "POST"),
        ("@authority", HEADERS["Host"]),
        ("@path", "/v1/deposits"),
        *((name.lower(), HEADERS[name]) for name in names),
    ]
    parameters = HEADERS["Signature-Input"].removeprefix("sig1=")
    assert signature_base(components, parameters).decode() == EXAMPLES["base"]


def test_worked_example_signature_is_reproduced_to_the_byte() -> None:
    fields = signature_fields(
        _private_key(), "ent-0001:2026-a", _components(EXAMPLES["base"]), created=CREATED, nonce=NONCE
    )
    assert fields == {name: HEADERS[name] for name in fields}


def test_worked_example_covers_what_the_client_covers() -> None:
    sender = Sender("https://casilla.ejemplo.gob.pe", "casilla.ejemplo.gob.pe", "ent-0001:2026-a", _private_key())
    deposit = sender.signed_request("POST", "/v1/deposits", EXAMPLES["cuerpo"].encode(), idempotency_key="k")
    assert _names(deposit) == HEADERS["Signature-Input"].split(")")[0]
    listing = sender.signed_request("GET", "/v1/deposits", query={"month": "2026-03", "limit": "50"})
    assert _names(listing) == "sig1=" + _parameters(EXAMPLES["consulta-base"]).split(")")[0]


def test_query_example_is_reproduced_to_the_byte() -> None:
    signature = sign_bytes(_private_key(), EXAMPLES["consulta-base"].encode())
    assert EXAMPLES["consulta-firma"] == f"Signature: sig1=:{base64.b64encode(signature).decode()}:"


def test_p256_example_verifies() -> None:
    public_key = load_pem_public_key(EXAMPLES["p256-publica"].encode())
    assert isinstance(public_key, EllipticCurvePublicKey)
    raw = base64.b64decode(EXAMPLES["p256-firma"].removeprefix("Signature: sig1=:").removesuffix(":"))
    base = signature_base(
        _components(EXAMPLES["base"]), EXAMPLES["p256-parametros"].removeprefix("Signature-Input: sig1=")
    )
    public_key.verify(encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])), base, ECDSA(SHA256()))


def test_json_examples_are_json() -> None:
    blocks = re.findall(r"```json\n(.*?)\n```", GUIDE, re.DOTALL)
    assert len(blocks) >= 6
    for block in blocks:
        json.loads(block)


def test_example_codes_can_be_read_aloud_and_checked() -> None:
    found = re.findall(r'"(?:notice_id|verification_code)": "([^"…]+)"', GUIDE)
    assert found
    assert [parse_code(code) for code in found] == found


def test_answer_of_a_deposit_has_the_fields_of_the_example() -> None:
    (example,) = (
        json.loads(b)
        for b in re.findall(r"```json\n(.*?)\n```", GUIDE, re.DOTALL)
        if '"starts_by"' in b and '"verification_' in b
    )
    answer = json.loads(render_deposit_answer(_notice(), receipt_sha256="", receipt_size=1, api_base_url=""))
    assert list(example) == list(answer)
    for name in ("recipient", "case_file", "receipt", "links", "term"):
        assert list(example[name]) == list(answer[name])
    assert list(example["files"][0]) == list(answer["files"][0])
    assert list(example["alerts"][0]) == list(answer["alerts"][0])
    told = facts_as_json(FileFacts((FileSignature("", covers_whole_file=True),), (FileAttachment("", "", "", 1),)))
    for name, seen in told.items():
        assert list(example["files"][0][name][0]) == list(seen[0])


def test_dates_of_the_example_are_those_of_the_calendar() -> None:
    (example,) = (
        json.loads(b)
        for b in re.findall(r"```json\n(.*?)\n```", GUIDE, re.DOTALL)
        if '"starts_by"' in b and '"verification_' in b
    )

    decided = deadline.decide_deadline(
        deposited_at=datetime.fromisoformat(example["deposited_at"]),
        regime=deadline.Regime(example["regime"]),
        term=deadline.parse_term(**example["term"]),
        counting=deadline.Counting(PERU, PERU.hours),
    )
    for name in ("effective_on", "term_starts_on", "term_ends_on", "starts_by", "ends_by"):
        assert getattr(decided, name).isoformat() == example[name]


def _notice() -> Notice:
    at = datetime(2026, 3, 10, 15, 0, 1, tzinfo=UTC)
    day = at.date()
    return Notice(
        notice_id="",
        verification_code="",
        mailbox_id="1-40000002",
        holder=Holder(DocumentType.DNI, "40000002", ""),
        sender=NoticeSender("", "", "", ""),
        case_file=CaseFile("", day),
        document=Document("", "", "", at, "", "", ""),
        regime=deadline.Regime.DEPOSIT,
        term=deadline.Term(15, deadline.TermUnit.BUSINESS_DAYS),
        deposited_at=at,
        deadline=deadline.Deadline(day, day, day, day, day, ""),
        files=(StoredFile(FileRole.MAIN, "", "", "", 1, ""),),
        alerted=(AlertAddress("email", ""),),
        legal_text_version="",
    )


def test_limits_are_those_of_the_code() -> None:
    limits = {
        "Archivos dentro de un depósito, juntos": (upload.MAX_INLINE_SIZE // 2**20, "MiB"),
        "Un archivo subido": (upload.MAX_FILE_SIZE // 2**20, "MB"),
        "Cuerpo de un depósito": (door.LARGEST_DEPOSIT // 2**20, "MiB"),
        "Cuerpo de una revisión de archivo": (door.LARGEST_DEPOSIT // 2**20, "MiB"),
        "Revisiones de archivos": (file_check.CHECKS_PER_INSTITUTION.limit, "por entidad en cada hora"),
        "Cuerpo de las demás peticiones": (door.LARGEST_BODY // 2**10, "KiB"),
        "Anexos": (upload.MAX_ANNEXES, ""),
        "Nombre de archivo": (filename.MAX_FILENAME_LENGTH, "caracteres"),
    }
    for name, (amount, unit) in limits.items():
        assert f"| {name} | {f'{amount} {unit}'.strip()}" in GUIDE
    defaults = {field.name: field.default for field in fields(Config)}
    rate = f"{defaults['sender_rate']} por segundo de cada entidad, medidas cada {WINDOW_S} segundos"
    assert f"| Peticiones firmadas | {rate}" in GUIDE
    assert f"| Plazo | de 1 a {deadline.MAX_DAYS} días, o de 1 a {deadline.MAX_MONTHS} meses |" in GUIDE


# --- Every code an integrator can meet stands in the table ------------------------------------------------------------

INSIDE = {
    "delivery_report_malformed": "a report of the mail provider, not of an integrator",
    "email_address_refused": "an alert cannot be written; the deposit stands",
    "scan_pending": "a worker waits; the upload's state says waiting",
    "limit_reached": "told as file_check_limit",
    "budget_spent": "a stranger's budget; institutions draw on none",
    "event_exists": "a worker repeats itself",
    "code_invalid": "told as notice_not_found",
    "cui_invalid": "people meet it when they register",
    "calendar_changed": "two operators at once",
    "short_name_invalid": "who enters an institution meets it",
    **dict.fromkeys(
        ("institution_exists", "institution_changed", "key_exists", "key_changed", "calendar_changed"),
        "who operates meets it",
    ),
    **dict.fromkeys(("institution_unknown", "office_closed"), "officers meet it who deposit at a page"),
    **dict.fromkeys(
        (
            *("draft_changed", "draft_closed", "draft_not_found", "nobody_represented", "represented_name_invalid"),
            *("subject_missing", "subject_too_long", "too_many_annexes", "procedure_retired", "nothing_to_correct"),
            *("corrected_already", "correction_too_late", "correction_empty"),
        ),
        "people meet it who file or correct",
    ),
    **dict.fromkeys(("officer_unknown", "filing_not_taken"), "officers meet it who hand a filing over"),
    **dict.fromkeys(
        ("procedure_changed", "procedure_exists", "staff_changed", "office_changed", "office_exists"),
        "coordinators meet it",
    ),
    "notice_not_opened": "mailbox users meet it who ask for a document before they opened its notice",
    "reading_suspended": "as above, of a notice whose reading its institution suspended",
    "mailbox_changed": "two changes of a mailbox's users at once; a deposit reads it again by itself",
}
"""Codes that no answer of the API carries, and why."""
CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
REFUSERS = {"refuse"}
"""Functions that make an error of the code they are given first."""


def _sources() -> Iterator[tuple[Path, ast.Module]]:
    """Yield what the institutions' routes import, directly or not; what knows of people as well, apart."""
    api = ROOT / "chalicelib" / "handlers" / "api"
    waiting = [path for wing in ("deposit", "upload", "filing") for path in (api / wing).glob("*.py")]
    waiting += sorted((ROOT / "chalicelib" / "domain").glob("errors.py"))
    of_people = (
        "handlers/admission.py",
        "domain/institution/permission.py",
        "domain/access/access_secret.py",
        "domain/access/credentials.py",
        "domain/session.py",
    )
    seen = {ROOT / "chalicelib" / name for name in of_people}
    seen |= set((ROOT / "chalicelib" / "bootstrap").glob("*.py"))
    assert all(path.exists() for path in seen)
    while waiting:
        path = waiting.pop()
        if path in seen or not path.exists():
            continue
        seen.add(path)
        tree = ast.parse(path.read_text("utf-8"))
        modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
        waiting += [ROOT / (module.replace(".", "/") + ".py") for module in modules if module.startswith("chalicelib")]
        yield path.relative_to(ROOT / "chalicelib"), tree


def _error_names() -> set[str]:
    """Names of the error classes, those defined beside their only user included."""
    names = {name for name, thing in vars(errors).items() if isinstance(thing, type)}  # every class there is an error
    classes = [node for _, tree in _sources() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    known = 0
    while known != len(names):
        known = len(names)
        names |= {c.name for c in classes if any(isinstance(b, ast.Name) and b.id in names for b in c.bases)}
    return names | REFUSERS


def _name_of(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _codes_in(tree: ast.Module, names: set[str]) -> Iterator[tuple[int, str | None]]:
    """Line and code of every error made; None for a code that can't be read from the source.

    A code given as a name may be a constant of the module, or come from a table or a choice in the same function:
    then every constant there that looks like a code counts.
    """
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if _name_of(call.func) not in names:
            continue
        given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "code")]
        for code in given[:1]:
            if isinstance(code, ast.Name) and code.id in constants:
                yield call.lineno, constants[code.id]
                continue
            texts = [n.value for n in ast.walk(code) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            yield from ((call.lineno, text) for text in texts if CODE.fullmatch(text))
            if not texts:
                yield call.lineno, None


def _raised() -> dict[str, str]:
    """Each code with one place that raises it."""
    names = _error_names()
    return {code: f"{path}:{line}" for path, tree in _sources() for line, code in _codes_in(tree, names) if code}


def test_collector_sees_codes_however_they_are_given() -> None:
    tree = ast.parse(
        'LATE = "too_late"\n'
        'def a(x): raise Conflict(LATE, "")\n'
        'def b(x): raise Conflict("is_new" if x else "is_old", "")\n'
        'def c(x): raise errors.Conflict(code="by_keyword", detail="")\n'
        "def d(x): raise Conflict(x, '')\n"
        'def e(x): return NotError("not_a_code")\n'
    )
    found = list(_codes_in(tree, {"Conflict"}))
    assert sorted(code or "" for _, code in found) == ["", "by_keyword", "is_new", "is_old", "too_late"]


def test_collector_finds_codes_in_the_house() -> None:
    assert {"term_invalid", "document_number_invalid", "file_empty", "field_missing"} <= _raised().keys()


def test_every_code_that_is_raised_stands_in_the_guide() -> None:
    missing = {code: place for code, place in _raised().items() if code not in {*TABLED, *INSIDE}}
    assert not missing, "add these to docs/guia-de-integracion.md, section 9: " + json.dumps(missing, indent=1)


def test_every_code_of_the_guide_says_what_to_do() -> None:
    assert len(TABLED) >= 20
    for code, meaning in TABLED.items():
        assert len(meaning.strip()) >= 10, code


@pytest.mark.parametrize("heading", re.findall(r"\]\(#([^)]+)\)", GUIDE))
def test_links_inside_the_guide_lead_somewhere(heading: str) -> None:
    titles = re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    assert heading in anchors
