"""What the page of a notice shows: its files, what happened to it. Templates only lay it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from chalicelib.domain.alert.alert import AlertPurpose, AlertState
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
    AlertState.REFUSED: "todavía no enviad{o}; el servicio de mensajes no l{o} recibió",
    AlertState.UNKNOWN: "sin confirmación del servicio de mensajes",
    AlertState.ACCEPTED: "enviad{o}",
    AlertState.DELIVERED: "entregad{o}",
    AlertState.BOUNCED: "devuelt{o}: no llegó",
    AlertState.COMPLAINED: "entregad{o} y marcad{o} como no desead{o}",
    AlertState.DELAYED: "enviad{o}; su entrega se demora",
    AlertState.FAILED: "no enviad{o}; la dirección o el número no recibe mensajes",
    AlertState.GAVE_UP: "no enviad{o}",
    AlertState.CANCELLED: "no se envió",
}
"""Of an alert (`alerta`) or a reminder (`recordatorio`): `o` is the ending."""
_ADDED = {
    (AlertPurpose.FALLBACK, Channel.EMAIL): "También por correo, porque el mensaje de texto no llegó",
    (AlertPurpose.FALLBACK, Channel.SMS): "También por mensaje de texto, porque el correo no llegó",
    (AlertPurpose.RENEWAL, Channel.EMAIL): "Otra vez por correo, porque la primera alerta no llegó",
    (AlertPurpose.SUSPENSION, Channel.EMAIL): "Para avisar que la lectura se suspendió",
    (AlertPurpose.SUSPENSION, Channel.SMS): "Para avisar que la lectura se suspendió",
    (AlertPurpose.RENEWAL, Channel.SMS): "Otra vez por mensaje de texto, porque la primera alerta no llegó",
}
"""Why there are more than the deposit's own alerts."""
_REASONS = {
    "notice_opened": "La notificación ya estaba abierta",
    "reading_suspended": "La lectura de la notificación se suspendió antes",
    "notice_replaced": "La notificación ya estaba reemplazada por otra",
    "too_late": "El día que iba a recordar ya había pasado",
    "address_changed": "Ya no era la dirección o el número de un usuario activo",
    "address_dead": "La dirección o el número no recibía mensajes",
    "no_live_channel": "Ningún correo ni celular de la casilla recibía mensajes",
}
"""Why an alert was not sent or a reminder missed."""
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
    AlertState.CANCELLED: ("cancelado", "cancelados"),
}
"""Where e-mails and SMS stand, of one and of more: what reached most comes first. What nobody knows never failed."""
_DOWNLOADS = {
    FileRole.MAIN.value: "del documento original",
    "receipt": "de la constancia",
    "annexes": "de todos los anexos (ZIP)",
    "evidence": "de todas las pruebas (ZIP)",
}
_TITLES = {
    Step.DEPOSITED: "Depositada en tu casilla",
    Step.OPENED: "Abierta por primera vez",
    Step.REOPENED: "Abierta otra vez",
    Step.REPLACED: "Reemplazada por otra notificación",
    Step.SUSPENDED: "Lectura suspendida por la entidad",
}
_CONTESTED = "Impugnada: el titular no reconoce quién tenía acceso entonces. Los plazos no cambian."
_MILESTONES = frozenset({Step.DEPOSITED, Step.REMINDER_MISSED, Step.OPENED, Step.REPLACED, Step.SUSPENDED})
_ALERTS, _REMINDERS = "Alertas", "Recordatorios"
_COUNTED = {
    (Step.ALERT, _ALERTS): ("alerta", "alertas"),
    (Step.ALERT, _REMINDERS): ("recordatorio", "recordatorios"),
    (Step.REOPENED, ""): ("reapertura", "reaperturas"),
    (Step.DOWNLOADED, ""): ("descarga", "descargas"),
}
_SHOWN_WHOLE = 9
"""Steps that are all shown, alerts counting as one and reminders too; of more, runs of others than milestones fold."""
_NEWEST_SHOWN = 3
_GROUPED_FROM = 2
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
    group: str = ""
    """What the fold is called in which it stands with others of its kind; empty where there is none."""

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
    """What happened, in order, in `note` what is missing of it; `failed` tells of alerts that did not arrive."""

    parts: tuple[ShownSteps, ...]
    note: str
    failed: str


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
    """Return what happened, in order; all alerts are one part, where the first of them stands, and so are reminders.

    Where the rest is long, deposit, first opening and the newest steps stand out.
    """
    steps = tuple(_step(entry, notice) for entry in timeline.entries if not entry.is_settled)
    parts = tuple(_parts(_grouped(steps, timeline.alerts)))
    return History(parts, _NOTES.get(timeline.extent, ""), failed_in_words(timeline.failed_channels))


def failed_in_words(channels: tuple[Channel, ...]) -> str:
    """Say that nobody was alerted by some channels; empty where there is none."""
    ways = " ni ".join(f"por {_CHANNELS[channel]}" for channel in channels)
    both = "ni " if len(channels) > 1 else ""
    return f"De esta notificación no llegó ninguna alerta {both}{ways}." if channels else ""


def _grouped(steps: tuple[ShownStep, ...], standing: tuple[TimelineEntry, ...]) -> Sequence[ShownStep | ShownSteps]:
    """Put what stands together in one part, in the place of the first of it."""
    sizes = Counter(step.group for step in steps)
    together = {name for name in (_ALERTS, _REMINDERS) if sizes[name] >= _GROUPED_FROM}
    items: list[ShownStep | ShownSteps] = []
    for step in steps:
        if step.group not in together:
            items.append(step)
        elif sizes.pop(step.group, 0):
            found = tuple(one for one in steps if one.group == step.group)
            items.append(_fold(found, _alerts_in_short(step.group, standing)))
    return items


def _alerts_in_short(group: str, standing: tuple[TimelineEntry, ...]) -> str:
    """Say where all of a group stand, e.g. `Alertas: 3 correos y 2 SMS enviados, 1 SMS no enviado`."""
    of_group = [one for one in standing if _group(one) == group]
    counts = Counter((_STANDINGS[one.outcome], one.channel) for one in of_group if one.outcome and one.channel)
    groups = []
    for words in dict.fromkeys(_STANDINGS.values()):
        found = [(counts[words, channel], _MESSAGES[channel]) for channel in _MESSAGES if counts[words, channel]]
        if found:
            sent = in_a_row([f"{count} {_of(count, message)}" for count, message in found])
            groups.append(f"{sent} {_of(sum(count for count, _ in found), words)}")
    return f"{group}: {', '.join(groups)}"


def _of(count: int, words: tuple[str, str]) -> str:
    singular, plural = words
    return singular if count == 1 else plural


def _parts(items: Sequence[ShownStep | ShownSteps]) -> Iterator[ShownSteps]:
    """Lay out steps, of which those that stand together are one item."""
    older = items[:-_NEWEST_SHOWN] if len(items) > _SHOWN_WHOLE else ()
    yield from _runs(older, lambda step: step.kind in _MILESTONES, _part)
    yield from _runs(items[len(older) :], lambda _: True, ShownSteps)


def _runs(
    items: Sequence[ShownStep | ShownSteps],
    key: Callable[[ShownStep], bool],
    part: Callable[[tuple[ShownStep, ...]], ShownSteps],
) -> Iterator[ShownSteps]:
    """Make a part of steps in a row that have the same key; what is a part already stays one."""
    for _, run in groupby(items, key=lambda item: item if isinstance(item, ShownSteps) else key(item)):
        found = tuple(run)
        yield from (one for one in found if isinstance(one, ShownSteps))
        if steps := tuple(one for one in found if isinstance(one, ShownStep)):
            yield part(steps)


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
    counts = Counter((step.kind, step.group) for step in run)
    return in_a_row([f"{counts[kind]} {_of(counts[kind], words)}" for kind, words in _COUNTED.items() if counts[kind]])


def _page_name(file: StoredFile, position: int) -> str:
    return _ORIGINAL if file.role is FileRole.MAIN else f"{_ANNEX}-{position}"


def _about(file: StoredFile) -> str:
    kind = _MEDIA_TYPES.get(file.media_type, file.filename.rpartition(".")[2].upper()[:8])
    return f"{kind}, {size_in_short(file.size)}"


def _step(entry: TimelineEntry, notice: Notice) -> ShownStep:
    by = f"Por {entry.who}" if entry.who else ""
    by = f"{by}. {_CONTESTED}".removeprefix(". ") if entry.is_contested else by
    if entry.step in _TITLES:
        return ShownStep(entry.step, _TITLES[entry.step], entry.at, "" if entry.step is Step.DEPOSITED else by)
    if entry.step is Step.DOWNLOADED:
        return ShownStep(entry.step, f"Descarga {_downloaded(entry.file or '', notice)}", entry.at, by)
    if entry.step is Step.REMINDER_MISSED:
        return ShownStep(entry.step, "Recordatorio: no se envió", entry.at, _REASONS.get(entry.reason or "", ""))
    return _alert_step(entry)


def _alert_step(entry: TimelineEntry) -> ShownStep:
    group = _group(entry)
    called, ending = ("Recordatorio", "o") if group == _REMINDERS else ("Alerta", "a")
    channel = _CHANNELS[entry.channel] if entry.channel else ""
    outcome = _OUTCOMES[entry.outcome].format(o=ending) if entry.outcome else ""
    added = _ADDED.get((entry.purpose, entry.channel), "") if entry.purpose and entry.channel else ""
    note = ". ".join(filter(None, (f"A {entry.who}", added, _REASONS.get(entry.reason or ""))))
    return ShownStep(entry.step, f"{called} por {channel}: {outcome}", entry.at, note, group)


def _group(entry: TimelineEntry) -> str:
    return _REMINDERS if entry.purpose is AlertPurpose.REMINDER else _ALERTS


def _downloaded(name: str, notice: Notice) -> str:
    """Say what was downloaded; an annex by its own name."""
    filename = dict(zip(notice.file_names, (file.filename for file in notice.files), strict=True)).get(name, "")
    return _DOWNLOADS.get(name) or (f"del anexo «{filename}»" if filename else "de un anexo")
