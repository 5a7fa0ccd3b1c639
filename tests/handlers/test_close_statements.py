"""The night that closes months, tells coordinators and holds up who pays late, whatever nights were missed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.agreement import agreement_tools
from chalicelib.bootstrap.mail import alert_mail
from chalicelib.domain.agreement import life
from chalicelib.domain.agreement.agreement import Agreement, AgreementState, Reason
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.domain.usage.settlement import Payment, SettlementState
from chalicelib.domain.usage.statement import content_of, sha256_of
from chalicelib.domain.usage.tariff import Measure
from chalicelib.services.agreement.change_agreement import (
    inactivate_for_late_payment,
    reactivate_on_payment,
    read_agreement,
    register_agreement,
)
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.together import together
from chalicelib.services.usage import count_deposits as counting
from chalicelib.services.usage.close_month import close_month
from chalicelib.services.usage.hold_up import hold_up_late
from chalicelib.services.usage.settle import record_payment
from chalicelib.store.sender import institution_store
from chalicelib.store.sender.institution_store import key_item
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.usage import statement_store as stored
from tests.alert_world import refusing
from tests.cloud import Engine
from tests.deposit_world import INSTITUTION_ID, KEY_ID, World, an_institution, put_institution
from tests.handlers.test_watch_calendar import SCHEDULED
from tests.staff_world import Staff
from tests.usage_world import CLOSED_ON, DUE_ON, Months, lima, without_tariff

DAY = timedelta(days=1)
LATE_ON = DUE_ON + DAY


@pytest.fixture
def staff(world: World, moto_engine: Engine) -> Staff:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    staff = Staff(world)
    staff.member(StaffRole.COORDINATOR)
    return staff


@pytest.fixture
def months(staff: Staff) -> Iterator[Months]:
    months = Months(staff.world)
    yield months
    months.forget()


def used(months: Months, month: str) -> tuple[int, ...]:
    statement = months.account(month).statement
    return tuple(statement.total(measure) for measure in Measure)


def pay(months: Months, *, by: str = "staff:p1", reference: str = "OP-1") -> Any:
    account = months.account("2026-03")
    now = months.world.clock.now
    act = OperatorAct(by, "x", months.world.clock, months.world.container.chance.new_event_id)
    paid_on = now.astimezone(months.tools.zone).date()
    return record_payment(account, account.statement.owed, paid_on, reference, act=act, tools=months.tools)


def test_a_month_ends_at_midnight_of_lima(months: Months) -> None:
    last, first = lima(date(2026, 3, 31), 23, 59, 59), lima(date(2026, 4, 1))
    one, *_ = months.deposit(lima(date(2026, 3, 1)), last, first, lima(date(2026, 2, 28), 23, 59, 59))
    months.sms(one, last.replace(microsecond=999_999), first)
    months.consult(last.replace(microsecond=999_999), first, first)
    assert months.night(CLOSED_ON)["closed"] == 1
    assert used(months, "2026-03") == (2, 1, 1)
    assert used(months, "2026-02") == (1, 0, 0)
    days = months.account("2026-03").statement.days
    assert [one.day.day for one in days] == [1, 31]
    months.night(date(2026, 5, 5))
    assert used(months, "2026-04") == (1, 1, 2)


def test_february_of_a_leap_year_has_its_last_day(months: Months) -> None:
    months.set(replace(without_tariff(), first_month="2028-02"))
    months.deposit(lima(date(2028, 2, 29), 23, 59, 59), lima(date(2028, 3, 1)))
    months.night(date(2028, 3, 5))
    [day] = months.account("2028-02").statement.days
    assert (day.day, day.deposits) == (date(2028, 2, 29), 1)


def test_what_was_closed_never_changes_whatever_comes_later(months: Months) -> None:
    before = months.march()
    assert used(months, "2026-03") == (2, 2, 1)
    assert (before.statement.owed, before.statement.due_on) == (48, DUE_ON)
    months.deposit(lima(date(2026, 3, 20), 10))
    months.consult(lima(date(2026, 3, 20), 10))
    months.set(without_tariff())
    put_institution(months.world.container, an_institution(name="Otro Nombre", version=1))
    months.night(CLOSED_ON + DAY)
    after = months.account("2026-03")
    assert after == before
    assert after.sha256 == sha256_of(content_of(after.statement))


def test_nothing_is_closed_a_day_too_early_and_what_was_missed_is_closed_later(months: Months) -> None:
    months.deposit(lima(date(2026, 3, 10)))
    months.night(date(2026, 4, 4))
    assert months.tools.statements.find(INSTITUTION_ID, "2026-03") is None
    assert months.night(date(2026, 4, 8))["closed"] == 1
    assert months.account("2026-03").statement.due_on == date(2026, 4, 23)


def test_without_a_tariff_nothing_is_owed_and_nobody_is_held_up(months: Months) -> None:
    months.set(without_tariff())
    account = months.march()
    assert (account.statement.bill, account.statement.owed, account.statement.due_on) == (None, 0, None)
    months.night(LATE_ON)
    assert account.state(LATE_ON) is SettlementState.NOTHING_OWED
    assert months.institution.is_active


def test_every_institution_is_closed_however_many_there_are(months: Months, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(institution_store, "MOST_LISTED", 1)
    put_institution(months.world.container, an_institution(institution_id="otra", name="Otra Entidad"))
    assert months.night(CLOSED_ON)["closed"] == 2


def test_two_that_close_a_month_at_once_leave_one_statement(months: Months) -> None:
    months.deposit(lima(date(2026, 3, 10)))
    months.at(CLOSED_ON)
    until, found = months.world.clock.now + DAY, []

    def close() -> None:
        found.append(close_month(months.institution, "2026-03", tools=months.tools, until=until))

    together([close] * 4)
    assert len({one.sha256 for one in found if one is not None}) == 1
    events = months.tools.events.list_for_subject(f"institution#{INSTITUTION_ID}")
    assert [event.type for event in events].count(EventType.STATEMENT_CLOSED) == 1


def test_a_count_that_was_stopped_goes_on_where_it_was(months: Months, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "PAGE", 2)
    monkeypatch.setattr(counting, "_KEPT_EVERY", 1)
    months.deposit(*(lima(date(2026, 3, 10), 10) + n * timedelta(hours=9) for n in range(30)))
    months.at(CLOSED_ON)
    steps, reads = 0, 0
    start = months.world.clock.now
    tools = months.tools.deposits

    def ticking() -> datetime:
        nonlocal reads
        reads += 1
        return start + reads * timedelta(seconds=1)

    slow = replace(tools, now=ticking)
    while (
        days := counting.count_deposits(
            INSTITUTION_ID, "2026-03", tools=slow, until=start + timedelta(seconds=reads + 8)
        )
    ) is None:
        steps += 1
        assert steps < 30
    assert steps > 1
    assert sum(days.values()) == 30


def test_each_coordinator_is_told_once_when_it_is_closed_soon_due_and_late(months: Months, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    months.deposit(lima(date(2026, 3, 10)))
    sent: dict[date, int] = {}
    for night in range(25):
        before = len(staff.people.mails())
        months.night(CLOSED_ON + night * DAY)
        if count := len(staff.people.mails()) - before:
            sent[CLOSED_ON + night * DAY] = count
    assert sent == {CLOSED_ON: 2, DUE_ON - 5 * DAY: 2, LATE_ON: 2}
    texts = [text for _, text in staff.people.mails()]
    assert "marzo de 2026" in texts[0]
    assert "S/\N{NO-BREAK SPACE}0.18" in texts[0]
    assert "20 de abril de 2026" in texts[2]
    assert "no deposita notificaciones" in " ".join(texts[4].split())


def test_after_three_nights_that_were_missed_only_what_is_true_today_is_told(months: Months, staff: Staff) -> None:
    months.march()
    assert months.night(DUE_ON + 4 * DAY) == {"held": 1}
    assert len(staff.people.mails()) == 2
    assert "inactiva" in staff.people.mails()[-1][1]
    since = read_agreement(INSTITUTION_ID, agreement_tools(months.world.container, "x", "x").agreements)
    assert since.agreement is not None
    assert [(one.reason, one.since) for one in since.agreement.causes] == [(Reason.LATE_PAYMENT, LATE_ON)]


def test_who_could_not_be_told_is_told_the_next_night(months: Months, staff: Staff) -> None:
    months.deposit(lima(date(2026, 3, 10)))
    client = alert_mail(months.world.container)._client  # noqa: SLF001 - what the provider answers
    with refusing(client, "SendEmail", "TooManyRequestsException", status=429):
        assert months.night(CLOSED_ON) == {"failed": 1}
    assert months.account("2026-03").statement.owed
    assert months.night(CLOSED_ON + DAY) == {"told": 1}
    assert len(staff.people.mails()) == 1


def test_the_day_it_is_due_is_not_late_and_the_next_one_is(months: Months) -> None:
    months.march()
    months.night(DUE_ON)
    assert months.institution.is_active
    assert months.night(LATE_ON) == {"held": 1}
    assert not months.institution.is_active
    assert months.night(LATE_ON + DAY) == {"held": 1}


def test_a_payment_lets_it_go_once_nothing_is_late(months: Months) -> None:
    months.march()
    months.night(LATE_ON)
    assert pay(months).is_let_go
    assert months.institution.is_active
    assert not months.account("2026-03").settlement.holds_up
    assert months.night(LATE_ON + DAY) == {"told": 1}
    assert months.institution.is_active


def test_who_is_held_up_again_is_told_again_and_once(months: Months, staff: Staff) -> None:
    months.march()
    months.night(LATE_ON)
    reactivate_on_payment(INSTITUTION_ID, tools=agreement_tools(months.world.container, "operator:x", "x"))
    before = len(staff.people.mails())
    assert months.night(LATE_ON + DAY) == {"held": 1}
    assert not months.institution.is_active
    assert len(staff.people.mails()) == before + 1
    assert "inactiva" in staff.people.mails()[-1][1]
    months.night(LATE_ON + 2 * DAY)
    assert len(staff.people.mails()) == before + 1


def test_who_neither_has_an_agreement_nor_is_active_is_told_once(months: Months, staff: Staff) -> None:
    months.march()
    put_institution(months.world.container, replace(months.institution, state=InstitutionState.INACTIVE, version=1))
    before = len(staff.people.mails())
    for night in range(3):
        months.night(LATE_ON + night * DAY)
    assert len(staff.people.mails()) == before + 1


@pytest.mark.parametrize("day", [DUE_ON, LATE_ON])
def test_a_payment_lets_go_also_what_was_held_up_by_hand(months: Months, day: date) -> None:
    months.march()
    months.at(day)
    hands = agreement_tools(months.world.container, "staff:p1", "Recibo impago")
    inactivate_for_late_payment(INSTITUTION_ID, since=day, tools=hands)
    assert not months.institution.is_active
    assert pay(months).is_let_go
    assert months.institution.is_active
    inactivate_for_late_payment(INSTITUTION_ID, since=day, tools=hands)
    assert months.night(day + DAY) == {"told": 1}  # of the payment
    assert not months.institution.is_active


def test_a_debt_from_before_what_a_page_shows_still_holds_up_and_its_payment_lets_go(
    months: Months, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "MOST_AT_ONCE", 1)
    months.march()
    assert months.night(date(2026, 5, 5)) == {"held": 1}
    assert not months.institution.is_active
    assert pay(months).is_let_go
    assert months.institution.is_active


def test_a_payment_that_could_not_let_it_go_is_made_good_by_the_night(months: Months) -> None:
    months.march()
    months.night(LATE_ON)
    client = months.tools.statements._connection.client  # noqa: SLF001 - what the engine answers
    with pytest.raises(Exception, match="store_unavailable"), refusing(client, "Query", "AccessDeniedException"):
        pay(months)
    assert months.account("2026-03").settlement.payment is not None
    assert not months.institution.is_active
    assert months.night(LATE_ON + DAY) == {"let_go": 1}
    assert months.institution.is_active


def test_a_payment_that_comes_while_the_night_holds_it_up_ends_active(
    months: Months, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever it comes: before the month is marked, after it, or when the agreement was just held up."""
    months.march()
    months.at(LATE_ON)
    accounts = months.tools.statements.list_newest(INSTITUTION_ID)
    reads = stored.StatementStore.list_closed
    calls = []

    def paid_meanwhile(store: Any, institution_id: str, **how: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            found = reads(store, institution_id, **how)
            months.tools.statements.settle(
                found[0],
                replace(
                    found[0].settlement,
                    payment=Payment(49, LATE_ON, "OP", months.world.clock.now, "x"),
                    version=found[0].settlement.version + 1,
                ),
                None,
            )
        return reads(store, institution_id, **how)

    monkeypatch.setattr(stored.StatementStore, "list_closed", paid_meanwhile)
    assert not hold_up_late(INSTITUTION_ID, accounts, tools=months.tools)
    assert months.institution.is_active


def test_a_payment_while_the_agreement_is_cancelled_takes_the_debt_away_and_leaves_it_cancelled(months: Months) -> None:
    months.at(date(2026, 3, 10))
    box = months.world.container
    for key_id in (KEY_ID, "p256"):  # in this world they were used for ever
        InstitutionItem(INSTITUTION_ID, key_item(key_id)).delete()
    new = Agreement(INSTITUTION_ID, begins_on=date(2026, 3, 10), ends_on=LATE_ON)
    register_agreement(new, tools=agreement_tools(box, "staff:p1", "x"))
    months.march()
    months.night(LATE_ON)
    months.at(LATE_ON + 2 * DAY)
    pay(months)
    found = read_agreement(INSTITUTION_ID, agreement_tools(box, "x", "x").agreements).agreement
    assert found is not None
    now = life.as_of(found, LATE_ON + 2 * DAY, None)
    assert (now.state, now.causes) == (AgreementState.CANCELLED, ())
    assert not months.institution.is_active


def test_the_job_reports_what_it_did(months: Months) -> None:
    months.at(CLOSED_ON)
    report = months.world.client.lambda_.invoke("close_statements", SCHEDULED).payload
    assert (report["closed"], report["failed"], report["is_complete"]) == (1, 0, True)
    [event] = [
        one
        for one in months.tools.events.list_for_subject(f"institution#{INSTITUTION_ID}")
        if one.data.get("month") == "2026-03"
    ]
    assert json.loads(json.dumps(event.data)) == {"month": "2026-03", "number": "EC-2026-03-entidad-demo", "owed": "0"}
