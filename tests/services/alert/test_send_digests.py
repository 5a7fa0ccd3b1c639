from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_string, policy
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.services.alert.send_digests import SentDigests
from chalicelib.store.tables import InstitutionItem, NoticeItem
from tests.address_world import DigestWorld, a_failed, digest_world
from tests.alert_world import NOTICE_ID, an_alert, hooked, refusing
from tests.faults.strike import ProcessDied

TUESDAY = datetime(2026, 3, 10, 13, 10, tzinfo=UTC)
"""Ten past eight in Lima, the morning after the deposits."""
DAY = timedelta(days=1)
CALLS = ["Scan", "Query", "BatchGetItem", "GetItem", "PutItem", "SendEmail"]


@pytest.fixture
def world() -> Iterator[DigestWorld]:
    with digest_world() as opened:
        opened.institution()
        opened.now = TUESDAY
        yield opened


def text_of(mail: Any) -> str:
    body = message_from_string(mail.raw_data, policy=policy.default).get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def no_connection(**_: Any) -> None:
    raise EndpointConnectionError(endpoint_url="https://engine")


def no_answer(**_: Any) -> None:
    raise ReadTimeoutError(endpoint_url="https://engine")


def client_of(world: DigestWorld, operation: str) -> Any:
    return world.ses if operation == "SendEmail" else world.connection.client


def in_ten_minutes(world: DigestWorld, times: int = 1) -> SentDigests:
    for _ in range(times):
        world.pass_time(600)
        report = world.digests()
    return report


def test_it_says_how_many_which_since_when_and_what_the_norm_asks(world: DigestWorld) -> None:
    world.notice("2345-6789-ABCD")
    world.notice("3456-789A-BCDE", alerts=(a_failed(TUESDAY - DAY / 4), an_alert(channel=Channel.SMS)))
    report = world.digests()

    assert (report.sent, report.is_complete) == (1, True)
    assert world.asked == ["mesa0@entidad.example"]
    text = text_of(world.emails[0])
    assert "Entidad de Demostración tiene 2 notificaciones que nadie ha abierto y cuyas alertas no llegaron" in text
    assert "Notifique de nuevo, o por otra modalidad del artículo 20" in text
    assert text.index("10/03/2026 02:10: 3456-789A-BCDE") < text.index("09/03/2026 15:16: 2345-6789-ABCD")
    assert not [word for word in ("u1@", "40000002", "QUISPE") if word in world.emails[0].raw_data]


def test_it_is_sent_once_a_day_and_again_the_next(world: DigestWorld) -> None:
    world.notice()
    assert world.digests().sent == 1
    report = in_ten_minutes(world, 50)
    assert (report.sent, report.done) == (0, 1)
    world.now = TUESDAY + DAY
    assert world.digests().sent == 1
    assert len(world.emails) == 2


def test_with_nothing_to_tell_nothing_is_sent_also_later_that_day(world: DigestWorld) -> None:
    world.notice("N1", alerts=(an_alert(sending=AlertState.ACCEPTED),))
    world.notice("N2")
    world.open("N2")
    assert world.digests().quiet == 1
    world.notice("N3")
    assert in_ten_minutes(world).done == 1
    assert world.emails == []


def test_what_was_opened_since_the_night_is_not_told(world: DigestWorld) -> None:
    for name in ("N1", "N2"):
        world.notice(name)
    world.open("N2")
    world.digests()
    assert "tiene una notificación que" in text_of(world.emails[0])
    assert "N2" not in text_of(world.emails[0])


def test_what_a_stranger_opened_is_told_as_what_nobody_did(world: DigestWorld) -> None:
    world.notice()
    world.open()
    span = {"since": world.now.isoformat(), "until": world.now.isoformat()}
    NoticeItem(NOTICE_ID).update([NoticeItem.contested.set([span])])
    assert world.digests().sent == 1


def test_an_institution_that_cannot_be_read_stops_no_other_and_is_told(world: DigestWorld) -> None:
    world.notice()
    InstitutionItem("entidad-rota", "profile", data={"name": "sin lo demás"}).save()
    report = world.digests()
    assert (report.sent, report.failed, report.is_complete) == (1, 1, False)


def test_twenty_are_listed_and_all_are_counted(world: DigestWorld) -> None:
    for number in range(23):
        alerts = (a_failed(TUESDAY - DAY / 2 + timedelta(minutes=number)),)
        world.notice(f"N{number:02}", alerts=alerts)
    world.digests()
    text = text_of(world.emails[0])
    assert "tiene 23 notificaciones" in text
    assert "Las 20 más recientes" in text
    assert [f"N{number:02}" in text for number in (22, 3, 2, 0)] == [True, True, False, False]


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 10, 13, 9, tzinfo=UTC),
        datetime(2026, 3, 10, 23, 0, tzinfo=UTC),
        datetime(2026, 3, 14, 15, 0, tzinfo=UTC),
        datetime(2026, 4, 2, 15, 0, tzinfo=UTC),
    ],
)
def test_at_night_and_on_days_that_are_no_business_days_nothing_is_read_or_sent(
    world: DigestWorld, at: datetime
) -> None:
    world.notice()
    world.now = at
    world.calls.clear()
    report = world.digests()
    assert (report.sent, report.done, report.is_complete) == (0, 0, True)
    assert world.calls == []


def test_those_that_want_none_get_none_and_those_that_deposit_no_more_still_do(world: DigestWorld) -> None:
    world.notice()
    world.institution(digest_email=None)
    report = world.digests()
    assert (report.sent, report.quiet, report.done) == (0, 0, 0)
    world.institution(state=InstitutionState.CANCELLED)
    assert world.digests().sent == 1


def test_of_another_institution_nothing_is_told(world: DigestWorld) -> None:
    world.institution(1)
    world.notice()
    report = world.digests()
    assert (report.sent, report.quiet) == (1, 1)
    assert world.asked == ["mesa0@entidad.example"]


def test_a_provider_that_is_down_is_tried_again_the_same_day(world: DigestWorld) -> None:
    world.notice()
    with hooked(world.ses, "SendEmail", no_connection):
        assert (world.digests().refused, world.digests().is_complete) == (1, False)
        assert in_ten_minutes(world, 5).refused == 1
    assert in_ten_minutes(world).sent == 1
    assert in_ten_minutes(world, 5).sent == 0
    assert len(world.emails) == 1


def test_a_provider_down_from_friday_on_costs_no_monday_its_digest(world: DigestWorld) -> None:
    world.notice()
    world.now = TUESDAY + DAY * 3
    with hooked(world.ses, "SendEmail", no_connection):
        for _ in range(3 * 24 * 6 - 1):
            in_ten_minutes(world)
    assert world.now.weekday() == 0
    reports = [in_ten_minutes(world).sent for _ in range(30)]
    assert sum(reports) == 1
    assert len(world.emails) == 1


def test_where_nobody_knows_it_is_not_sent_again_that_day(world: DigestWorld) -> None:
    world.notice()
    with hooked(world.ses, "SendEmail", no_answer):
        report = world.digests()
    assert (report.unknown, report.is_complete) == (1, True)
    assert in_ten_minutes(world, 5).done == 1


def test_an_address_that_is_refused_stops_no_other(world: DigestWorld) -> None:
    for number in (1, 2):
        world.institution(number)
    for number in range(3):
        batch = world.notice(f"N{number}")
        own = "entidad-demo" if number == 0 else f"entidad-{number}"
        world.batches.renew(batch, lambda found, own=own: replace(found, institution_id=own))  # type: ignore[misc]
    with refusing(world.ses, "SendEmail", "BadRequestException", only="mesa1", message="Missing final '@domain'"):
        report = world.digests()
    assert (report.sent, report.address_refused, report.is_complete) == (2, 1, False)
    assert in_ten_minutes(world).done == 3


def test_a_store_that_fails_for_one_stops_no_other_and_that_one_comes_again(world: DigestWorld) -> None:
    world.institution(1)
    world.notice()
    with refusing(world.connection.client, "Query", "InternalServerError", status=500, only="entidad-1"):
        report = world.digests()
    assert (report.sent, report.failed, report.is_complete) == (1, 1, False)
    assert in_ten_minutes(world).quiet == 1


def test_a_list_of_institutions_that_cannot_be_read_ends_the_run(world: DigestWorld) -> None:
    with refusing(world.connection.client, "Scan", "InternalServerError", status=500), pytest.raises(Unavailable):
        world.digests()


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("deaths", [1, 10])
def test_deaths_at_any_call_send_one_at_most_and_before_it_was_marked_one(
    world: DigestWorld, operation: str, deaths: int
) -> None:
    world.notice()
    for _ in range(deaths):

        def die(**_: Any) -> None:
            raise ProcessDied

        with hooked(client_of(world, operation), operation, die):
            try:
                world.digests()
            except ProcessDied:
                continue
    in_ten_minutes(world, 5)
    assert len(world.emails) == (0 if operation == "SendEmail" else 1)
    world.now = TUESDAY + DAY
    assert world.digests().sent == 1


@pytest.mark.parametrize("operation", CALLS)
def test_two_at_once_send_one(world: DigestWorld, operation: str) -> None:
    world.notice()
    inner: list[SentDigests] = []
    is_inside = False

    def meanwhile(**_: Any) -> None:
        nonlocal is_inside
        if not is_inside:
            is_inside = True
            inner.append(world.digests())

    with hooked(client_of(world, operation), operation, meanwhile):
        outer = world.digests()

    assert inner[0].sent + outer.sent == 1
    assert len(world.emails) == 1


def test_a_clock_that_goes_back_a_day_sends_none_of_a_day_before(world: DigestWorld) -> None:
    world.notice()
    world.digests()
    world.now = TUESDAY - DAY
    assert world.calendar.is_business_day(date(2026, 3, 9))
    assert world.digests().done == 1
