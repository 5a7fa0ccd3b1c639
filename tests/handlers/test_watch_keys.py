"""The nightly warning before a last key ends: to each coordinator, 30, 7 and 1 days before, once each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.institution import key_watch_tools
from chalicelib.bootstrap.mail import alert_mail
from chalicelib.domain.institution.staff import StaffRole, StaffState
from chalicelib.domain.sender.institution import InstitutionState
from tests.alert_world import refusing
from tests.cloud import Engine
from tests.deposit_world import INSTITUTION_ID, KEY_ID, World, a_signing_key, an_institution, put_institution, put_key
from tests.handlers.test_watch_calendar import SCHEDULED
from tests.staff_world import Staff

DAY = timedelta(days=1)


@pytest.fixture
def staff(world: World, moto_engine: Engine) -> Staff:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    return Staff(world)


def run(world: World) -> dict[str, Any]:
    report: dict[str, Any] = world.client.lambda_.invoke("watch_keys", SCHEDULED).payload
    return {name: value for name, value in report.items() if value or name == "failed"}


def ends_in(world: World, days: float) -> None:
    for key_id in (KEY_ID, "p256"):
        put_key(world.container, a_signing_key(key_id=key_id, not_after=world.clock.now + days * DAY))


def nights(world: World, staff: Staff, days: int) -> list[int]:
    """Run the job each night; return on which of them how many e-mails went out."""
    sent = []
    for _ in range(days):
        before = len(staff.people.mails())
        run(world)
        sent.append(len(staff.people.mails()) - before)
        world.clock.now += DAY
    return sent


def test_each_coordinator_is_told_thirty_seven_and_one_days_before_and_no_other_night(
    world: World, staff: Staff
) -> None:
    staff.member(StaffRole.COORDINATOR)
    staff.member(StaffRole.COORDINATOR)
    staff.member()
    staff.member(StaffRole.COORDINATOR, state=StaffState.DISABLED)
    staff.member(StaffRole.COORDINATOR, institution_id="otra")
    ends_in(world, 32)

    sent = nights(world, staff, 34)

    assert {night: count for night, count in enumerate(sent) if count} == {2: 2, 25: 2, 31: 2}
    subject = [text for _, text in staff.people.mails()]
    assert "en 30 días" in subject[0]
    assert "en un día" in subject[-1]
    assert f"{world.container.portal_url}/entidad/claves" in subject[0]


def test_after_nights_that_were_missed_the_warning_of_the_day_goes_out_alone(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    ends_in(world, 40)
    assert run(world) == {"quiet": 1, "failed": 0, "is_complete": True}
    world.clock.now += 35 * DAY
    assert run(world) == {"told": 1, "failed": 0, "is_complete": True}
    assert run(world) == {"known": 1, "failed": 0, "is_complete": True}
    assert len(staff.people.mails()) == 1
    assert "en 5 días" in staff.people.mails()[0][1]


def test_who_could_not_be_told_counts_as_failed_and_is_told_the_next_night_alone(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    second = staff.member(StaffRole.COORDINATOR)
    ends_in(world, 20)
    client = alert_mail(world.container)._client  # noqa: SLF001 - what the provider answers
    with refusing(client, "SendEmail", "TooManyRequestsException", status=429, only=second.email):
        assert run(world) == {"failed": 1}
    assert len(staff.people.mails()) == 1
    world.clock.now += DAY
    assert run(world) == {"told": 1, "failed": 0, "is_complete": True}
    assert [to for to, _ in staff.people.mails()][-1] == second.email
    assert run(world) == {"known": 1, "failed": 0, "is_complete": True}


def test_without_an_active_coordinator_it_fails_and_the_other_institutions_are_told(world: World, staff: Staff) -> None:
    put_institution(world.container, an_institution(institution_id="otra"))
    put_key(world.container, a_signing_key(institution_id="otra", not_after=world.clock.now + DAY))
    put_institution(world.container, an_institution(institution_id="parada", state=InstitutionState.INACTIVE))
    put_key(world.container, a_signing_key(institution_id="parada", not_after=world.clock.now + DAY))
    staff.member(StaffRole.COORDINATOR)
    ends_in(world, 3)
    assert run(world) == {"told": 1, "failed": 1}


def test_a_new_key_ends_the_warnings_until_its_own_end(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    ends_in(world, 7)
    assert run(world)["told"] == 1
    put_key(world.container, a_signing_key(key_id="next", not_after=world.clock.now + 37 * DAY))
    assert run(world)["quiet"] == 1
    world.clock.now += 8 * DAY
    assert run(world)["told"] == 1
    put_key(
        world.container,
        a_signing_key(key_id="next", not_after=world.clock.now + 29 * DAY, revoked_at=world.clock.now),
    )
    assert run(world)["quiet"] == 1


def test_two_runs_at_once_tell_nobody_twice(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    ends_in(world, 7)
    tools = key_watch_tools(world.container)
    store = tools.warned(INSTITUTION_ID)
    client = alert_mail(world.container)._client  # noqa: SLF001 - as above
    reports: list[dict[str, Any]] = []

    def also(**_: Any) -> None:
        client.meta.events.unregister("before-call.sesv2.SendEmail", also)
        reports.append(run(world))

    client.meta.events.register("before-call.sesv2.SendEmail", also)
    assert run(world)["told"] == 1
    assert reports == [{"known": 1, "failed": 0, "is_complete": True}]
    assert len(staff.people.mails()) == 1
    found = store.find()
    assert found is not None
    assert (len(found.told), found.telling) == (1, ())


def test_whom_a_run_that_died_was_telling_the_next_night_tells(world: World, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    ends_in(world, 7)
    client = alert_mail(world.container)._client  # noqa: SLF001 - as above

    def die(**_: Any) -> None:
        client.meta.events.unregister("before-call.sesv2.SendEmail", die)
        raise SystemExit

    client.meta.events.register("before-call.sesv2.SendEmail", die)
    with pytest.raises(SystemExit):
        run(world)
    assert run(world)["known"] == 1  # it may still be at it
    assert staff.people.mails() == []
    world.clock.advance(hours=2)
    assert run(world)["told"] == 1
    assert len(staff.people.mails()) == 1
    assert run(world)["known"] == 1
