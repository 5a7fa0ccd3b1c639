"""The night has agreements begin and end on their days, and tells each coordinator once before and once after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.agreement import agreement_store, agreement_tools, agreement_watch_tools
from chalicelib.bootstrap.institution import activity_store
from chalicelib.bootstrap.mail import alert_mail
from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.agreement.agreement import Addendum, Agreement, Reason, Standing
from chalicelib.domain.institution.activity import Activity, Counted
from chalicelib.domain.institution.staff import StaffRole, StaffState
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.domain.sender.institution_changes import change_state
from chalicelib.services.agreement.change_agreement import (
    extend_agreement,
    inactivate_for_late_payment,
    kept_today,
    register_agreement,
)
from chalicelib.services.agreement.watch_agreements import watch_agreements
from tests.alert_world import refusing
from tests.cloud import Engine
from tests.deposit_world import (
    INSTITUTION_ID,
    KEY_ID,
    World,
    a_signing_key,
    an_institution,
    put_institution,
    put_key,
)
from tests.handlers.test_watch_calendar import SCHEDULED
from tests.staff_world import Staff

TODAY = date(2026, 3, 9)
DAY = timedelta(days=1)
INACTIVE = InstitutionState.INACTIVE


@pytest.fixture
def staff(world: World, moto_engine: Engine) -> Staff:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    for key_id in (KEY_ID, "p256"):
        put_key(world.container, a_signing_key(key_id=key_id), used_on=None)
    return Staff(world)


def run(world: World) -> dict[str, Any]:
    report: dict[str, Any] = world.client.lambda_.invoke("watch_agreements", SCHEDULED).payload
    return {name: value for name, value in report.items() if value or name == "failed"}


def agreed(world: World, days: int = 1000, **changes: Any) -> None:
    new = replace(Agreement(INSTITUTION_ID, TODAY, TODAY + days * DAY), **changes)
    register_agreement(new, tools=agreement_tools(world.container, "staff:admin", "Convenio"))


def kept(world: World) -> Agreement:
    found = agreement_store(world.container).find(INSTITUTION_ID)
    assert found
    return found


def state(world: World) -> InstitutionState:
    found = institution_store(world.container).find(INSTITUTION_ID)
    assert found
    return found.state


def deposited(world: World, day: date) -> None:
    one = Counted(f"once#{day}", INSTITUTION_ID, None, Activity.DEPOSITED, day)
    activity_store(world.container).add([one], now=world.clock.now)


def test_coordinators_are_told_thirty_fifteen_and_five_days_before_and_when_it_is_over(
    world: World, staff: Staff
) -> None:
    staff.member(StaffRole.COORDINATOR)
    staff.member(StaffRole.COORDINATOR)
    staff.member()
    staff.member(StaffRole.COORDINATOR, state=StaffState.DISABLED)
    agreed(world, 32)
    nights = {}
    for night in range(36):
        before = len(staff.people.mails())
        run(world)
        if sent := len(staff.people.mails()) - before:
            nights[night] = sent
        world.clock.now += DAY
    assert nights == {2: 2, 17: 2, 27: 2, 33: 2}
    texts = [text for _, text in staff.people.mails()]
    assert "termina en 30 días" in texts[0]
    assert "se canceló" in texts[-1]
    assert f"{world.container.portal_url}/entidad/convenio" in texts[0]
    assert state(world) is InstitutionState.CANCELLED


def test_after_three_nights_that_were_missed_the_day_is_the_rules_and_the_end_is_told_once(
    world: World, staff: Staff
) -> None:
    staff.member(StaffRole.COORDINATOR)
    agreed(world, 10)
    assert run(world) == {"told": 1, "failed": 0, "is_complete": True}
    world.clock.now += 13 * DAY
    assert run(world) == {"ended": 1, "failed": 0, "is_complete": True}
    assert run(world) == {"known": 1, "failed": 0, "is_complete": True}
    assert kept(world).ended == Standing(Reason.EXPIRED, TODAY + 11 * DAY)
    assert len(staff.people.mails()) == 2


def test_a_warning_that_is_late_is_told_while_it_is_still_before_the_end(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    agreed(world, 40)
    assert run(world)["quiet"] == 1
    world.clock.now += 38 * DAY
    assert run(world)["told"] == 1
    assert "termina en 2 días" in staff.people.mails()[0][1]


def test_ninety_days_without_use_cancel_it_and_a_deposit_that_was_counted_does_not_let_it(
    world: World, staff: Staff
) -> None:
    staff.member(StaffRole.COORDINATOR)
    agreed(world)
    world.clock.now += 60 * DAY
    assert run(world)["told"] == 1
    deposited(world, TODAY + 59 * DAY)
    assert run(world)["quiet"] == 1
    world.clock.now += 89 * DAY
    assert run(world)["told"] == 1
    assert state(world) is InstitutionState.ACTIVE
    world.clock.now += DAY
    assert run(world)["ended"] == 1
    assert kept(world).ended == Standing(Reason.UNUSED, TODAY + 150 * DAY)
    assert "No se usó en 90 días" in staff.people.mails()[-1][1]


def test_a_deposit_against_disuse_leaves_the_warnings_of_the_last_day_as_they_were(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    agreed(world, 110)
    deposited(world, TODAY + 15 * DAY)
    nights = {}
    for night in range(112):
        before = len(staff.people.mails())
        run(world)
        if len(staff.people.mails()) > before:
            nights[night] = staff.people.mails()[-1][1]
        if night == 100:
            deposited(world, TODAY + 100 * DAY)
        world.clock.now += DAY
    assert list(nights) == [75, 80, 90, 95, 100, 105, 111]
    assert "basta un depósito o una consulta" in nights[75]
    for both in (80, 90, 95, 100):
        assert "Hacen falta las dos cosas" in nights[both]
        assert "27 de junio de 2026" in nights[both]
    assert "termina en 5 días" in nights[105]
    assert "falta de uso" not in nights[105]


def test_what_a_command_stopped_is_neither_warned_of_disuse_nor_cancelled_for_it(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    agreed(world)
    box = world.container
    stopped = change_state(institution_store(box).find(INSTITUTION_ID) or an_institution(), INACTIVE, TODAY)
    put_institution(box, stopped.institution)
    for _ in range(13):
        world.clock.now += 10 * DAY
        assert run(world)["quiet"] == 1
    started = TODAY + 130 * DAY
    put_institution(box, change_state(stopped.institution, InstitutionState.ACTIVE, started).institution)
    world.clock.now += 60 * DAY
    assert run(world)["told"] == 1
    world.clock.now += 31 * DAY
    assert run(world)["ended"] == 1
    assert kept(world).ended == Standing(Reason.UNUSED, started + 91 * DAY)


def test_a_deposit_that_was_accepted_before_anybody_looked_is_use_and_after_a_look_none_is_accepted(
    world: World, staff: Staff
) -> None:
    staff.member(StaffRole.COORDINATOR)
    agreed(world)
    deposited(world, TODAY + 92 * DAY)
    world.clock.now += 92 * DAY
    assert run(world)["quiet"] == 1
    assert state(world) is InstitutionState.ACTIVE
    world.clock.now += 91 * DAY
    kept_today(INSTITUTION_ID, tools=agreement_tools(world.container, "worker:watch_agreements", ""))
    assert state(world) is InstitutionState.CANCELLED
    assert kept(world).ended == Standing(Reason.UNUSED, TODAY + 183 * DAY)
    assert run(world)["told"] == 1


def test_what_a_run_that_died_was_telling_is_told_by_the_next_night(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    second = staff.member(StaffRole.COORDINATOR)
    agreed(world, 20)
    tools = agreement_watch_tools(world.container)
    dies: Any = _Dies(tools.by_mail, at=2)
    dying = replace(tools, by_mail=dies)
    with pytest.raises(SystemExit):
        watch_agreements(dying, until=world.clock.now + DAY)
    assert run(world)["known"] == 1  # it may still be at it
    world.clock.now += DAY
    assert run(world)["told"] == 1
    assert [to for to, _ in staff.people.mails()][1:] == [second.email]
    assert run(world)["known"] == 1


class _Dies:
    """Hands over to the real way out, and dies instead at one of them."""

    def __init__(self, real: Any, at: int) -> None:
        self._real, self._left = real, at

    def hand_over(self, send: Any) -> Any:
        self._left -= 1
        if not self._left:
            raise SystemExit
        return self._real.hand_over(send)


def test_an_addendum_on_the_last_day_keeps_it(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    agreed(world, 3)
    world.clock.now += 3 * DAY
    extend_agreement(
        INSTITUTION_ID,
        Addendum(TODAY + 80 * DAY, TODAY + 3 * DAY),
        tools=agreement_tools(world.container, "staff:admin", "Adenda"),
    )
    world.clock.now += DAY
    assert run(world)["quiet"] == 1
    assert state(world) is InstitutionState.ACTIVE


def test_the_last_day_ends_at_midnight_of_the_country(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    agreed(world, 1)
    midnight = world.clock.now.replace(hour=5, minute=0, second=0) + 2 * DAY
    world.clock.now = midnight - timedelta(seconds=1)
    assert run(world)["told"] == 1
    world.clock.now = midnight
    assert run(world)["ended"] == 1


def test_one_without_an_active_coordinator_fails_and_ends_all_the_same(world: World, staff: Staff) -> None:
    agreed(world, 3)
    world.clock.now += 4 * DAY
    assert run(world) == {"failed": 1}
    assert state(world) is InstitutionState.CANCELLED
    second = staff.member(StaffRole.COORDINATOR)
    assert run(world)["told"] == 1
    assert [to for to, _ in staff.people.mails()] == [second.email]


def test_who_could_not_be_told_is_told_the_next_night_alone(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    second = staff.member(StaffRole.COORDINATOR)
    agreed(world, 20)
    client = alert_mail(world.container)._client  # noqa: SLF001 - what the provider answers
    with refusing(client, "SendEmail", "TooManyRequestsException", status=429, only=second.email):
        assert run(world) == {"failed": 1}
    assert run(world)["told"] == 1
    assert staff.people.mails()[-1][0] == second.email
    assert len(staff.people.mails()) == 2


def test_what_is_held_up_is_warned_of_its_end_and_of_no_disuse(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    agreed(world, 200)
    inactivate_for_late_payment(
        INSTITUTION_ID, since=TODAY, tools=agreement_tools(world.container, "worker:usage", "Recibo impago")
    )
    world.clock.now += 120 * DAY
    assert run(world)["quiet"] == 1
    world.clock.now += 60 * DAY
    assert run(world)["told"] == 1


def test_a_quiet_night_reads_each_agreement_once_and_writes_nothing(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    costs = []
    for count in (5, 20):
        for number in range(count):
            name = f"entidad-{count}-{number}"
            put_institution(world.container, an_institution(institution_id=name))
            register_agreement(
                Agreement(name, TODAY, None), tools=agreement_tools(world.container, "staff:admin", "Convenio")
            )
        with ledger() as book:
            assert run(world)["is_complete"]
        assert [one.operation for one in book.entries if one.operation != "Query"] == ["GetItem"]  # whether it is held
        costs.append(book.calls)
    assert costs == [2 + 5, 2 + 5 + 20]
