"""What the page of a notice shows: its files, what happened to it. Templates only lay it out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.notice import FileRole, Notice, StoredFile
from chalicelib.domain.reading.timeline import Extent, Step, Timeline, TimelineEntry
from chalicelib.renderers.reading.file_words import SIGNATURE_NOTE, has_signatures, what_it_holds
from chalicelib.renderers.reading.notice_row import address_of
from chalicelib.renderers.spanish import in_a_row, size_in_short

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
_MESSAGES = {Channel.EMAIL: ("correo", "correos"), Channel.SMS: ("SMS", "SMS")}
_OUTCOMES = {
    AlertState.WAITING: "por enviar",
    AlertState.ATTEMPTED: "envío en curso",
    AlertState.REFUSED: "todavía no enviada; el servicio de mensajes no la recibió",
    AlertState.UNKNOWN: "sin confirmación del servicio de mensajes",
    AlertState.ACCEPTED: "enviada",
    AlertState.DELIVERED: "entregada",
    AlertState.BOUNCED: "devuelta: no llegó",
    AlertState.COMPLAINED: "entregada y marcada como no deseada",
    AlertState.DELAYED: "enviada; su entrega se demora",
    AlertState.FAILED: "no enviada; la dirección o el número no recibe mensajes",
    AlertState.GAVE_UP: "no enviada",
}
_STANDINGS = {
    AlertState.DELIVERED: ("entregado", "entregados"),
    AlertState.COMPLAINED: ("entregado y marcado como no deseado", "entregados y marcados como no deseados"),
    AlertState.ACCEPTED: ("enviado", "enviados"),
    AlertState.DELAYED: ("enviado con demora en su entrega", "enviados con demora en su entrega"),
    AlertState.ATTEMPTED: ("en curso de envío", "en curso de envío"),
    AlertState.WAITING: ("por enviar", "por enviar"),
    AlertState.REFUSED: ("todavía no enviado", "todavía no enviados"),
    AlertState.UNKNOWN: ("sin confirmación", "sin confirmación"),
    AlertState.BOUNCED: ("devuelto", "devueltos"),
    AlertState.FAILED: ("no enviado", "no enviados"),
    AlertState.GAVE_UP: ("no enviado", "no enviados"),
}
"""Where e-mails and SMS stand, of one and of more: what reached most comes first. What nobody knows never failed."""
_DOWNLOADS = {
    FileRole.MAIN.value: "del documento original",
    "receipt": "de la constancia",
    "annexes": "de todos los anexos (ZIP)",
    "evidence": "de todas las pruebas (ZIP)",
}
_CONTESTED = "Impugnada: el titular no reconoce quién tenía acceso entonces. Los plazos no cambian."
_MILESTONES = frozenset({Step.DEPOSITED, Step.OPENED})
_COUNTED = {
    Step.ALERT: ("alerta", "alertas"),
    Step.REOPENED: ("reapertura", "reaperturas"),
    Step.DOWNLOADED: ("descarga", "descargas"),
}
_SHOWN_WHOLE = 9
"""Steps that are all shown, alerts counting as one; of more, runs of others than deposit and opening are folded."""
_NEWEST_SHOWN = 3
_ALERTS_GROUPED_FROM = 2
_FOLDED_FROM = 3
_MOST_FOLDED = 50
_LEFT_OUT = "Aquí se muestran los {shown} pasos más recientes. Los anteriores están en las pruebas."
_NOTES = {
    Extent.NEWEST: "Esta notificación tiene más reaperturas o descargas, más antiguas, que no se muestran aquí. El"
    " registro completo está en las pruebas.",
    Extent.UNREAD: "En este momento no podemos mostrar las reaperturas ni las descargas. Vuelve a cargar la página en"
    " unos minutos.",
}


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file to download."""

    address: str
    filename: str
    about: str
    """`PDF, 240 KB`."""
    holds: tuple[str, ...] = ()
    """Sentences of what is in it."""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step of what happened; a deposit has the receipt as its proof."""

    kind: Step
    title: str
    at: datetime | None
    note: str

    @property
    def is_deposit(self) -> bool:
        """Whether the receipt proves it."""
        return self.kind is Step.DEPOSITED


@dataclass(frozen=True, slots=True)
class ShownSteps:
    """Steps that follow each other; folded under `summary` unless it is empty, with what is left out in `note`."""

    steps: tuple[ShownStep, ...]
    summary: str = ""
    note: str = ""
    hours: tuple[datetime, ...] = ()
    """Of those folded, also those left out: when the first and the last happened, as far as anybody knows."""


@dataclass(frozen=True, slots=True)
class History:
    """What happened, in order, and in `note` what is missing of it."""

    parts: tuple[ShownSteps, ...]
    note: str


def files_of(notice: Notice) -> tuple[ShownFile, ...]:
    """Return the main document, then the annexes."""
    base = f"{address_of(notice)}/documentos"
    return tuple(
        ShownFile(f"{base}/{_page_name(file, position)}", file.filename, _about(file), what_it_holds(file.facts))
        for position, file in enumerate(notice.files)
    )


def signature_note(notice: Notice) -> str:
    """Return what is said of signatures, once for all files; empty where none is signed."""
    return SIGNATURE_NOTE if has_signatures(file.facts for file in notice.files) else ""


def file_name(page_name: str) -> str:
    """Return what the services call a file by how the pages' addresses do: `original`, `anexo-1`."""
    kind, dash, number = page_name.partition("-")
    if page_name == _ORIGINAL:
        return FileRole.MAIN.value
    return f"{FileRole.ANNEX.value}{dash}{number}" if kind == _ANNEX else ""


def history_of(notice: Notice, timeline: Timeline) -> History:
    """Return what happened, in order; all alerts are one part, where the first of them stands.

    Where the rest is long, deposit, first opening and the newest steps stand out.
    """
    steps = tuple(_step(entry, notice) for entry in timeline.entries if not entry.is_settled)
    return History(_with_alerts(steps, timeline.alerts), _NOTES.get(timeline.extent, ""))


def _with_alerts(steps: tuple[ShownStep, ...], standing: tuple[TimelineEntry, ...]) -> tuple[ShownSteps, ...]:
    kinds = [step.kind for step in steps]
    if kinds.count(Step.ALERT) < _ALERTS_GROUPED_FROM:
        return _parts(steps)
    first = kinds.index(Step.ALERT)
    alerts = tuple(step for step in steps if step.kind is Step.ALERT)
    later = tuple(step for step in steps[first:] if step.kind is not Step.ALERT)
    parts = (
        ShownSteps(steps[:first]),
        _fold(alerts, _alerts_in_short(standing)),
        *_parts(later, room=_SHOWN_WHOLE - first - 1),
    )
    return tuple(part for part in parts if part.steps)


def _alerts_in_short(standing: tuple[TimelineEntry, ...]) -> str:
    """Say where all alerts stand, e.g. `Alertas: 3 correos y 2 SMS enviados, 1 SMS no enviado`."""
    counts = Counter((_STANDINGS[one.outcome], one.channel) for one in standing if one.outcome and one.channel)
    groups = []
    for words in dict.fromkeys(_STANDINGS.values()):
        found = [(counts[words, channel], _MESSAGES[channel]) for channel in _MESSAGES if counts[words, channel]]
        if found:
            sent = in_a_row([f"{count} {_of(count, message)}" for count, message in found])
            groups.append(f"{sent} {_of(sum(count for count, _ in found), words)}")
    return f"Alertas: {', '.join(groups)}"


def _of(count: int, words: tuple[str, str]) -> str:
    singular, plural = words
    return singular if count == 1 else plural


def _parts(steps: tuple[ShownStep, ...], *, room: int = _SHOWN_WHOLE) -> tuple[ShownSteps, ...]:
    if len(steps) <= room:
        return (ShownSteps(steps),)
    older, newest = steps[:-_NEWEST_SHOWN], steps[-_NEWEST_SHOWN:]
    runs = [tuple(run) for _, run in groupby(older, key=lambda step: step.kind in _MILESTONES)]
    return (*map(_part, runs), ShownSteps(newest))


def _part(run: tuple[ShownStep, ...]) -> ShownSteps:
    if len(run) < _FOLDED_FROM or run[0].kind in _MILESTONES:
        return ShownSteps(run)
    return _fold(run, _summary(run))


def _fold(run: tuple[ShownStep, ...], summary: str) -> ShownSteps:
    note = _LEFT_OUT if len(run) > _MOST_FOLDED else ""
    known = [step.at for step in run if step.at is not None]
    hours = (min(known), max(known)) if known else ()
    return ShownSteps(run[-_MOST_FOLDED:], summary, note.format(shown=_MOST_FOLDED), hours)


def _summary(run: tuple[ShownStep, ...]) -> str:
    counts = Counter(step.kind for step in run)
    return in_a_row([f"{counts[kind]} {_of(counts[kind], words)}" for kind, words in _COUNTED.items() if counts[kind]])


def _page_name(file: StoredFile, position: int) -> str:
    return _ORIGINAL if file.role is FileRole.MAIN else f"{_ANNEX}-{position}"


def _about(file: StoredFile) -> str:
    kind = _MEDIA_TYPES.get(file.media_type, file.filename.rpartition(".")[2].upper()[:8])
    return f"{kind}, {size_in_short(file.size)}"


def _step(entry: TimelineEntry, notice: Notice) -> ShownStep:
    by = f"Por {entry.who}" if entry.who else ""
    by = f"{by}. {_CONTESTED}".removeprefix(". ") if entry.is_contested else by
    if entry.step is Step.DEPOSITED:
        return ShownStep(entry.step, "Depositada en tu casilla", entry.at, "")
    if entry.step is Step.OPENED:
        return ShownStep(entry.step, "Abierta por primera vez", entry.at, by)
    if entry.step is Step.REOPENED:
        return ShownStep(entry.step, "Abierta otra vez", entry.at, by)
    if entry.step is Step.DOWNLOADED:
        return ShownStep(entry.step, f"Descarga {_downloaded(entry.file or '', notice)}", entry.at, by)
    channel = _CHANNELS[entry.channel] if entry.channel else ""
    outcome = _OUTCOMES[entry.outcome] if entry.outcome else ""
    return ShownStep(entry.step, f"Alerta por {channel}: {outcome}", entry.at, f"A {entry.who}")


def _downloaded(name: str, notice: Notice) -> str:
    """Say what was downloaded; an annex by its own name."""
    filename = dict(zip(notice.file_names, (file.filename for file in notice.files), strict=True)).get(name, "")
    return _DOWNLOADS.get(name) or f"del anexo «{filename}»"
