"""Workers tell of filings as Lambda calls them: by the stream, by the sweep, and as what was observed ends."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.bootstrap.alert import alert_batch_store, channels
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.filing import attend_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.alert.filing_news import Occasion, batch_id
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.observation import lapses_at
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.handlers.workers.reports import JobFailed
from chalicelib.services.filing.attend_filing import ByOfficerAct, observe_filing
from tests.alert_world import refusing
from tests.cloud import Engine
from tests.composition_world import a_member
from tests.deposit_world import World, an_institution, put_institution
from tests.filing_world import file_it, seed_filing
from tests.handlers.test_filing_orphans import SCHEDULED
from tests.handlers.test_jobs import _delivery, _mail_events, _stream_event


@pytest.fixture
def filing(world: World, moto_engine: Engine) -> Filing:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    seed_filing(world.container)
    put_institution(world.container, an_institution(attaches_receipt=True, digest_email="avisos@entidad.example"))
    return file_it(world.container)


def states(world: World, filing: Filing, occasion: Occasion) -> set[AlertState]:
    batch = alert_batch_store(world.container).find(batch_id(filing.filing_id, occasion))
    return set() if batch is None else {alert.state for alert in batch.alerts}


def run(world: World, job: str, event: Any = None) -> Any:
    return world.client.lambda_.invoke(job, event or SCHEDULED).payload


def with_receipt() -> int:
    return sum("cargo-" in str(one.raw_data) for one in ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages)


def test_the_stream_sends_the_receipt_at_once_and_a_second_time_nothing(world: World, filing: Filing) -> None:
    event = _stream_event(f"filing#{filing.filing_id}", kind="filing.filed")
    for _ in range(2):
        assert run(world, "send_alerts", event) == {"batchItemFailures": []}

    assert states(world, filing, Occasion.FILED) == {AlertState.ACCEPTED}
    assert with_receipt() == 2  # of two users


def test_the_sweep_sends_what_the_stream_missed(world: World, filing: Filing) -> None:
    world.clock.advance(minutes=3)
    assert run(world, "sweep_alerts")["sent"] >= 2
    assert states(world, filing, Occasion.FILED) == {AlertState.ACCEPTED}
    assert with_receipt() == 2


def test_the_job_reminds_of_the_end_and_tells_the_lapse_to_both_once(world: World, filing: Filing) -> None:
    world.clock.advance(minutes=5)
    by = ByOfficerAct(a_member(), Act.DEPOSIT, "192.0.2.9")
    observed = observe_filing(filing.filing_id, "Falta el plano", by, tools=attend_tools(world.container)).observation
    assert observed is not None
    assert observed.remind_at is not None
    world.clock.now = observed.remind_at
    assert [run(world, "send_reminders")["filings_reminded"] for _ in range(2)] == [1, 0]
    world.clock.now = lapses_at(observed.until) + timedelta(minutes=2)
    assert [run(world, "send_reminders")["filings_lapsed"] for _ in range(2)] == [1, 0]

    for occasion in (Occasion.LAPSING, Occasion.LAPSED, Occasion.LAPSED_THERE):
        assert states(world, filing, occasion) == {AlertState.ACCEPTED}


def test_a_report_of_its_email_is_recorded_once(world: World, filing: Filing) -> None:
    event = _mail_events(*[_delivery(batch_id(filing.filing_id, Occasion.FILED))] * 2)

    report = run(world, "record_deliveries", event)

    assert (report["recorded"], report["known"]) == (1, 1)


def observe(world: World, filing: Filing) -> Filing:
    world.clock.advance(minutes=5)
    by = ByOfficerAct(a_member(), Act.DEPOSIT, "192.0.2.9")
    return observe_filing(filing.filing_id, "Falta el plano", by, tools=attend_tools(world.container))


def refuse_addresses(world: World) -> Any:
    return refusing(
        channels(world.container).mail._client,  # noqa: SLF001 - the engine's own hooks
        "SendEmail",
        "BadRequestException",
        message="Missing final '@domain'",
    )


def prove(world: World) -> None:
    world.clock.advance(minutes=5)
    mailboxes = mailbox_store(world.container)
    mailbox = mailboxes.find("1-40000002")
    assert mailbox is not None
    slot = AddressHealth("u1", Channel.EMAIL, mailbox.users[0].email)
    mailboxes.learn(mailbox, lambda known: known.with_sign(Sign.PROVED, world.clock.now), slot)


def test_what_the_sweep_sends_of_an_observation_is_looked_at_before(world: World, filing: Filing) -> None:
    observed = observe(world, filing)
    world.clock.advance(minutes=3)
    run(world, "sweep_alerts")

    assert states(world, observed, Occasion.OBSERVED) == {AlertState.ACCEPTED}


def test_an_address_that_lives_again_is_told_of_filings_by_the_stream(world: World, filing: Filing) -> None:
    observed = observe(world, filing)
    with refuse_addresses(world):
        run(world, "send_alerts", _stream_event(f"filing#{filing.filing_id}", kind="filing.observed"))
    prove(world)
    for _ in range(2):
        event = _stream_event("mailbox#1-40000002", kind="address.proved")
        assert run(world, "send_alerts", event) == {"batchItemFailures": []}
    world.clock.advance(minutes=3)
    run(world, "sweep_alerts")

    assert renewed(world, observed) == {"u1.email.renewal-1": AlertState.ACCEPTED}


def test_an_address_that_lives_again_is_told_of_filings_by_night(world: World, filing: Filing) -> None:
    observed = observe(world, filing)
    with refuse_addresses(world):
        run(world, "send_alerts", _stream_event(f"filing#{filing.filing_id}", kind="filing.observed"))
    prove(world)

    assert run(world, "watch_addresses")["renewed"] == 1
    assert renewed(world, observed) == {"u1.email.renewal-1": AlertState.WAITING}


def renewed(world: World, filing: Filing) -> dict[str, AlertState]:
    batch = alert_batch_store(world.container).find(batch_id(filing.filing_id, Occasion.OBSERVED))
    assert batch is not None
    return {alert.alert_id: alert.state for alert in batch.alerts if "renewal" in alert.alert_id}


def test_the_institution_s_address_is_in_no_mailbox(world: World, filing: Filing) -> None:
    observed = observe(world, filing).observation
    assert observed is not None
    world.clock.now = lapses_at(observed.until) + timedelta(minutes=2)
    run(world, "send_reminders")
    told = json.loads(_delivery(batch_id(filing.filing_id, Occasion.LAPSED_THERE)))
    told["mail"]["tags"]["user_id"] = ["institution"]

    assert run(world, "record_deliveries", _mail_events(json.dumps(told)))["recorded"] == 1
    assert states(world, filing, Occasion.LAPSED_THERE) == {AlertState.DELIVERED}


def test_filings_are_told_of_where_reminders_of_notices_fail(world: World, filing: Filing) -> None:
    observed = observe(world, filing).observation
    assert observed is not None
    world.clock.now = lapses_at(observed.until) + timedelta(minutes=2)
    dynamodb = connection(world.container).client
    failing = refusing(dynamodb, "Query", "InternalServerError", status=500, only="to_remind")
    with failing, pytest.raises(JobFailed, match="Unavailable"):
        run(world, "send_reminders")

    assert states(world, filing, Occasion.LAPSED) == {AlertState.ACCEPTED}
