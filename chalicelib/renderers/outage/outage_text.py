"""What the commands about outages say: as text, and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.outage.outage import Outage, OutageState
from chalicelib.renderers.outage.outage_words import ShownOutage, moment_in_words

_NONE = "No se ha anunciado ninguna interrupción."
_ANNOUNCED = "Se anunció la interrupción {id}. En un minuto está en todas las páginas y en /interrupciones."
_PLANNED = (
    "Se anunció la interrupción {id}. En un minuto está en /interrupciones y, desde tres días antes de que empiece, en"
    " todas las páginas."
)
_RECORDED = "Se publicó la interrupción {id}, que ya terminó. Está en /interrupciones."
_SAME = "Ya estaba anunciada igual: es la {id}. No se hizo nada más."
_ENDED = "Terminó la interrupción {id}. En un minuto deja de anunciarse y queda publicada en /interrupciones."
_CALLED_OFF = "La interrupción {id} queda cancelada. En un minuto deja de anunciarse y queda publicada así."
_HAD_ENDED = "La interrupción {id} ya estaba terminada. No se cambió nada."


ACTS = {
    EventType.OUTAGE_ANNOUNCED: "anunció",
    EventType.OUTAGE_ENDED: "terminó o canceló",
    EventType.OUTAGE_CORRECTED: "corrigió",
}


@dataclass(frozen=True, slots=True)
class OutageAct:
    """What an operator did, when in local words, and why."""

    kind: EventType
    who: str
    when: str
    reason: str


def act_of(event: Event, local: Callable[[datetime], datetime]) -> OutageAct:
    """Read an act from the log."""
    who = event.actor.removeprefix("operator:")
    return OutageAct(event.type, who, moment_in_words(local(event.occurred_at)), event.data.get("reason", "no consta"))


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


def outage_text(shown: ShownOutage, acts: Iterable[OutageAct] = ()) -> str:
    """Write one outage, and who did what to it."""
    labels = shown.labels
    rows = [
        ("Estado", shown.state_words),
        *([("Corregida por", f"la {shown.corrected_by}")] if shown.corrected_by else []),
        *([("Corrige", f"la {shown.corrects}")] if shown.corrects else []),
        (labels.begins, shown.began),
        (labels.ends, shown.ended or "sin hora de fin"),
        *([(labels.lasts, shown.lasted)] if shown.lasted else []),
        (labels.affects, shown.affects),
        ("Dice", shown.words),
        *((f"La {ACTS[act.kind]}", f"{act.who}, {act.when}. Por qué: {act.reason}") for act in acts),
    ]
    return "\n".join([f"Interrupción {shown.outage_id}", *(f"  {name}: {value}" for name, value in rows)])


def list_text(outages: Iterable[tuple[ShownOutage, Iterable[OutageAct]]], *, last: str) -> str:
    """Write a list; `last` is the id after which more follow, or empty."""
    written = [outage_text(shown, acts) for shown, acts in outages]
    more = [f"Hay más: repita con --after {last}"] if last else []
    return "\n\n".join([*(written or [_NONE]), *more])


def act_json(event: Event) -> dict[str, Any]:
    """Write an act for programs."""
    return {
        "type": event.type.value,
        "at": _instant(event.occurred_at),
        "operator": event.actor.removeprefix("operator:"),
        "reason": event.data.get("reason"),
    }


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


def list_json(outages: Iterable[dict[str, Any]], *, last: str) -> dict[str, Any]:
    """Write a list for programs."""
    return {"outages": list(outages), "after": last or None}


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
