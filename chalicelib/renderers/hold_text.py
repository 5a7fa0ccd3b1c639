"""What the operator's commands about restores say, as text and as JSON."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from chalicelib.domain.hold import UNKNOWN_SINCE, CheckResult, Hold

_OWN = "las de la pila"
_WAIT = "Esperan los trabajos que borran, envían o cierran por lo que falta en las tablas (runbook, Restoring)."


def hold_text(
    hold: Hold | None, check: CheckResult | None, *, tables: str, since: datetime | None, zone: tzinfo
) -> str:
    """Say whether jobs wait, since when, and what the last check found."""
    lines = [f"Tablas en uso: {tables or _OWN}."]
    if since is None:
        lines.append("No hay trabajos retenidos.")
    elif since == UNKNOWN_SINCE:
        lines.append(f"Hay trabajos retenidos, porque estas tablas son restauradas y nadie los liberó. {_WAIT}")
    else:
        lines.append(f"Hay trabajos retenidos desde {_at(since, zone)}. {_WAIT}")
    lines += (
        [] if hold is None or hold.restored_to is None else [f"Instante restaurado: {_at(hold.restored_to, zone)}."]
    )
    lines += [
        f"Días que una restauración perdió y no se barren: {days.first} a {days.last} (UTC)."
        for days in (() if hold is None else hold.lost)
    ]
    return "\n".join([*lines, _check_text(check, zone)])


def _check_text(check: CheckResult | None, zone: tzinfo) -> str:
    if check is None:
        return "Revisión: ninguna todavía."
    found = ", ".join(f"{kind}: {count}" for kind, count in sorted(check.findings.items())) or "nada por reparar"
    accepted = f"; aceptado por escrito: {check.accepted}" if check.accepted else ""
    of = check.tables or _OWN
    return f"Revisión de {of}, {_at(check.began_at, zone)}: {found}{accepted}. Informe {check.report[:12]}."


def held_text(hold: Hold, zone: tzinfo) -> str:
    """Say that jobs wait."""
    since = _at(hold.since, zone)
    return f"Trabajos retenidos desde {since}. {_WAIT} Para liberarlos: revisión limpia y «restore release»."


def released_text(hold: Hold) -> str:
    """Say that they go on, and what is never swept."""
    lost = [f" Lo guardado en S3 del {days.first} al {days.last} (UTC) no se barre nunca." for days in hold.lost[-1:]]
    return "".join(["Trabajos liberados: siguen en su próxima hora.", *lost])


def hold_json(hold: Hold | None, check: CheckResult | None, *, tables: str, since: datetime | None) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "tables": tables,
        "is_held": since is not None,
        "since": None if since is None else since.isoformat(),
        "restored_to": None if hold is None or hold.restored_to is None else hold.restored_to.isoformat(),
        "lost": [
            {"first": days.first.isoformat(), "last": days.last.isoformat()} for days in (hold.lost if hold else ())
        ],
        "check": check
        and {
            "tables": check.tables,
            "began_at": check.began_at.isoformat(),
            "findings": dict(check.findings),
            "accepted": check.accepted,
            "report": check.report,
        },
    }


def _at(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
