"""What the pages of months ask of AWS, and what a month's closing does: it grows with pages, not with deposits."""

from __future__ import annotations

from datetime import date, timedelta

from bench.ledger import ledger
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.services.usage.close_month import close_month
from tests.browser_requests import Browser, text_of
from tests.staff_world import Staff
from tests.usage_world import CLOSED_ON, Months, lima


def asked(browser: Browser, page: str) -> tuple[int, int]:
    """Return hops and calls of a page."""
    with ledger(latency_s=0.05) as book:
        answer = browser.get(page)
    assert answer.status_code in (200, 303), text_of(answer)
    return book.hops, book.calls


def test_pages_of_months(months: Months, staff: Staff) -> None:
    months.march()
    coordinator = staff.browser(staff.member(StaffRole.COORDINATOR))
    coordinator.get("/entidad")  # the outages are read once a minute
    assert asked(coordinator, "/entidad/consumo") == (3, 3)
    assert asked(coordinator, "/entidad/consumo/2026-03") == (2, 2)
    assert asked(coordinator, "/entidad/consumo/2026-04") == (4, 4)
    assert asked(coordinator, "/entidad/consumo/2026-03/pdf") == (4, 4)


def test_a_month_is_closed_by_a_query_of_each_shard_and_no_more_for_forty_deposits(months: Months) -> None:
    counted = []
    for month, deposits in ((3, 4), (4, 40)):
        days = date(2026, month, 10), date(2026, month + 1, 5)
        months.deposit(*(lima(days[0]) + timedelta(minutes=number) for number in range(deposits)))
        months.at(days[1])
        until = months.world.clock.now + timedelta(minutes=13)
        with ledger() as book:
            close_month(months.institution, f"2026-{month:02}", tools=months.tools, until=until)
        counted.append(book.calls)
    assert (
        counted[0] == counted[1] == 1 + 1 + 16 + 1 + 1
    )  # institution, position, shards of two parts, counters, commit
    assert CLOSED_ON.day == 5


def test_the_first_page_of_the_platform_asks_one_thing_more(months: Months, staff: Staff) -> None:
    months.march()
    account = staff.browser(staff.member(StaffRole.ACCOUNT_ADMINISTRATOR))
    administrator = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    account.get("/plataforma")  # the outages are read once a minute
    _, calls = asked(account, "/plataforma")
    assert asked(administrator, "/plataforma")[1] == calls + 1
