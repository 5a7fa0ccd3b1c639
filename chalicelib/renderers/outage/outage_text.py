"""What the commands about outages say: as text, and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.outage.outage import Outage, OutageState
from chalicelib.renderers.outage.outage_words import ShownOutage

_NONE = "No se ha anunciado ninguna interrupción."
_ANNOUNCED = "Se anunció la interrupción {id}. En un minuto está en todas las páginas y en /interrupciones."
_PLANNED = (
    "Se anunció la interrupción {id}. En un minuto está en /interrupciones y, desde tres días antes de que empiece, en"
    " todas las páginas."
)
_RECORDED = "Se publicó la interrupción {id}, que ya terminó. Está en /interrupciones."
_SAME = "Ya estaba anunciada igual: es la {id}. No se hizo nada más."
_ENDED = "Terminó la interrupción {id}. En un minuto deja de anunciarse y queda publicada en /interrupciones."
_CALLED_OFF = "La interrupción {id} no se realiza. En un minuto deja de anunciarse y queda publicada así."
_HAD_ENDED = "La interrupción {id} ya había terminado. No se hizo nada más."


def announced_text(shown: ShownOutage, *, is_new: bool) -> str:
    """Say that one was announced."""
    if not is_new:
        return f"{_SAME.format(id=shown.outage_id)}\n\n{outage_text(shown)}"
    said = {OutageState.UNDER_WAY: _ANNOUNCED, OutageState.PLANNED: _PLANNED}.get(shown.state, _RECORDED)
    return f"{said.format(id=shown.outage_id)}\n\n{outage_text(shown)}"


def ended_text(shown: ShownOutage, *, is_new: bool) -> str:
    """Say that one ended."""
    said = _CALLED_OFF if shown.state is OutageState.CALLED_OFF else _ENDED
    return f"{(said if is_new else _HAD_ENDED).format(id=shown.outage_id)}\n\n{outage_text(shown)}"


def outage_text(shown: ShownOutage) -> str:
    """Write one outage."""
    end = "Termina" if shown.state in {OutageState.PLANNED, OutageState.UNDER_WAY} else "Terminó"
    rows = [
        ("Estado", f"{shown.state_words}{f', por la {shown.corrected_by}' * bool(shown.corrected_by)}"),
        ("Empieza" if shown.state is OutageState.PLANNED else "Empezó", shown.began),
        (end, shown.ended or ("—" if shown.state is OutageState.CALLED_OFF else "sin hora de fin")),
        ("Dura", shown.lasted or "—"),
        ("No funciona", shown.affects),
        ("Dice", shown.words),
    ]
    return "\n".join([f"Interrupción {shown.outage_id}", *(f"  {name:12}{value}" for name, value in rows)])


def list_text(outages: Iterable[ShownOutage], *, last: str) -> str:
    """Write a list; `last` is the id after which more follow, or empty."""
    written = [outage_text(one) for one in outages]
    more = [f"Hay más: repita con --after {last}"] if last else []
    return "\n\n".join([*(written or [_NONE]), *more])


def outage_json(outage: Outage, now: datetime) -> dict[str, Any]:
    """Write one for programs; instants are UTC."""
    return {
        "outage_id": outage.outage_id,
        "state": outage.state_at(now).value,
        "starts_at": _instant(outage.starts_at),
        "expected_until": _instant(outage.expected_until),
        "ended_at": _instant(outage.ended_at),
        "affects": [one.value for one in outage.affects],
        "words": outage.words,
        "announced_at": _instant(outage.announced_at),
        "corrects": outage.corrects,
        "corrected_by": outage.corrected_by,
    }


def list_json(outages: Iterable[Outage], now: datetime, *, last: str) -> dict[str, Any]:
    """Write a list for programs."""
    return {"outages": [outage_json(one, now) for one in outages], "after": last or None}


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
