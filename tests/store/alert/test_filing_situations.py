"""How a filing stands is read whole, in one call, and what failed of a mailbox's filings is found, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.alert.alert import AlertState, AlertStep
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.filing_news import Occasion, batch_id
from chalicelib.domain.filing.filing import Answer, Correction, Filer, Filing, Observation
from chalicelib.store.alert.alert_batch_item import batch_to_item
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.alert.situation_store import SituationStore
from chalicelib.store.codec import to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.tables import FilingItem
from tests.cloud import bound
from tests.deposit_world import NOW, a_mailbox
from tests.filing_world import DATES, MAILBOX_ID, OFFICER, a_batch, a_document, a_filing

UNTIL = NOW + timedelta(days=2)
OVER = UNTIL + timedelta(seconds=1)
OBSERVATION = Observation("Falta el plano", OFFICER, NOW + timedelta(hours=1), UNTIL)
CORRECTION = Correction(
    "c1", "v1", Filer("u1", "Usuaria"), (a_document(),), replace(DATES, received_at=NOW + timedelta(hours=5))
)
ANSWER = Answer("N-1", OFFICER, NOW + timedelta(hours=9))


@pytest.fixture
def situations(engine: dict[str, str]) -> SituationStore:
    connection = bound(engine)
    MailboxStore().put(a_mailbox())
    return SituationStore(connection, AlertBatchStore(connection, EventStore()), EventStore())


def put(filing: Filing, *occasions: Occasion, state: AlertState = AlertState.FAILED) -> None:
    FilingItem(
        filing.filing_id,
        version=filing.version,
        data=to_data(filing),
        mailbox_id=filing.mailbox_id,
        filed_key=f"{filing.filed_at:%Y-%m-%dT%H:%M:%SZ}#{filing.filing_id}",
    ).save()
    for occasion in occasions:
        batch = a_batch(filing, occasion)
        steps = (AlertStep(state, NOW, "email_address_refused"),)
        alerts = tuple(replace(one, sending=state, steps=steps) for one in batch.alerts)
        batch_to_item(replace(batch, alerts=alerts)).save()


@pytest.mark.parametrize(
    ("facts", "occasion", "now", "expected"),
    [
        ({}, Occasion.FILED, OVER, None),
        ({"observation": OBSERVATION}, Occasion.FILED, OVER, (OBSERVATION.at, "filing_observed")),
        ({"answer": ANSWER}, Occasion.FILED, OVER, (ANSWER.at, "filing_answered")),
        ({"observation": OBSERVATION}, Occasion.OBSERVED, UNTIL, None),
        ({"observation": OBSERVATION}, Occasion.OBSERVED, OVER, (OVER, "too_late")),
        ({"observation": OBSERVATION}, Occasion.LAPSING, OVER, (OVER, "too_late")),
        (
            {"observation": OBSERVATION, "correction": CORRECTION},
            Occasion.LAPSING,
            OVER,
            (CORRECTION.at, "filing_corrected"),
        ),
        ({"observation": OBSERVATION, "correction": CORRECTION}, Occasion.CORRECTED, OVER, None),
        (
            {"observation": OBSERVATION, "correction": CORRECTION, "answer": ANSWER},
            Occasion.CORRECTED,
            OVER,
            (ANSWER.at, "filing_answered"),
        ),
        ({"observation": OBSERVATION}, Occasion.LAPSED, OVER, None),
        ({"observation": OBSERVATION, "answer": ANSWER}, Occasion.LAPSED, OVER, None),
    ],
)
def test_what_overtook_it_is_read_out_of_the_filing_s_own_facts(
    situations: SituationStore,
    facts: dict[str, Any],
    occasion: Occasion,
    now: datetime,
    expected: tuple[datetime, str] | None,
) -> None:
    filing = a_filing(**facts)
    put(filing, occasion)
    for mailbox_id in (MAILBOX_ID, None):
        found = situations.find(batch_id(filing.filing_id, occasion), mailbox_id)
        assert found.mailbox == a_mailbox()
        assert found.opened_at is None
        assert found.institution_id is None
        assert found.overtaken(now) == expected
        assert found.known_at(now) == (expected and expected[0])


def test_what_the_institution_is_told_has_no_mailbox(situations: SituationStore) -> None:
    filing = a_filing(observation=OBSERVATION)
    put(filing)
    batch = replace(a_batch(filing, Occasion.LAPSED_THERE), mailbox_id=None)
    batch_to_item(batch).save()

    found = situations.find(batch.notice_id, None)
    assert found.mailbox is None
    assert isinstance(found.batch, AlertBatch)
    assert found.batch.is_to_institution


def test_what_is_not_there_is_nothing(situations: SituationStore) -> None:
    found = situations.find("2345-6789-ABCD_observed", None)
    assert (found.mailbox, found.batch, found.standing, found.known_at(NOW)) == (None, None, None, None)


def test_of_a_mailbox_s_filings_those_are_found_whose_alerts_failed(situations: SituationStore) -> None:
    put(a_filing(filing_id="F1"), Occasion.FILED, state=AlertState.ACCEPTED)
    put(a_filing(filing_id="F2", observation=OBSERVATION), Occasion.FILED, Occasion.OBSERVED)
    put(a_filing(filing_id="F3", mailbox_id="1-40000009"), Occasion.FILED)
    old = replace(DATES, received_at=NOW - timedelta(days=31))
    put(a_filing(filing_id="F4", dates=old), Occasion.FILED)

    found = situations.filings_with_failures(MAILBOX_ID, since=NOW - timedelta(days=30))
    assert set(found) == {"F2_filed", "F2_observed"}
    assert situations.filings_with_failures("1-40000007", since=NOW) == ()
    assert situations.filings_with_failures("1-40000009", since=NOW) == ("F3_filed",)


def test_of_many_filings_the_newest_twenty_are_looked_at(situations: SituationStore) -> None:
    for number in range(22):
        dates = replace(DATES, received_at=NOW + timedelta(minutes=number))
        put(a_filing(filing_id=f"F{number:02}", dates=dates), Occasion.FILED)

    found = situations.filings_with_failures(MAILBOX_ID, since=NOW - timedelta(days=1))
    assert found == tuple(f"F{number:02}_filed" for number in range(21, 1, -1))
