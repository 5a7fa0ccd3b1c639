"""Deposit a PDF in the local run and tell what happened: `make demo FILE=some.pdf`.

The local run writes `.local/demo/key.pem` and `.local/demo/demo.json` when it starts: where it listens, with which
key to sign, for whom. All of it is synthetic and worth nothing elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import socket
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from examples.casilla_sender import Refused, Sender, Unreachable, load_key

SETTINGS = Path(".local/demo")
RECEIPTS = Path("build/demo")
NOT_RUNNING = "Casilla no está en marcha. Ábrala en otra terminal con «make run» y repita esta orden."
LIMA = timedelta(hours=5)


def demonstrate(pdf: Path, *, settings: Path, receipts: Path, now: datetime) -> str:
    """Deposit `pdf`, read the deposit back, save its receipt; return the account of it, one line a step.

    Raises:
        SystemExit: with a message, when the local run is not there or the file is none.
        Refused: the service does not accept the file.

    """
    demo = _settings(settings)
    if not pdf.is_file():
        raise SystemExit(f"No existe el archivo {pdf}.")
    sender = Sender(
        demo["base_url"],
        demo["authority"],
        demo["keyid"],
        load_key(settings / "key.pem"),
        journal=settings / "journal",
    )
    answer = sender.deposit(_details(demo["recipient"], now), pdf)
    shown = sender.get_deposit(answer["notice_id"])
    receipt = sender.download_receipt(answer["notice_id"])
    saved = receipts / f"{answer['notice_id']}.pdf"
    saved.parent.mkdir(parents=True, exist_ok=True)
    saved.write_bytes(receipt)
    is_same = hashlib.sha256(receipt).hexdigest() == answer["receipt"]["sha256"]
    return "\n".join(
        [
            f"Depositado     {pdf.name} ({pdf.stat().st_size} bytes) para {_recipient(demo['recipient'])}",
            *_contents(answer["files"]),
            f"Número         {answer['notice_id']}",
            f"Instante       {answer['deposited_at']} (UTC)",
            f"Surte efecto   {answer['effective_on'] or 'al abrirse'}",
            f"Plazo          {_term(answer)}",
            f"Leído          el servicio lo muestra con el asunto «{shown['document']['subject']}»",
            f"Verificación   {answer['verification_code']}",
            f"Constancia     {saved} ({'su SHA-256 coincide' if is_same else 'SU SHA-256 NO COINCIDE'})",
            f"Alertas        las envía el trabajador; véalas en {_outbox(demo)}",
        ]
    )


def _settings(folder: Path) -> dict[str, Any]:
    """Read where the local run listens, and make sure that somebody does."""
    try:
        demo: dict[str, Any] = json.loads((folder / "demo.json").read_text("utf-8"))
        address = urlsplit(demo["base_url"])
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=2):
            return demo
    except OSError:
        raise SystemExit(NOT_RUNNING) from None


def _details(recipient: str | Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Make a notice up. Its number is the instant, so that every run is a notice of its own."""
    document_type, document_number = _recipient(recipient).split(":")
    lima = now.astimezone(UTC) - LIMA
    return {
        "recipient": {"document_type": document_type, "document_number": document_number},
        "case_file": {"number": f"DEMO-{lima:%Y}-000001", "opened_on": f"{lima:%Y-%m-%d}"},
        "document": {
            "type": "Carta",
            "number": f"DEMO-{lima:%Y%m%d-%H%M%S}",
            "subject": "Notificación de demostración",
            "issued_at": f"{lima:%Y-%m-%dT%H:%M:%S}-05:00",
            "office": "Oficina de Demostración",
            "signed_by": "Firmante de Demostración",
            "prepared_by": "Sistema de Demostración",
        },
        "term": {"amount": 15, "unit": "business_days"},
    }


def _recipient(recipient: str | Mapping[str, str]) -> str:
    """Write `type:number`, from that or from the object that the API takes."""
    if isinstance(recipient, str):
        return recipient
    return f"{recipient['document_type']}:{recipient['document_number']}"


def _term(answer: Mapping[str, Any]) -> str:
    """Say the fixed dates or, before an opening that decides them, the latest."""
    if answer["term_starts_on"] is None:
        return f"empieza a más tardar el {answer['starts_by']} y vence a más tardar el {answer['ends_by']}"
    return f"empieza el {answer['term_starts_on']} y vence el {answer['term_ends_on']}"


def _contents(files: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say what the service saw in each file: its signatures, and whether one covers all of it; what is attached."""
    lines = []
    for file in files:
        signatures, attachments = file.get("signatures") or [], file.get("attachments") or []
        if signatures:
            count = len(signatures) + file.get("more_signatures", 0)
            is_covered = any(one["covers_whole_file"] for one in signatures)
            covers = "una cubre todo el archivo" if is_covered else "ninguna cubre todo el archivo"
            lines.append(f"Firmas         {count} en {file['filename']}: {covers}")
        if attachments:
            names = ", ".join(f"{one['filename']} ({one['media_type']}, {one['size']} bytes)" for one in attachments)
            more = f" y {file['more_attachments']} más" if file.get("more_attachments") else ""
            lines.append(f"Adjuntos       en {file['filename']}: {names}{more}")
    return lines


def _outbox(demo: Mapping[str, Any]) -> str:
    """Say where the local run shows e-mails and SMS."""
    return str(demo.get("outbox_url") or demo.get("outbox") or "la bandeja que indica «make run»")


def main(argv: Sequence[str]) -> int:
    """Run the demonstration from the project's folder."""
    if len(argv) != 1:
        print("Uso: make demo FILE=algo.pdf", file=sys.stderr)
        return 2
    try:
        print(demonstrate(Path(argv[0]), settings=SETTINGS, receipts=RECEIPTS, now=datetime.now(UTC)))
    except Refused as refusal:
        said = f"El servicio no lo aceptó ({refusal.code}): {refusal.detail}"
        print("\n".join([said, *refusal.lines()]), file=sys.stderr)
        return 1
    except Unreachable as error:
        print(f"{NOT_RUNNING}\n({error})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
