"""Jobs that delete or send on the ground of what the tables do not have wait after a restore, until it was checked.

What a restored table lacks may have happened: its files lie in S3, its messages went out. docs/adr/0053 tells why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.errors import Conflict

CHECK_HOLDS_FOR = timedelta(hours=72)
"""How old the check may be by which jobs are let go on."""
UNKNOWN_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when jobs are held of whose hold nobody wrote: long enough for whatever alarm there is."""
_BEFORE = timedelta(days=1)
"""A deposit's files lie under its day; the day before the instant that was restored is kept as well."""


@dataclass(frozen=True, slots=True)
class LostDays:
    """Days, in UTC, of which the tables may lack what S3 has: nothing that lies under them is taken for an orphan."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Tell whether a day is one of them."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Hold:
    """What is written of the hold. `tables` names the restored tables it speaks of; empty are the stack's own.

    `since` is when jobs were held, or let go on. `restored_to` is the instant that the tables were restored to, None
    where they were not. `lost` are the days of earlier restores, which are never swept.
    """

    tables: str
    is_held: bool
    since: datetime
    restored_to: datetime | None = None
    lost: tuple[LostDays, ...] = ()

    def spares(self, day: date) -> bool:
        """Tell whether what lies under a day is kept though no notice names it."""
        return any(days.covers(day) for days in self.lost)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the checker found last, and of which tables: findings by kind, without those that somebody accepted.

    `began_at` is when it began to read: what happened since it may not have seen.

    `accepted` counts these. `report` is the SHA-256 of the report, which whoever ran it keeps.
    """

    tables: str
    began_at: datetime
    accepted: int
    report: str
    findings: Mapping[str, int] = field(default_factory=dict)


def held_since(hold: Hold | None, tables: str) -> datetime | None:
    """Return since when jobs are held, None where they are not.

    Restored tables are held until somebody lets them go on. What is written in them may be of the tables before.
    """
    is_of_these = hold is not None and hold.tables == tables
    if hold is not None and is_of_these:
        return hold.since if hold.is_held else None
    return UNKNOWN_SINCE if tables else None


def hold_on(hold: Hold | None, tables: str, now: datetime) -> Hold:
    """Return the hold that has jobs wait from now on, or as long as they do already."""
    since = held_since(hold, tables)
    lost = () if hold is None else hold.lost
    restored_to = hold.restored_to if hold is not None and hold.tables == tables else None
    return Hold(tables, is_held=True, since=now if since in (None, UNKNOWN_SINCE) else since, restored_to=restored_to,
                lost=lost)  # fmt: skip


def let_go(hold: Hold | None, check: CheckResult | None, tables: str, now: datetime) -> Hold:
    """Return what lets jobs go on; the days that a restore lost are never swept.

    Raises:
        Conflict: `not_held`; `restore_unchecked`, `check_of_other_tables`, `check_too_old` or `check_not_clean`, each
            with what to do.

    """
    since = held_since(hold, tables)
    if since is None:
        raise Conflict("not_held", "Los trabajos no están retenidos: no hay nada que liberar.")
    again = "Ejecute «check» otra vez (runbook, Restoring) y repita este comando."
    if check is None:
        raise Conflict("restore_unchecked", f"Nadie ha revisado estas tablas. {again}")
    if check.tables != tables:
        raise Conflict("check_of_other_tables", f"La última revisión es de otras tablas ({check.tables or 'propias'}). {again}")  # fmt: skip # noqa: E501
    if check.began_at < since or now - check.began_at > CHECK_HOLDS_FOR:
        raise Conflict("check_too_old", f"La última revisión es anterior a la retención, o de hace más de 72 horas. {again}")  # fmt: skip # noqa: E501
    if check.findings:
        found = ", ".join(f"{kind}: {count}" for kind, count in sorted(check.findings.items()))
        raise Conflict("check_not_clean", f"La última revisión encontró daños ({found}). Repárelos o acéptelos por escrito, como dice su informe. {again}")  # fmt: skip # noqa: E501
    known = Hold(tables, is_held=True, since=now) if hold is None else hold
    lost = known.lost
    if known.restored_to is not None and known.tables == tables:
        lost = (*lost, LostDays((known.restored_to - _BEFORE).date(), now.date()))
    return replace(known, tables=tables, is_held=False, since=now, lost=lost)
