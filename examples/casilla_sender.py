"""Deposit notices in Casilla from a program or from a terminal: one file, free to copy and adapt.

Needs Python 3.11 and the package `cryptography`; everything else is the standard library. What crosses the wire is
explained in docs/guia-de-integracion.md; the names of its sections stand here beside the code that does them.

    key = load_key(Path("key.pem"))
    sender = Sender("https://casilla.ejemplo.gob.pe", "casilla.ejemplo.gob.pe", "ent-0001:2026-a", key)
    answer = sender.deposit(details, Path("resolucion.pdf"), [Path("anexo.pdf")], idempotency_key="RD-0123-2026")

A deposit is written to a journal on disk before it is sent. After a crash, call `deposit` again with the same
arguments: the same key and the same bytes go out, so that the notice is never doubled.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import os
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode, urljoin, urlsplit
from urllib.request import HTTPErrorProcessor, OpenerDirector, ProxyHandler, Request, build_opener

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey

MAX_INLINE_SIZE = 4 * 1024 * 1024
"""Bytes of all files inside one deposit together; what exceeds it is uploaded first."""
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
"""What an annex can be; the main document is always a PDF."""
SIGNATURE_LIFETIME = 300
"""Seconds a signature is valid: the most the service accepts."""
TIMEOUT = 60
"""Seconds without a byte after which an exchange counts as failed."""
LONGEST_PAUSE = 60
"""Seconds between two attempts when the service names no time."""
CHECK_PAUSES = 300
"""How often to ask, every two seconds, whether an upload was checked."""


class Refused(Exception):
    """The service said no. `retryable` tells whether the same request can succeed later.

    `errors` has all that is wrong with what was sent, each with code, detail and field; its text names them all.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", f"http_{status}"))
        self.detail = str(problem.get("detail", ""))
        self.field = problem.get("field")
        self.correlation_id = problem.get("correlation_id")
        is_passing = status == http.client.TOO_MANY_REQUESTS or status >= http.client.INTERNAL_SERVER_ERROR
        self.retryable = is_passing or problem.get("retryable") is True
        says_what = "code" in problem and self.code != "idempotency_key_reused"
        self.is_final = says_what and not self.retryable and status not in {401, 403, 404}
        """Whether the service refused what the deposit says; another error proves nothing about the deposit."""
        listed = problem.get("errors")
        self.errors = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
        super().__init__("\n".join([f"{status} {self.code}: {self.detail}", *self.lines()]))

    def lines(self) -> list[str]:
        """Return what to show where more than one thing is wrong: a line for each, with its place."""
        told = [(one.get("field"), one.get("detail", "")) for one in self.errors] if len(self.errors) > 1 else []
        return [f"- {field}: {detail}" if field else f"- {detail}" for field, detail in told]


class Unreachable(Exception):
    """No answer after all attempts. Whether the deposit was made is unknown until the same one is sent again."""


class KeyBelongsToAnotherDeposit(Exception):
    """The journal holds a different deposit under this idempotency key."""


# --- Signing: sections "Content-Digest" and "La firma, paso a paso" ---------------------------------------------------


def content_digest(body: bytes) -> str:
    """Value of the `Content-Digest` field (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def signature_base(components: Sequence[tuple[str, str]], parameters: str) -> bytes:
    """Compose the text that is signed (RFC 9421, 2.5): one line a component, then the parameters; no final newline."""
    lines = [f'"{name}": {value}' for name, value in components]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode("ascii")


def sign_bytes(private_key: PrivateKey, base: bytes) -> bytes:
    """Sign to 64 bytes: P-256 as r and s of 32 bytes each, not the DER that libraries give (RFC 9421, 3.3.4)."""
    if isinstance(private_key, Ed25519PrivateKey):
        return private_key.sign(base)
    r, s = decode_dss_signature(private_key.sign(base, ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def signature_fields(
    private_key: PrivateKey, key_id: str, components: Sequence[tuple[str, str]], *, created: int, nonce: str
) -> dict[str, str]:
    """Make the two fields `Signature-Input` and `Signature`, under the label sig1."""
    names = " ".join(f'"{name}"' for name, _ in components)
    expires = created + SIGNATURE_LIFETIME
    parameters = f'({names});created={created};expires={expires};nonce="{nonce}";keyid="{key_id}";tag="casilla"'
    signature = sign_bytes(private_key, signature_base(components, parameters))
    return {
        "Signature-Input": f"sig1={parameters}",
        "Signature": f"sig1=:{base64.b64encode(signature).decode()}:",
    }


def load_key(path: Path, password: bytes | None = None) -> PrivateKey:
    """Read an Ed25519 or P-256 private key in PEM.

    Raises:
        ValueError: it is another kind of key.

    """
    key = load_pem_private_key(path.read_bytes(), password)
    if isinstance(key, Ed25519PrivateKey):
        return key
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
        return key
    raise ValueError(f"{path}: se necesita una clave Ed25519 o P-256")


# --- The journal: section "Idempotencia y reintentos" -----------------------------------------------------------------


class Journal:
    """One JSON file per deposit: its key, its exact body until it is answered, its answer afterwards.

    It holds what the notice says: the folder is only for the user that runs the program.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> dict[str, Any] | None:
        """Tell what is known of the deposit with this key."""
        path = self._path(key)
        return json.loads(path.read_text("utf-8")) if path.exists() else None

    def save(self, key: str, **entry: Any) -> None:
        """Replace the entry; it is on the disk when this returns."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path(key).with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            json.dump({"idempotency_key": key, **entry}, stream, ensure_ascii=False)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(self._path(key))

    def discard(self, key: str) -> None:
        """Forget a deposit that was refused for what it says."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"


# --- Talking HTTP -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Read the body as an object; {} when it is anything else, such as the page of a proxy."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


class _EveryStatus(HTTPErrorProcessor):
    """Hands every answer over as it is: redirects are not followed with our signature, refusals are no exceptions."""

    def http_response(self, request: Request, response: Any) -> Any:  # noqa: ARG002 - urllib names it
        return response

    https_response = http_response


def _opener(base_url: str) -> OpenerDirector:
    """Use the proxy of the environment, as urllib does, except towards this very machine."""
    is_local = urlsplit(base_url).hostname in {"127.0.0.1", "::1", "localhost"}
    return build_opener(_EveryStatus, *([ProxyHandler({})] if is_local else []))


def _seconds_to_wait(answer: Answer | None, attempt: int) -> float:
    """`Retry-After`, in seconds or as a date; without one 1, 2, 4 … seconds, spread so that clients don't march."""
    named = answer.headers.get("Retry-After", "") if answer else ""
    if named.isdigit():
        return float(named)
    if named:
        try:
            return max(0.0, parsedate_to_datetime(named).timestamp() - time.time())
        except ValueError:
            pass
    return float(min(LONGEST_PAUSE, 2**attempt)) * random.uniform(0.5, 1.0)


class Sender:
    """An institution's system. `key_id` is `<institution>:<key>`, `authority` the host the service publishes.

    `attempts` bounds each exchange; `pause` and `clock` exist for tests.
    """

    def __init__(
        self,
        base_url: str,
        authority: str,
        key_id: str,
        private_key: PrivateKey,
        *,
        journal: Path = Path("casilla-journal"),
        attempts: int = 8,
        pause: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if urlsplit(base_url).scheme not in {"https", "http"}:
            raise ValueError("base_url: https://… o, en esta misma máquina, http://…")
        self._base_url = base_url.rstrip("/")
        self._authority = authority.lower()
        self._key_id = key_id
        self._private_key = private_key
        self._journal = Journal(journal)
        self._attempts = attempts
        self._pause = pause
        self._clock = clock
        self._opener = _opener(base_url)

    def deposit(
        self,
        details: Mapping[str, Any],
        main: Path,
        annexes: Sequence[Path] = (),
        *,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Deposit a notice and return the service's answer; safe to call again after anything that went wrong.

        `details` holds recipient, case_file, document and, optionally, regime, term, the notice that it `replaces` and
        the filing that it answers (`answers_filing`), as the guide shows them. A
        term needs its place too, `{"amount": 15, "unit": "business_days", "place": "…"}`, where the institution has
        a table of distances. `document` may say since when the act is in force, whether it ends the administrative
        path and which remedies there are.
        `idempotency_key` is best your own number of the notice; left out, it is made from the contents, and the
        same contents are then the same deposit.

        Raises:
            Refused: with the service's code; what must be corrected is in its detail.
            Unreachable: no answer; call again later with the same arguments.
            KeyBelongsToAnotherDeposit: the key was used here for other contents.

        """
        files = [_describe(path) for path in (main, *annexes)]
        contents = hashlib.sha256(_json([details, files])).hexdigest()
        key = idempotency_key or contents
        entry = self._journal.find(key)
        if entry is not None and entry["contents"] != contents:
            raise KeyBelongsToAnotherDeposit(key)
        if entry is not None and "answer" in entry:
            return dict(entry["answer"])
        if entry is None:
            body = _json({**details, **self._attach((main, *annexes), files)})
            self._journal.save(key, contents=contents, body=body.decode())
        else:
            body = entry["body"].encode()
        try:
            answer = self._call("POST", "/v1/deposits", body, idempotency_key=key).json()
        except Refused as refusal:
            if refusal.is_final:
                self._journal.discard(key)
            raise
        self._journal.save(key, contents=contents, answer=answer)
        return answer

    def upload(self, path: Path) -> dict[str, Any]:
        """Send one file ahead of its deposit and return the entry that names it there.

        Raises:
            Refused: the check found the file unacceptable, or its time ran out.

        """
        described = _describe(path)
        grant = self._call("POST", "/v1/uploads", _json(described)).json()

        def put() -> Answer:
            with path.open("rb") as stream:
                headers = {**grant["headers"], "Content-Length": str(described["size"])}
                return self._exchange(Request(grant["url"], data=stream, headers=headers, method="PUT"))

        self._patiently(put)
        self._wait_for_check(grant["upload_id"])
        return {**described, "upload_id": grant["upload_id"]}

    def get_deposit(self, notice_id: str) -> dict[str, Any]:
        """One deposit as its receipt tells it, what was seen in its files, and its links; nothing that came after."""
        return self._call("GET", f"/v1/deposits/{quote(notice_id, safe='')}").json()

    def get_status(self, notice_id: str) -> dict[str, Any]:
        """Tell what happened after a deposit: its alerts, whether it was opened and downloaded, the dates in force."""
        return self._call("GET", f"/v1/deposits/{quote(notice_id, safe='')}/status").json()

    def list_deposits(self, month: str, *, page_size: int = 50) -> Iterator[dict[str, Any]]:
        """All deposits of a month of the country's, `YYYY-MM`, page by page."""
        return self._pages({"limit": str(page_size), "month": month})

    def list_filings(self, month: str, *, page_size: int = 50) -> Iterator[dict[str, Any]]:
        """All that people filed with the institution in a month of the country's, `YYYY-MM`, page by page."""
        return self._pages({"limit": str(page_size), "month": month}, of="filings")

    def get_filing(self, filing_id: str) -> dict[str, Any]:
        """One filing as it stands: what was filed, what became of it, and its clocks."""
        return self._call("GET", f"/v1/filings/{quote(filing_id, safe='')}").json()

    def download_filed(self, filing_id: str, name: str) -> bytes:
        """Fetch `document-1` and so on, `receipt` or `correction-receipt` of a filing."""
        return self._download(f"/v1/filings/{quote(filing_id, safe='')}/{quote(name, safe='')}")

    def attend(self, filing_id: str, deed: str, **said: str) -> dict[str, Any]:
        """Do `evaluation`, `derivation`, `observation` or `answer`, with what it takes; done again, it is the same.

        Raises:
            Refused: whoever came first is in its detail.

        """
        return self._call("POST", f"/v1/filings/{quote(filing_id, safe='')}/{quote(deed, safe='')}", _json(said)).json()

    def list_failed(self, *, page_size: int = 50) -> Iterator[dict[str, Any]]:
        """Unread deposits whose alerts reached nobody by some channel, with what the norm asks next, page by page."""
        return self._pages({"limit": str(page_size), "alerts": "failed"})

    def _pages(self, query: dict[str, str], *, of: str = "deposits") -> Iterator[dict[str, Any]]:
        while True:
            page = self._call("GET", f"/v1/{of}", query=query).json()
            yield from page[of]
            if not page.get("next_cursor"):
                return
            query["cursor"] = page["next_cursor"]

    def get_mailbox(self, mailbox_id: str) -> dict[str, Any]:
        """Whether `type-number`, e.g. `1-40000002`, can receive. The service records who asked."""
        return self._call("GET", f"/v1/mailboxes/{quote(mailbox_id, safe='')}").json()

    def download_receipt(self, notice_id: str) -> bytes:
        """Fetch the receipt's PDF from the short-lived link that the service redirects to."""
        return self._download(f"/v1/deposits/{quote(notice_id, safe='')}/receipt")

    def _download(self, path: str) -> bytes:
        link = self._call("GET", path).headers["Location"]
        return self._patiently(lambda: self._exchange(Request(urljoin(self._base_url + path, link)))).body

    def _attach(self, paths: Sequence[Path], files: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Small files go inside the deposit as long as they fit together, the rest is uploaded."""
        room = MAX_INLINE_SIZE
        entries: dict[int, dict[str, Any]] = {}
        for index in sorted(range(len(files)), key=lambda i: int(files[i]["size"])):
            room -= files[index]["size"]
            if room >= 0:
                content = base64.b64encode(paths[index].read_bytes()).decode()
                entries[index] = {**files[index], "content": content}
            else:
                entries[index] = self.upload(paths[index])
        return {"main": entries[0], "annexes": [entries[i] for i in range(1, len(files))]}

    def _wait_for_check(self, upload_id: str) -> None:
        for _ in range(CHECK_PAUSES):
            upload = self._call("GET", f"/v1/uploads/{quote(upload_id, safe='')}").json()
            if upload["state"] == "checked":
                return
            if upload["state"] != "waiting":
                raise Refused(http.client.CONFLICT, {"code": f"upload_{upload['state']}", "retryable": False, **upload})
            self._pause(2.0)
        raise Refused(http.client.CONFLICT, {"code": "upload_not_checked", "retryable": True})

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        query: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Sign and send, again and again if need be: each attempt with a nonce of its own, the body always the same."""
        return self._patiently(
            lambda: self._exchange(
                self.signed_request(method, path, body, query=query, idempotency_key=idempotency_key)
            )
        )

    def signed_request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        query: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Request:
        """One request with everything the service wants to see signed. `path` is below `base_url`."""
        url = self._base_url + path
        components = [("@method", method), ("@authority", self._authority), ("@path", urlsplit(url).path)]
        headers = {"Accept": "application/json"}
        if query:
            question = "?" + urlencode(sorted(query.items()), quote_via=quote, safe="")
            url += question
            components.append(("@query", question))
        if body is not None:
            signed = {"Content-Type": "application/json", "Content-Digest": content_digest(body)}
            if idempotency_key is not None:
                signed["Idempotency-Key"] = idempotency_key
            headers |= signed
            components += [(name.lower(), value) for name, value in signed.items()]
        created, nonce = int(self._clock()), secrets.token_urlsafe(24)
        headers |= signature_fields(self._private_key, self._key_id, components, created=created, nonce=nonce)
        return Request(url, data=body, headers=headers, method=method)

    def _patiently(self, exchange: Callable[[], Answer]) -> Answer:
        """Repeat while a repetition can help: no answer, too many requests, not ready yet, trouble at the service."""
        for attempt in range(self._attempts):
            answer: Answer | None = None
            try:
                answer = exchange()
            except (URLError, OSError, http.client.HTTPException) as error:
                failure: Exception = Unreachable(f"sin respuesta de {self._base_url}: {error}")
            else:
                if answer.status < http.client.BAD_REQUEST:
                    return answer
                failure = refusal = Refused(answer.status, answer.json())
                if not refusal.retryable:
                    raise refusal
            if attempt + 1 < self._attempts:
                self._pause(_seconds_to_wait(answer, attempt))
        raise failure

    def _exchange(self, request: Request) -> Answer:
        if request.type not in {"https", "http"}:  # urllib would read files, too
            raise ValueError(f"dirección inesperada: {request.full_url}")
        with self._opener.open(request, timeout=TIMEOUT) as response:
            return Answer(response.status, response.headers, response.read())


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _describe(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    media_type = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
    return {"filename": path.name, "media_type": media_type, "sha256": digest, "size": path.stat().st_size}


# --- In a terminal ----------------------------------------------------------------------------------------------------


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--base-url", required=True, help="dirección del servicio, con la etapa si la tiene")
    common.add_argument("--authority", help="nombre publicado del servicio; si falta, el de --base-url")
    common.add_argument("--key", type=Path, required=True, help="clave privada en PEM")
    common.add_argument("--keyid", required=True, help="entidad:clave")
    common.add_argument("--journal", type=Path, default=Path("casilla-journal"), help="carpeta de los envíos en curso")
    parser = argparse.ArgumentParser(description="Deposita notificaciones en la casilla electrónica.")
    commands = parser.add_subparsers(dest="command", required=True)

    deposit = commands.add_parser("deposit", parents=[common], help="deposita una notificación")
    deposit.add_argument("main", type=Path, help="documento notificado, PDF")
    deposit.add_argument("annexes", type=Path, nargs="*", help="anexos")
    deposit.add_argument("--recipient", required=True, help="tipo:número, por ejemplo DNI:40000002")
    deposit.add_argument("--case-file", required=True, help="número de expediente")
    deposit.add_argument("--case-opened", required=True, help="fecha del expediente, AAAA-MM-DD")
    for name in ("type", "number", "subject", "issued-at", "office", "signed-by", "prepared-by"):
        deposit.add_argument(f"--{name}", required=True, help=f"document.{name.replace('-', '_')}")
    deposit.add_argument("--regime", choices=["deposit", "acknowledgement", "immediate"])
    deposit.add_argument("--term", help="plazo, por ejemplo 15:business_days")
    deposit.add_argument("--place", help="dónde vive el destinatario, como lo dice la tabla de distancia de la entidad")
    deposit.add_argument("--in-force-from", help="desde cuándo rige el acto, AAAA-MM-DD")
    deposit.add_argument(
        "--ends-administrative-path", choices=["si", "no"], help="si el acto agota la vía administrativa"
    )
    deposit.add_argument(
        "--remedy",
        dest="remedies",
        action="append",
        default=[],
        help="recurso|ante quién|15:business_days; se puede repetir",
    )
    deposit.add_argument("--idempotency-key", help="su propio número de la notificación")

    receipt = commands.add_parser("receipt", parents=[common], help="descarga la constancia")
    receipt.add_argument("notice_id")
    receipt.add_argument("output", type=Path)
    show = commands.add_parser("show", parents=[common], help="muestra un depósito")
    show.add_argument("notice_id")
    status = commands.add_parser("status", parents=[common], help="muestra qué pasó después de un depósito")
    status.add_argument("notice_id")
    listing = commands.add_parser("list", parents=[common], help="lista los depósitos de un mes")
    listing.add_argument("month", help="AAAA-MM")
    mailbox = commands.add_parser("mailbox", parents=[common], help="pregunta si una casilla puede recibir")
    mailbox.add_argument("mailbox_id", help="tipo-número, por ejemplo 1-40000002")
    return parser.parse_args(argv)


_PARTS_OF_REMEDY = 3


def _details(args: argparse.Namespace) -> dict[str, Any]:
    document_type, _, document_number = args.recipient.partition(":")
    document_fields = ("type", "number", "subject", "issued_at", "office", "signed_by", "prepared_by")
    details: dict[str, Any] = {
        "recipient": {"document_type": document_type, "document_number": document_number},
        "case_file": {"number": args.case_file, "opened_on": args.case_opened},
        "document": {name: getattr(args, name) for name in document_fields},
    }
    if args.in_force_from:
        details["document"]["in_force_from"] = args.in_force_from
    if args.ends_administrative_path:
        details["document"]["ends_administrative_path"] = args.ends_administrative_path == "si"
    if args.remedies:
        details["document"]["remedies"] = [_remedy(text) for text in args.remedies]
    if args.regime:
        details["regime"] = args.regime
    if args.term:
        details["term"] = _term(args.term)
    if args.place:
        if not args.term:
            raise ValueError("--place va con --term")
        details["term"]["place"] = args.place
    return details


def _remedy(text: str) -> dict[str, Any]:
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != _PARTS_OF_REMEDY:
        raise ValueError("--remedy va como recurso|ante quién|15:business_days")
    name, body, term = parts
    return {"name": name, "body": body, "term": _term(term)}


def _term(text: str) -> dict[str, Any]:
    amount, _, unit = text.partition(":")
    return {"amount": int(amount), "unit": unit}


def _run(args: argparse.Namespace) -> object:
    authority = args.authority or urlsplit(args.base_url).netloc
    sender = Sender(args.base_url, authority, args.keyid, load_key(args.key), journal=args.journal)
    match args.command:
        case "deposit":
            return sender.deposit(_details(args), args.main, args.annexes, idempotency_key=args.idempotency_key)
        case "receipt":
            return {"bytes": args.output.write_bytes(sender.download_receipt(args.notice_id))}
        case "show":
            return sender.get_deposit(args.notice_id)
        case "status":
            return sender.get_status(args.notice_id)
        case "list":
            return list(sender.list_deposits(args.month))
        case _:
            return sender.get_mailbox(args.mailbox_id)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 refused, 75 (EX_TEMPFAIL) run the same command again later."""
    try:
        result = _run(_arguments(argv))
    except (Refused, KeyBelongsToAnotherDeposit, ValueError, FileNotFoundError) as error:
        print(f"No se aceptó: {error}", file=sys.stderr)
        return os.EX_TEMPFAIL if getattr(error, "retryable", False) else 1
    except Unreachable as error:
        print(f"{error}\nEjecute luego la misma orden: no se depositará dos veces.", file=sys.stderr)
        return os.EX_TEMPFAIL
    print(json.dumps(result, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
