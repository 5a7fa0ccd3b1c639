"""Check tables against each other and against S3, say what is damaged and what to do, and write what came of it.

The report is a file that whoever checked keeps. Beside it stands what they accept: a line for each damage that cannot
be mended, with the reason. Jobs are let go on only by a check that found nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.domain.hold import CheckResult
from infra.restore.checks import Damage
from infra.restore.damage import CHECKS, OPEN_ALERTS, find_all, newest
from infra.restore.gather import gather
from infra.restore.hold_items import put_check, restored_to
from infra.restore.ledger import Ledger
from infra.restore.lost import ABANDONED, find_lost
from infra.restore.lost_filings import find_lost_filings
from infra.restore.places import CannotRestore, Places

_LISTED = 20
"""Of one kind; the report has all of them."""
_WAITING = "SELECT COUNT(*) FROM tokens WHERE kind = 'waiting_email'"
_REMINDERS = "SELECT COUNT(*) FROM notices WHERE remind_at <= ? AND opened_at IS NULL"
_UNNAMED = (
    "SELECT COUNT(*) FROM versions v WHERE v.is_latest = 1 AND v.is_marker = 0 AND v.key LIKE 'notices/%'"
    " AND NOT EXISTS (SELECT 1 FROM files f WHERE f.key = v.key)"
)
_LEAPS = "SELECT institution || ' ' || year, first, last FROM leaps ORDER BY 1, 2"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check: what is left to mend, and what somebody accepted."""

    result: CheckResult
    findings: tuple[Damage, ...]
    accepted: tuple[Damage, ...]
    text: str

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left."""
        return not self.findings


def check_tables(  # noqa: PLR0913 - what to compare, and by what
    places: Places,
    ledger: Ledger,
    *,
    dynamodb: Any,
    s3: Any,
    now: datetime,
    say: Say,
    before: Places | None = None,
    accepted: Mapping[tuple[str, str], str] | None = None,
    is_in_use: bool = False,
) -> Checked:
    """Read everything, compare it, and write the result into the tables that were checked.

    `before` are the tables of before the restore, if they are there. Run again after it stopped, it goes on. Of tables
    that are in use, what happens while they are read is in one and not in the next: then a damage is one that a second
    reading finds as well.
    """
    instant = restored_to(places, dynamodb)
    about = json.dumps([*places.tables.values(), places.documents])

    def read() -> tuple[datetime, list[Damage]]:
        began, goes_on = ledger.begin(about, now)
        if goes_on:
            say(f"Se sigue con lo leído desde {began.isoformat()}.")
        gather(places, ledger, dynamodb=dynamodb, s3=s3, say=say)
        find_lost_filings(places, ledger, restored_to=instant, before=before, dynamodb=dynamodb, s3=s3)
        find_lost(places, ledger, restored_to=instant, before=before, dynamodb=dynamodb, s3=s3)
        return began, list(find_all(ledger))

    began_at, found = read()
    if found and is_in_use:
        say("Las tablas están en uso: se lee todo otra vez, y vale lo que está en ambas lecturas.")
        first = {(one.kind, one.thing) for one in found}
        ledger.finish()
        found = [one for one in read()[1] if (one.kind, one.thing) in first]
    taken = [one for one in found if (one.kind, one.thing) in (accepted or {})]
    left = [one for one in found if one not in taken]
    text = _report(
        places,
        ledger,
        left=left,
        taken=taken,
        accepted=accepted or {},
        began_at=began_at,
        instant=instant,
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    counts = dict(Counter(one.kind for one in left))
    result = CheckResult(places.restored, began_at, len(taken), digest, counts)
    put_check(places, result, dynamodb)
    ledger.finish()
    return Checked(result, tuple(left), tuple(taken), text)


def read_accepted(path: Path) -> dict[tuple[str, str], str]:
    """Read what somebody accepts: a line each, `<kind> <thing>: <reason>`; blank lines and `#` say nothing.

    Raises:
        CannotRestore: naming every line that says less.

    """
    kinds = {check.kind for check in CHECKS}
    found, wrong = {}, []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        what, _, reason = line.rpartition(": ")
        kind, _, thing = what.partition(" ")
        if kind not in kinds or not thing or len(reason.split()) < 2:  # noqa: PLR2004 - one word is no reason
            wrong.append(f"línea {number}: es «tipo cosa: motivo», como en el informe")
        found[kind, thing] = reason
    if wrong:
        raise CannotRestore("\n".join([f"{path}:", *wrong]))
    return found


def _report(  # noqa: PLR0913 - all that it tells
    places: Places,
    ledger: Ledger,
    *,
    left: Iterable[Damage],
    taken: Iterable[Damage],
    accepted: Mapping[tuple[str, str], str],
    began_at: datetime,
    instant: datetime | None,
) -> str:
    lines = [
        f"Revisión de {places.restored or 'las tablas de la pila'}, leídas desde {began_at.isoformat()}",
        f"Instante restaurado: {'ninguno' if instant is None else instant.isoformat()}",
        "Último depósito de cada tabla: "
        + ", ".join(f"{name} {at or 'ninguno'}" for name, at in newest(ledger).items()),
        "",
    ]
    by_kind = {check.kind: [one for one in left if one.kind == check.kind] for check in CHECKS}
    for check in CHECKS:
        found = by_kind[check.kind]
        if found:
            lines.append(f"{check.kind}: {len(found)}. {check.means}. {check.remedy}")
            lines += [f"  {check.kind} {one.thing}" + (f"  ({one.about})" if one.about else "") for one in found]
    lines += ["Nada por reparar."] if not any(by_kind.values()) else []
    lines += [f"Aceptado: {one.kind} {one.thing}: {accepted[one.kind, one.thing]}" for one in taken]
    return "\n".join([*lines, "", *_to_know(ledger, began_at), ""])


def _to_know(ledger: Ledger, began_at: datetime) -> list[str]:
    """Return what is no damage and somebody has to know all the same."""
    open_alerts = ledger.number(OPEN_ALERTS)
    unnamed, abandoned = ledger.number(_UNNAMED), ledger.number("SELECT COUNT(*) FROM lost WHERE state = ?", ABANDONED)
    never = ledger.number("SELECT COUNT(*) FROM lost_filings WHERE state = ?", ABANDONED)
    leaps = [f"{one}: de {after} a {last}" for one, after, last in ledger.rows(_LEAPS)]
    return [
        "Para saber:",
        f"- Notificaciones y presentaciones cuyos avisos saldrán al liberar, a lo más por segunda vez: {open_alerts}.",
        f"- Recordatorios vencidos que saldrán: {ledger.number(_REMINDERS, int(began_at.timestamp()))}.",
        f"- Cambios de correo en espera, que quizá alguien impugnó después: {ledger.number(_WAITING)}.",
        f"- Objetos bajo notices/ que ninguna notificación nombra: {unnamed}.",
        f"- Intentos de depósito que las tablas de antes tampoco tienen: {abandoned}.",
        f"- Intentos de presentación que las tablas de antes tampoco tienen: {never}.",
        f"- Números de presentación que nadie recibirá, por la restauración: {'; '.join(leaps) or 'ninguno'}.",
        "- Los paneles y las cuentas de uso pueden estar atrasados.",
        "- Los números de interrupciones y de listas de consultas entregados después del instante se repetirán.",
    ]


def summary(checked: Checked) -> str:
    """Return the report with the first of each kind only."""
    lines, shown = [], Counter[str]()
    for line in checked.text.splitlines():
        kind = line.split(maxsplit=1)[0] if line.startswith("  ") else ""
        shown[kind] += bool(kind)
        if not kind or shown[kind] <= _LISTED:
            lines.append(line)
        elif shown[kind] == _LISTED + 1:
            lines.append("  … los demás están en el informe")
    return "\n".join(lines)
