"""How much of a term is left, or for how long it is over, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_MANY_HOURS = timedelta(hours=48)


def time_left(due_at: datetime, now: datetime) -> str:
    """Say `quedan 3 h`, `queda 1 min` or `venció hace 2 h`: whole units, never more than there is."""
    if now <= due_at:
        count, unit = _whole(due_at - now)
        if not count:
            return "vence en este minuto"
        return f"{'queda' if count == 1 else 'quedan'} {count} {unit}"
    count, unit = _whole(now - due_at)
    return f"venció hace {count} {unit}" if count else "acaba de vencer"


def _whole(span: timedelta) -> tuple[int, str]:
    if span < _HOUR:
        return span // _MINUTE, "min"
    if span < _MANY_HOURS:
        return span // _HOUR, "h"
    return span // _DAY, "días"
