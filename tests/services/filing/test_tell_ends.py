"""Holders and institutions are told of observations that end, each once: after outages, deaths and refusals too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.alert import alert_batch_store, sending_tools
from chalicelib.bootstrap.filing import attend_tools, filing_store, tell_tools
from chalicelib.bootstrap.storage import event_store
from chalicelib.config import Config
from chalicelib.domain.alert.filing_news import Occasion, batch_id
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.filing.observation import lapses_at
from chalicelib.domain.institution.permission import Act
from chalicelib.services.alert.send_alerts import send_alerts
from chalicelib.services.alert.sweep_alerts import sweep_alerts
from chalicelib.services.filing.attend_filing import ByOfficerAct, answer_filing, observe_filing
from chalicelib.services.filing.tell_ends import tell_ends
from infra.local.cloud import REGION
from tests.composition_world import a_member
from tests.deposit_world import Clock, an_institution, put_institution
from tests.filing_world import file_it, seed_filing

BY = ByOfficerAct(a_member(), Act.DEPOSIT, "192.0.2.9")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(aws: dict[str, str], clock: Clock) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=clock, pause=lambda _: None)) as box:
        seed_filing(box)
        put_institution(box, replace(an_institution(), digest_email="avisos@entidad.example"))
        yield box


@pytest.fixture
def observed(box: Container, clock: Clock) -> Filing:
    filed = file_it(box)
    clock.advance(minutes=5)
    return observe_filing(filed.filing_id, "Falta el plano", BY, tools=attend_tools(box))


def ends(filing: Filing) -> tuple[datetime, datetime]:
    """Return when its end is reminded of, and when it lapses."""
    assert filing.observation is not None
    assert filing.observation.remind_at is not None
    return filing.observation.remind_at, lapses_at(filing.observation.until)


def run(box: Container, clock: Clock) -> Counter[str]:
    counts, _ = tell_ends(tell_tools(box), until=clock() + timedelta(minutes=4))
    return +counts - Counter(early=counts["early"])  # looked at before its time


def sweep(box: Container, clock: Clock) -> None:
    tools = sending_tools(box)
    sweep_alerts(
        batches=tools.batches,
        send=lambda one: send_alerts(one, tools),
        now=clock,
        until=clock() + timedelta(minutes=4),
    )


def subjects() -> list[str]:
    """Return how the subject lines of the e-mails begin that the provider took."""
    sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    lines = [line for one in sent for line in str(one.raw_data).splitlines() if line.startswith("Subject:")]
    return sorted(line.removeprefix("Subject: ").split(":")[0] for line in lines)


def told(box: Container, filing: Filing) -> list[str]:
    log = event_store(box).list_for_subject(f"filing#{filing.filing_id}", limit=90)
    return sorted(one.type.value for one in log if one.type.value in {"filing.reminded", "filing.lapse_told"})


def test_receipt_and_observation_go_with_their_own_transactions(box: Container, observed: Filing) -> None:
    batches = alert_batch_store(box)
    for occasion in (Occasion.FILED, Occasion.OBSERVED):
        batch = batches.find(batch_id(observed.filing_id, occasion))
        assert batch is not None
        assert batch.open
        assert batch.news is not None
        assert (batch.news.number, batch.institution_id) == (observed.number, None)
        assert (batch.receipt_key == observed.receipt_key) is (
            occasion is Occasion.FILED and an_institution().attaches_receipt
        )


def test_the_day_before_is_reminded_of_and_the_lapse_told_to_both_once(
    box: Container, observed: Filing, clock: Clock
) -> None:
    remind_at, over = ends(observed)
    sweep_all(box, clock)
    before = subjects()
    clock.now = remind_at - timedelta(seconds=1)
    assert run(box, clock) == Counter()
    clock.now = remind_at
    assert run(box, clock)["filings_reminded"] == 1
    assert run(box, clock) == Counter()
    clock.now = over + timedelta(minutes=2)
    assert run(box, clock)["filings_lapsed"] == 1
    assert run(box, clock) == Counter()

    assert told(box, observed) == ["filing.lapse_told", "filing.reminded"]
    added = Counter(subjects()) - Counter(before)
    assert added == Counter({"No presentada": 3, "Por vencer": 2})  # two users, and the institution once
    assert batch_of(box, observed, Occasion.LAPSED_THERE) == ["avisos@entidad.example"]
    kept = filing_store(box).find(observed.filing_id)
    assert kept is not None
    assert kept.state_at(clock()) is FilingState.NOT_FILED


def sweep_all(box: Container, clock: Clock) -> None:
    clock.advance(minutes=10)
    sweep(box, clock)


def batch_of(box: Container, filing: Filing, occasion: Occasion) -> list[str]:
    batch = alert_batch_store(box).find(batch_id(filing.filing_id, occasion))
    return [] if batch is None else [alert.destination for alert in batch.alerts]


def test_after_two_days_without_the_job_the_lapse_alone_is_told(box: Container, observed: Filing, clock: Clock) -> None:
    clock.now = ends(observed)[1] + timedelta(days=2)
    kept = filing_store(box).find(observed.filing_id)
    assert kept is not None
    assert kept.state_at(clock()) is FilingState.NOT_FILED  # nothing had to run for that

    assert run(box, clock)["filings_lapsed"] == 1
    assert run(box, clock) == Counter()
    assert told(box, observed) == ["filing.lapse_told"]


def test_a_correction_that_is_still_being_written_is_waited_for(box: Container, observed: Filing, clock: Clock) -> None:
    clock.now = ends(observed)[0]
    run(box, clock)
    clock.now = ends(observed)[1] + timedelta(seconds=119)
    assert run(box, clock) == Counter()


def test_ten_deaths_between_note_and_email_lose_and_double_nothing(
    box: Container, observed: Filing, clock: Clock
) -> None:
    class Death(BaseException):
        """The end of a process."""

    def dies(_: str) -> Counter[str]:
        raise Death

    sweep_all(box, clock)
    before = subjects()
    clock.now = ends(observed)[1] + timedelta(minutes=2)
    for number in range(10):
        try:
            tell_ends(replace(tell_tools(box), send=dies), until=clock() + timedelta(minutes=4))
        except Death:
            assert number == 0  # only the first had anything to tell
        clock.advance(seconds=5)
    assert sum((Counter(subjects()) - Counter(before)).values()) == 0
    sweep_all(box, clock)
    sweep_all(box, clock)

    assert Counter(subjects()) - Counter(before) == Counter({"No presentada": 3})
    assert told(box, observed) == ["filing.lapse_told"]


def test_what_was_answered_in_time_after_a_correction_or_never_observed_tells_nothing(
    box: Container, clock: Clock
) -> None:
    filed = file_it(box)
    clock.advance(minutes=5)
    answer_filing(filed.filing_id, "N-1", BY, tools=attend_tools(box))
    clock.advance(days=30)

    assert run(box, clock) == Counter()
    assert told(box, filed) == []


def test_one_that_lapsed_and_was_answered_before_the_job_ran_is_told_all_the_same(
    box: Container, observed: Filing, clock: Clock
) -> None:
    clock.now = ends(observed)[1] + timedelta(minutes=2)
    answer_filing(observed.filing_id, "N-1", BY, tools=attend_tools(box))
    clock.advance(minutes=5)

    assert run(box, clock)["filings_lapsed"] == 1
