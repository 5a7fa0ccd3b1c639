"""An outage in words: what does not work, when, and how long."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.outage.outage import Affected, Board, Outage, OutageState, to_the_minute
from chalicelib.renderers.spanish import day_in_words, in_a_row

AFFECTED = {
    Affected.ALL: "todo el servicio",
    Affected.ACCESS: "el ingreso a la casilla y la lectura de notificaciones",
    Affected.DEPOSITS: "el depósito de notificaciones nuevas",
    Affected.ALERTS: "los avisos por correo y por mensaje de texto",
    Affected.REGISTRATION: "el registro de casillas nuevas",
}
STATES = {
    OutageState.PLANNED: "Prevista",
    OutageState.UNDER_WAY: "En curso",
    OutageState.UNCONFIRMED: "Fin sin confirmar",
    OutageState.OVER: "Terminada",
    OutageState.CALLED_OFF: "Cancelada",
    OutageState.CORRECTED: "Corregida",
}


@dataclass(frozen=True, slots=True)
class Labels:
    """What an outage's facts are called: nothing that did not happen, or that nobody confirmed, is told as a fact."""

    affects: str
    begins: str
    ends: str
    lasts: str = ""


LABELS = {
    OutageState.PLANNED: Labels("No va a funcionar", "Empieza", "Prevista hasta", "Duración prevista"),
    OutageState.UNDER_WAY: Labels("No funciona", "Empezó", "Prevista hasta", "Duración prevista"),
    OutageState.UNCONFIRMED: Labels("Se anunció que no funcionaría", "Prevista para", "Prevista hasta"),
    OutageState.OVER: Labels("No funcionó", "Empezó", "Terminó", "Duró"),
    OutageState.CALLED_OFF: Labels("No iba a funcionar", "Iba a empezar", "Cancelada el"),
    OutageState.CORRECTED: Labels("Decía que no funcionaba", "Decía que empezaba", "Decía que terminaba"),
}
"""By state; an outage that was announced once it had begun did begin, whatever its end."""
GROUPS = {
    "En curso": OutageState.UNDER_WAY,
    "Previstas": OutageState.PLANNED,
    "Fin sin confirmar": OutageState.UNCONFIRMED,
    "Terminadas": OutageState.OVER,
    "Canceladas": OutageState.CALLED_OFF,
    "Corregidas": OutageState.CORRECTED,
}
"""The headings under which outages are listed, in this order."""
_QUOTED = {OutageState.UNCONFIRMED, OutageState.CALLED_OFF, OutageState.CORRECTED}
_NAMED, _SHORT = 2, 45
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShownOutage:
    """An outage as pages and operators see it; times are in words, `began_at` is for programs."""

    outage_id: str
    state: OutageState
    words: str
    """As it was announced; between quotation marks where it is not known to be so."""
    short_words: str
    short_times: str
    affects: str
    labels: Labels
    began_at: datetime
    began: str
    ended: str
    """Empty while nobody knows."""
    lasted: str
    """Of the two hours that are shown. Empty while nobody knows, or where it did not take place."""
    corrects: str
    corrected_by: str

    @property
    def state_words(self) -> str:
        """How it stands."""
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class Banner:
    """What every page announces: a few by their name, and how many more there are."""

    named: tuple[ShownOutage, ...] = ()
    more: int = 0

    @property
    def is_under_way(self) -> bool:
        """Whether anything does not work now."""
        return any(one.state is OutageState.UNDER_WAY for one in self.named)


def show_outage(outage: Outage, now: datetime, local: Callable[[datetime], datetime]) -> ShownOutage:
    """Put an outage into words; `local` puts an instant on the country's clock."""
    state, ends_at = outage.state_at(now), outage.over_since or outage.expected_until
    unconfirmed = "; sin confirmar" * (state is OutageState.UNCONFIRMED)
    lasts = ends_at is not None and bool(LABELS[state].lasts)
    return ShownOutage(
        outage_id=outage.outage_id,
        state=state,
        words=f"«{outage.words}»" if state in _QUOTED else outage.words,
        short_words=_cut(outage.words),
        short_times=_times_in_short(local(outage.starts_at), None if ends_at is None else local(ends_at)),
        affects="; ".join(AFFECTED[one] for one in outage.affects),
        labels=_labels(outage, state),
        began_at=outage.starts_at,
        began=moment_in_words(local(outage.starts_at)),
        ended=f"{moment_in_words(local(ends_at))}{unconfirmed}" if ends_at else "",
        lasted=duration_in_words(to_the_minute(ends_at) - to_the_minute(outage.starts_at)) if lasts and ends_at else "",
        corrects=outage.corrects or "",
        corrected_by=outage.corrected_by or "",
    )


def banner_of(board: Board, now: datetime, local: Callable[[datetime], datetime]) -> Banner:
    """Return what every page announces: two, or two that are under way and the next that is planned."""
    shown = board.shown_at(now)
    under_way = [one for one in shown if one.starts_at <= now]
    planned = shown[len(under_way) :]
    named = (*under_way[:_NAMED], *planned[: max(1, _NAMED - len(under_way))])
    return Banner(tuple(show_outage(one, now, local) for one in named), len(shown) - len(named))


def group_outages(outages: Iterable[ShownOutage]) -> dict[str, list[ShownOutage]]:
    """Put outages under their headings; those that have none are left out."""
    listed = list(outages)
    groups = {heading: [one for one in listed if one.state is state] for heading, state in GROUPS.items()}
    return {heading: group for heading, group in groups.items() if group}


def duration_in_words(time: timedelta) -> str:
    """Write a duration of whole minutes: `2 días, 1 hora y 5 minutos`."""
    parts = [(time // _DAY, "día"), (time % _DAY // _HOUR, "hora"), (time % _HOUR // _MINUTE, "minuto")]
    said = [f"{number} {noun}{'s' * (number != 1)}" for number, noun in parts if number]
    return in_a_row(said) if said else "menos de 1 minuto"


def _labels(outage: Outage, state: OutageState) -> Labels:
    had_begun = state is OutageState.UNCONFIRMED and outage.starts_at <= outage.announced_at
    return replace(LABELS[state], affects="No funcionaba", begins="Empezó") if had_begun else LABELS[state]


def _cut(words: str) -> str:
    """Return as many whole words as a line or two of a phone hold."""
    if len(words) <= _SHORT:
        return words
    return f"{words[:_SHORT].rpartition(' ')[0] or words[:_SHORT]}…"


def _times_in_short(begin: datetime, end: datetime | None) -> str:
    began = f"Desde el {begin:%d/%m}, {begin:%H:%M}"
    if end is None:
        return f"{began}."
    until = f"las {end:%H:%M}" if end.date() == begin.date() else f"el {end:%d/%m}, {end:%H:%M}"
    return f"{began}, hasta {until}."


def moment_in_words(local: datetime) -> str:
    """Write a local time as `lunes 9 de marzo de 2026, 15:15`."""
    return f"{day_in_words(local.date())}, {local:%H:%M}"
