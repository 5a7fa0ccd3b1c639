"""Months of an institution: what it deposited, sent and asked, closed by the nightly job."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.bootstrap.institution import count_tools
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.usage import closing_tools, settings, telling_tools, usage_tools
from chalicelib.domain.institution.activity import Activity, Consulted, Happened, Metered
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.usage.month import UsageSettings
from chalicelib.domain.usage.settlement import Account
from chalicelib.domain.usage.tariff import Tariff
from chalicelib.services.institution.count_activity import Thing, count_activity
from chalicelib.services.usage.close_statements import close_statements
from chalicelib.services.usage.tools import UsageTools
from tests.deposit_world import INSTITUTION_ID, World
from tests.unreached_world import an_unreached, store

TARIFF = Tariff("2026-01", deposits=1500, sms=450, consultations=200, tax_percent=18)
SETTINGS = UsageSettings("2026-01", close_days=4, due_days=15, warn_days=5, tariffs=(TARIFF,))
CLOSED_ON, DUE_ON = date(2026, 4, 5), date(2026, 4, 20)
"""Of March, where the job runs each night."""


@dataclass
class Months:
    """The use of the institution of `deposit_world`."""

    world: World
    numbers: Any = field(default_factory=lambda: itertools.count(100))

    def __post_init__(self) -> None:
        """Have a tariff."""
        self.set(SETTINGS)

    def set(self, to: UsageSettings) -> None:
        """Have the deployment set something else."""
        self.forget()
        self.world.container.made[settings] = to

    def forget(self) -> None:
        """Have it set what the package does: the container is kept for other tests."""
        for made in (settings, usage_tools, telling_tools, closing_tools):
            self.world.container.made.pop(made, None)

    @property
    def tools(self) -> UsageTools:
        return usage_tools(self.world.container)

    @property
    def institution(self) -> Institution:
        found = institution_store(self.world.container).find(INSTITUTION_ID)
        assert found is not None
        return found

    def deposit(self, *instants: datetime, institution_id: str = INSTITUTION_ID) -> list[str]:
        """Keep a notice deposited at each instant, and count it as the stream does."""
        made = [an_unreached(next(self.numbers), institution_id=institution_id, deposited_at=at) for at in instants]
        ids = store(self.world, *made)
        self.count(*(Happened(Activity.DEPOSITED, one, at) for one, at in zip(ids, instants, strict=True)))
        return ids

    def sms(self, notice_id: str, *instants: datetime) -> None:
        """Have an SMS taken at each instant."""
        named = ((at, f"m{next(self.numbers)}") for at in instants)
        self.count(*(Happened(Metered.SMS, notice_id, at, message_id=name) for at, name in named))

    def consult(self, *instants: datetime, institution_id: str = INSTITUTION_ID) -> None:
        """Have somebody ask about a mailbox at each instant."""
        self.count(*(Consulted(f"e{next(self.numbers)}", institution_id, at) for at in instants))

    def count(self, *things: Thing) -> None:
        assert not count_activity(things, tools=count_tools(self.world.container)).failed

    def at(self, day: date, hour: int = 4, minute: int = 15) -> None:
        """Go to an hour of Lima."""
        self.world.clock.now = lima(day, hour, minute)

    def night(self, day: date, **until: Any) -> dict[str, int]:
        """Run the nightly job on a local day; return its counts that are not zero."""
        self.at(day)
        tools = closing_tools(self.world.container)
        report = close_statements(tools, until=until.get("until", self.world.clock.now + timedelta(minutes=13)))
        return {
            name: count
            for name in ("counting", "held", "let_go", "closed", "told", "quiet", "failed")
            if (count := getattr(report, name))
        }

    def march(self) -> Account:
        """Use something in March, and have it closed."""
        [one, _] = self.deposit(lima(date(2026, 3, 10), 10), lima(date(2026, 3, 11), 10))
        self.sms(one, lima(date(2026, 3, 10), 10), lima(date(2026, 3, 10), 11), lima(date(2026, 4, 1), 0))
        self.consult(lima(date(2026, 3, 31), 23, 59))
        self.night(CLOSED_ON)
        return self.account("2026-03")

    def account(self, month: str, institution_id: str = INSTITUTION_ID) -> Account:
        """Return a closed month."""
        found = self.tools.statements.find(institution_id, month)
        assert found is not None
        return found


def lima(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Return an hour of Lima, five behind UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC) + timedelta(hours=5)


def without_tariff() -> UsageSettings:
    return replace(SETTINGS, tariffs=())
