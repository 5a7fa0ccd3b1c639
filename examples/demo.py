"""Deposit a PDF in the local run and tell what happened: `make demo FILE=some.pdf`.

The local run writes `.local/demo/key.pem` and `.local/demo/demo.json` when it starts: where it listens, with which
key to sign, for whom. All of it is synthetic and worth nothing elsewhere.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from examples.casilla_sender import Refused, Sender, Unreachable, load_key

SETTINGS = Path(".local/demo")
RECEIPTS = Path("build/demo")
NOT_RUNNING = "Casilla no está en marcha. Ábrala en otra terminal con «make run» y repita esta orden."
LIMA = timedelta(hours=5)
OUT_OF_TIME = {"signature_expired", "signature_from_future"}
"""How the service refuses a request that was signed by another clock than its own."""
NOTABLE = timedelta(minutes=1)


class Incomplete(Exception):
    """It was deposited, but its receipt is not there or is not the one it should be; the text is the account."""


def demonstrate(pdf: Path, *, settings: Path, receipts: Path, now: datetime, recipient: str = "") -> str:
    """Deposit `pdf`, read the deposit back, save its receipt; return the account of it, one line a step.

    `recipient` is `type:number`; without it the demonstration's usual one.

    Raises:
        SystemExit: with a message, when the local run is not there or the file is none.
        Refused: the service does not accept the file.
        Incomplete: it does, but the receipt could not be saved, or is another one.

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
    recipient = recipient or _recipient(demo["recipient"])
    answer = sender.deposit(_details(recipient, now), pdf)
    shown = sender.get_deposit(answer["notice_id"])
    receipt = sender.download_receipt(answer["notice_id"])
    is_same = hashlib.sha256(receipt).hexdigest() == answer["receipt"]["sha256"]
    is_saved, saved = _save(receipt, receipts / f"{answer['notice_id']}.pdf")
    account = "\n".join(
        [
            f"Depositado     {pdf.name} ({pdf.stat().st_size} bytes) para {recipient}",
            *_contents(answer["files"]),
            f"Número         {answer['notice_id']}",
            f"Instante       {answer['deposited_at']} (UTC)",
            f"Surte efecto   {answer['effective_on'] or 'al abrirse'}",
            f"Plazo          {_term(answer)}",
            f"Leído          el servicio lo muestra con el asunto «{shown['document']['subject']}»",
            f"Verificación   {answer['verification_code']}",
            f"Constancia     {saved}; {'su SHA-256 coincide' if is_same else 'SU SHA-256 NO COINCIDE'}",
            f"Alertas        las envía el trabajador; véalas en {_outbox(demo)}",
        ]
    )
    if not (is_same and is_saved):
        raise Incomplete(account)
    return account


def _save(receipt: bytes, path: Path) -> tuple[bool, str]:
    """Write the receipt and tell where it is, or why it is not: the deposit was made either way."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(receipt)
    except OSError as error:
        return False, f"NO SE PUDO GUARDAR en {path} ({error.strerror})"
    return True, str(path)


def explain_clock(base_url: str, refusal: Refused, now: datetime) -> str | None:
    """Say why requests are refused where the service's clock, which its answers tell, is not this machine's."""
    if refusal.code not in OUT_OF_TIME:
        return None
    address = urlsplit(base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
    try:
        connection.request("HEAD", "/")
        its_time = parsedate_to_datetime(connection.getresponse().headers["Date"])
    except (OSError, http.client.HTTPException, TypeError, ValueError):
        return None
    finally:
        connection.close()
    if abs(its_time - now) < NOTABLE:
        return None
    which = "adelantado" if its_time > now else "atrasado"
    return "\n".join(
        [
            f"No se depositó nada: el reloj de Casilla está {which} {_length(abs(its_time - now))}.",
            f"Allí es el {its_time - LIMA:%d/%m/%Y, %H:%M}; aquí, el {now - LIMA:%d/%m/%Y, %H:%M} (hora de Lima).",
            "Un pedido se firma con la hora de quien lo envía y vale cinco minutos: el servicio ya no lo acepta",
            f"({refusal.code}). Ese reloj se adelanta en la página /_local/ y no se puede atrasar.",
            "Para volver a la hora real: Ctrl-C en «make run», borre la carpeta .local, donde está todo lo que hizo,",
            "y ejecute «make run» otra vez.",
        ]
    )


def _length(span: timedelta) -> str:
    """Tell it in its largest unit and the next."""
    minutes = round(span / timedelta(minutes=1))
    parts = [(minutes // 1440, "día"), (minutes % 1440 // 60, "hora"), (minutes % 60, "minuto")]
    return " y ".join([f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count][:2])


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
    if len(argv) not in {1, 2} or any(recipient.count(":") != 1 for recipient in argv[1:]):
        print("Uso: make demo FILE=algo.pdf, o también TO=DNI:40000036", file=sys.stderr)
        return 2
    now = datetime.now(UTC)
    try:
        print(demonstrate(Path(argv[0]), settings=SETTINGS, receipts=RECEIPTS, now=now, recipient="".join(argv[1:])))
    except Incomplete as account:
        print(account)
    except Refused as refusal:
        said = f"El servicio no lo aceptó ({refusal.code}): {refusal.detail}"
        why = explain_clock(_settings(SETTINGS)["base_url"], refusal, now)
        print(why or "\n".join([said, *refusal.lines()]), file=sys.stderr)
    except Unreachable as error:
        print(f"{NOT_RUNNING}\n({error})", file=sys.stderr)
    except OSError as error:
        where = error.filename or f"No se puede escribir en {SETTINGS}"
        print(f"{where}: {error.strerror}. Si llegó a depositarse, está en el portal.", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
