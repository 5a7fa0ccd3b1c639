"""A draft in words: its parts, its files, the dates that a deposit now would have, and what to think of before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.deposit.recipient import FROZEN_ADVICE, Reception
from chalicelib.domain.institution.composition import Composition, Recipient
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.notice import Document, FileRole, Notice
from chalicelib.domain.upload.attached_file import FileStanding, FileState
from chalicelib.renderers.deposit.receipt_rows import norm_note, term_notes, term_rows
from chalicelib.renderers.reading.act_words import act_in_words
from chalicelib.renderers.spanish import date_and_hour, day_in_words, size_in_words
from chalicelib.renderers.term_words import term_in_words

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.institution.foreseen import Foreseen
    from chalicelib.domain.sender.office import Office

_CHANNELS = {Channel.EMAIL: "Correo electrónico", Channel.SMS: "Mensaje de texto"}
FILE_STATES = {
    FileState.WAITING: "En revisión",
    FileState.ACCEPTED: "Pasa",
    FileState.REFUSED: "No pasa",
    FileState.EXPIRED: "Venció sin usarse: envíalo otra vez",
    FileState.LOST: "No llegó: envíalo otra vez",
}
_NO_MAILBOX = (
    "No se le puede notificar en una casilla electrónica: no tiene una, o no recibe. Notifícalo por otro medio del"
    " artículo 20 del TUO de la Ley N° 27444."
)


@dataclass(frozen=True, slots=True)
class Line:
    """A label, what stands beside it, and the address that changes it, if any."""

    label: str
    value: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines under a heading, and notes below them."""

    title: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceptionTold:
    """What *tiene casilla* says: in one sentence, and channel by channel."""

    is_good: bool
    sentence: str
    channels: tuple[tuple[str, str], ...]


def tell_reception(told: Reception, zone: ZoneInfo) -> ReceptionTold:
    """Say whether a mailbox receives, and which of its channels live; no address and nobody's name."""
    if told.mailbox_id is None:
        return ReceptionTold(False, FROZEN_ADVICE if told.is_frozen else _NO_MAILBOX, ())
    known = {one.channel: one for one in told.channels}
    rows = []
    for channel, name in _CHANNELS.items():
        one = known.get(channel)
        state = "no tiene" if one is None else _state_of(one.dead_since, zone)
        rows.append((name, f"{state}{' (obligatorio)' if channel in told.required else ''}"))
    if told.can_receive:
        return ReceptionTold(True, "Tiene casilla electrónica y recibe notificaciones.", tuple(rows))
    lacks = " ni ".join(_CHANNELS[channel].lower() for channel in told.missing)
    sentence = (
        f"Tiene casilla electrónica, pero no se le puede avisar por {lacks}, que su norma exige. Notifícalo por otro"
        " medio del artículo 20 del TUO de la Ley N° 27444, o consulta más tarde."
    )
    return ReceptionTold(False, sentence, tuple(rows))


def sections_of(  # noqa: PLR0913 - all that a draft shows
    composition: Composition,
    files: Sequence[FileStanding],
    foreseen: Foreseen,
    office: Office | None,
    *,
    zone: ZoneInfo,
    change: Callable[[str], str],
) -> tuple[Section, ...]:
    """Return the parts of a draft in the order in which they are asked; what is missing has no value."""
    return (
        Section("Quién notifica", tuple(_sender(composition, office, change))),
        Section("Destinatario", tuple(_recipient(composition.recipient, zone, change("destinatario")))),
        Section("Expediente y documento", tuple(_document(composition, zone, change))),
        Section("Lo que exige el artículo 24", tuple(_effects(composition, change))),
        _term(composition, foreseen, zone, change("plazo")),
        Section("Archivos", tuple(_files(files, change("archivos")))),
    )


def warning_words(
    composition: Composition, foreseen: Foreseen, before: Sequence[Notice], zone: ZoneInfo
) -> tuple[str, ...]:
    """Say what to think of before depositing; nothing of it refuses anything."""
    return tuple(_warnings(composition, foreseen, before, zone))


def _state_of(dead_since: datetime | None, zone: ZoneInfo) -> str:
    return "activo" if dead_since is None else f"no llegan avisos desde el {dead_since.astimezone(zone):%d/%m/%Y}"


def _sender(composition: Composition, office: Office | None, change: Callable[[str], str]) -> Iterator[Line]:
    whole = "La entidad misma" if composition.is_office_chosen else ""
    yield Line("Oficina", office.name if office else whole, change("oficina"))
    yield Line(
        "Quién ve este borrador",
        f"{composition.author_name}{' y su oficina' if composition.is_shared else ''}",
        change("oficina"),
    )
    if composition.replaces:
        yield Line("Reemplaza a", f"La notificación N.º {composition.replaces}")
    if composition.answers:
        yield Line("Responde a", f"La presentación {composition.answers.number}, que queda atendida al depositar")


def _recipient(recipient: Recipient | None, zone: ZoneInfo, change: str) -> Iterator[Line]:
    if recipient is None:
        yield Line("Documento de identidad", "", change)
        return
    told = tell_reception(recipient.told, zone)
    yield Line("Documento de identidad", f"{recipient.document_type.value} {recipient.document_number}", change)
    yield Line("Casilla", f"{told.sentence} Consultado el {date_and_hour(recipient.asked_at, zone)}.")
    for name, state in told.channels:
        yield Line(name, state)


def _document(composition: Composition, zone: ZoneInfo, change: Callable[[str], str]) -> Iterator[Line]:
    case_file, heading, signers = composition.case_file, composition.heading, composition.signers
    said = f"{case_file.number}, del {case_file.opened_on:%d/%m/%Y}" if case_file else ""
    yield Line("Expediente", said, change("expediente"))
    yield Line("Documento", f"{heading.type} {heading.number}" if heading else "", change("documento"))
    if heading:
        yield Line("Asunto", heading.subject, change("documento"))
        yield Line("Fecha de emisión", date_and_hour(heading.issued_at, zone), change("documento"))
    yield Line("Dependencia", signers.office if signers else "", change("remite"))
    if signers:
        yield Line("Firmado por", signers.signed_by, change("remite"))
        yield Line("Elaborado por", signers.prepared_by, change("remite"))


def _effects(composition: Composition, change: Callable[[str], str]) -> Iterator[Line]:
    effects = composition.effects
    ends = effects.ends_administrative_path
    document = Document("", "", "", composition.created_at, "", "", "", effects.in_force_from, ends)
    said = dict(act_in_words(document))
    yield Line("Vigencia del acto", said.get("Vigencia del acto", "Sin indicar"), change("efectos"))
    yield Line("Vía administrativa", said.get("Vía administrativa", "Sin indicar"), change("efectos"))
    remedies = "; ".join(f"{one.name}, ante {one.body}, en {term_in_words(one.term)}" for one in effects.remedies)
    yield Line("Recursos", remedies or "Sin indicar", change("recursos"))


def _term(composition: Composition, foreseen: Foreseen, zone: ZoneInfo, change: str) -> Section:
    notice = foreseen.notice
    if notice is None:
        said = foreseen.problem.detail if foreseen.problem else ""
        chosen = composition.chosen_term
        value = (term_in_words(chosen.term) if chosen.term else "No fija un plazo") if chosen else ""
        return Section("Plazo y fechas", (Line("Plazo", value, change),), (said,) if said else ())
    rows = [
        Line(row.label, row.value, change if row.label in {"Régimen", "Plazo"} else "") for row in term_rows(notice)
    ]
    notes = [note for note in (norm_note(notice), *term_notes(notice, zone)) if note]
    return Section("Plazo y fechas, si se deposita ahora", tuple(rows), tuple(notes))


def _files(files: Sequence[FileStanding], change: str) -> Iterator[Line]:
    if not any(one.file.role is FileRole.MAIN for one in files):
        yield Line("Documento principal", "", change)
    number = 0
    for one in files:
        number += one.file.role is FileRole.ANNEX
        label = "Documento principal" if one.file.role is FileRole.MAIN else f"Anexo {number}"
        yield Line(label, file_in_words(one), change)


def file_in_words(one: FileStanding) -> str:
    """Say what a file is called, how large it is, and whether it passes."""
    size = f", {size_in_words(one.size)}" if one.size else ""
    name = one.filename or "Archivo por llegar"
    why = " ".join(problem.detail for problem in one.problems)
    return f"{name}{size}. {FILE_STATES[one.state]}.{f' {why}' if why else ''}"


def _warnings(composition: Composition, foreseen: Foreseen, before: Sequence[Notice], zone: ZoneInfo) -> Iterator[str]:
    if composition.recipient and not composition.recipient.told.can_receive:
        yield "Cuando se consultó, el destinatario no podía recibir. Si sigue igual, el depósito se rechazará."
    for one in foreseen.warnings:
        if one.code == "act_older_than_five_days":
            yield (
                "El documento se emitió hace más de cinco días hábiles: debía notificarse dentro de ellos (TUO, 24.1)."
                " Puedes depositarlo; revisa con tu asesoría legal qué efecto tiene la demora."
            )
        elif one.code == "act_in_force_later":
            yield (
                "El acto rige después de la notificación y el plazo se cuenta desde esta. Revisa con tu asesoría legal"
                " el plazo (TUO, 144.1)."
            )
    for notice in before:
        day = day_in_words(notice.deposited_at.astimezone(zone).date())
        yield (
            f"Tu entidad ya depositó este documento, {notice.document.type} {notice.document.number}, al mismo"
            f" destinatario: notificación N.º {notice.notice_id}, del {day}. Deposítalo solo si corresponde otra vez."
        )
