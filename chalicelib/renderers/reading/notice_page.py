"""What the page of a notice shows: its files, what happened to it. Templates only lay it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.alert.alert import AlertBatch, AlertState, Channel
from chalicelib.domain.notice import FileRole, Notice, StoredFile
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.timeline import Step, TimelineEntry, timeline
from chalicelib.renderers.reading.notice_row import address_of
from chalicelib.renderers.spanish import size_in_short

_ORIGINAL, _ANNEX = "original", "anexo"
_MEDIA_TYPES = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "image/png": "PNG",
    "image/jpeg": "JPG",
    "text/plain": "texto",
    "text/csv": "CSV",
}
_CHANNELS = {Channel.EMAIL: "correo", Channel.SMS: "SMS"}
_OUTCOMES = {
    AlertState.WAITING: "por enviar",
    AlertState.ATTEMPTED: "enviándose",
    AlertState.REFUSED: "por enviar: el servicio de mensajes no la recibió todavía",
    AlertState.UNKNOWN: "sin confirmación de envío: se comprobará y, si hace falta, se enviará otra vez",
    AlertState.ACCEPTED: "enviada",
    AlertState.DELIVERED: "entregada",
    AlertState.BOUNCED: "devuelta: no llegó",
    AlertState.COMPLAINED: "entregada y marcada como no deseada",
    AlertState.DELAYED: "enviada; la entrega se demora",
    AlertState.FAILED: "no enviada: la dirección o el número no existe o no recibe avisos",
    AlertState.GAVE_UP: "no enviada",
}


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file to download."""

    address: str
    filename: str
    about: str
    """`PDF, 240 KB`."""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step of what happened; `is_deposit` has the receipt as its proof."""

    title: str
    at: datetime | None
    note: str
    is_deposit: bool = False


def files_of(notice: Notice) -> tuple[ShownFile, ...]:
    """Return the main document, then the annexes."""
    base = f"{address_of(notice)}/documentos"
    return tuple(
        ShownFile(f"{base}/{_page_name(file, position)}", file.filename, _about(file))
        for position, file in enumerate(notice.files)
    )


def file_name(page_name: str) -> str:
    """Return what the services call a file by how the pages' addresses do: `original`, `anexo-1`."""
    kind, dash, number = page_name.partition("-")
    if page_name == _ORIGINAL:
        return FileRole.MAIN.value
    return f"{FileRole.ANNEX.value}{dash}{number}" if kind == _ANNEX else ""


def steps_of(delivered: DeliveredNotice, alerts: AlertBatch | None) -> tuple[ShownStep, ...]:
    """Return what happened, in order."""
    return tuple(_step(entry) for entry in timeline(delivered, alerts))


def _page_name(file: StoredFile, position: int) -> str:
    return _ORIGINAL if file.role is FileRole.MAIN else f"{_ANNEX}-{position}"


def _about(file: StoredFile) -> str:
    kind = _MEDIA_TYPES.get(file.media_type, file.filename.rpartition(".")[2].upper()[:8])
    return f"{kind}, {size_in_short(file.size)}"


def _step(entry: TimelineEntry) -> ShownStep:
    if entry.step is Step.DEPOSITED:
        return ShownStep("Depositada en tu casilla", entry.at, "", is_deposit=True)
    if entry.step is Step.OPENED:
        return ShownStep("Abierta por primera vez", entry.at, f"Por {entry.who}" if entry.who else "")
    channel = _CHANNELS[entry.channel] if entry.channel else ""
    outcome = _OUTCOMES[entry.outcome] if entry.outcome else ""
    return ShownStep(f"Alerta por {channel}: {outcome}", entry.at, f"A {entry.who}")
