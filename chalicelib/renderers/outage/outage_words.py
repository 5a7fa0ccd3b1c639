"""An outage in words: what does not work, when, and how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.outage.outage import Affected, Board, Outage, OutageState
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
    OutageState.OVER: "Terminada",
    OutageState.CALLED_OFF: "No se realizó",
    OutageState.CORRECTED: "Corregida",
}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShownOutage:
    """An outage as pages and operators see it; times are in words, `began_at` is for programs."""

    outage_id: str
    state: OutageState
    words: str
    affects: str
    began_at: datetime
    began: str
    ended: str
    """Empty while nobody knows."""
    lasted: str
    """Empty while nobody knows, or where it did not take place."""
    corrected_by: str

    @property
    def state_words(self) -> str:
        """How it stands."""
        return STATES[self.state]


def show_outage(outage: Outage, now: datetime, local: Callable[[datetime], datetime]) -> ShownOutage:
    """Put an outage into words; `local` puts an instant on the country's clock."""
    state, ends_at = outage.state_at(now), outage.ends_at
    took_place = state is not OutageState.CALLED_OFF and ends_at is not None
    return ShownOutage(
        outage_id=outage.outage_id,
        state=state,
        words=outage.words,
        affects="; ".join(AFFECTED[one] for one in outage.affects),
        began_at=outage.starts_at,
        began=_moment(local(outage.starts_at)),
        ended=_moment(local(ends_at)) if took_place and ends_at else "",
        lasted=duration_in_words(ends_at - outage.starts_at) if took_place and ends_at else "",
        corrected_by=outage.corrected_by or "",
    )


def announced(board: Board, now: datetime, local: Callable[[datetime], datetime]) -> tuple[ShownOutage, ...]:
    """Return what every page announces."""
    return tuple(show_outage(one, now, local) for one in board.shown_at(now))


def duration_in_words(time: timedelta) -> str:
    """Write how long something lasts, to the minute: `2 días, 1 hora y 5 minutos`; less than one is one."""
    minutes = max(1, round(time / _MINUTE)) * _MINUTE
    days, hours = minutes // _DAY, minutes % _DAY // _HOUR
    parts = [(days, "día"), (hours, "hora"), (minutes % _HOUR // _MINUTE, "minuto")]
    return in_a_row([f"{number} {noun}{'s' * (number != 1)}" for number, noun in parts if number])


def _moment(local: datetime) -> str:
    return f"{day_in_words(local.date())}, {local:%H:%M}"
