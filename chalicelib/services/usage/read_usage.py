"""What an institution used, month by month: closed months as they were closed, later ones as counted by now."""

from __future__ import annotations

from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.usage.month import UsageSettings, month_before, month_of, month_unknown, next_month, read_month
from chalicelib.domain.usage.settlement import Account
from chalicelib.services.usage.close_month import count_provisionally
from chalicelib.services.usage.tools import UsageTools

_MOST_PROVISIONAL = 3


def list_months(institution: Institution, *, tools: UsageTools, before: str | None = None) -> tuple[Account, ...]:
    """Return the newest months, or those before one, newest first: a Query, and a call for each that is not closed.

    Raises:
        NotFound: `month_unknown`.
        Unavailable: `store_unavailable`.

    """
    if before is not None:
        return tools.statements.list_newest(institution.institution_id, before=read_month(before))
    closed = tools.statements.list_newest(institution.institution_id)
    months = _provisional(closed[0].statement.month if closed else None, month_of(tools.today), tools.settings)
    return (*(count_provisionally(institution, month, tools=tools) for month in reversed(months)), *closed)


def read_account(institution: Institution, month: str, *, tools: UsageTools) -> Account:
    """Return a month.

    Raises:
        NotFound: `month_unknown`, also before the first and after the present one.
        Unavailable: `store_unavailable`.

    """
    found = tools.statements.find(institution.institution_id, read_month(month))
    if found is not None:
        return found
    closed = tools.statements.list_newest(institution.institution_id)
    last = closed[0].statement.month if closed else None
    if month not in _provisional(last, month_of(tools.today), tools.settings):
        raise month_unknown()
    return count_provisionally(institution, month, tools=tools)


def _provisional(last_closed: str | None, this: str, settings: UsageSettings) -> list[str]:
    """Return the months that are not closed, oldest first: the present one, and those before that wait."""
    month = max(settings.first_month, month_before(this)) if last_closed is None else next_month(last_closed)
    months = []
    while month <= this:
        months.append(month)
        month = next_month(month)
    return months[-_MOST_PROVISIONAL:]
