"""One draft that eight send at once makes one notice, and all are told of the same; on an engine that isolates."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.config import Config
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import EventType
from chalicelib.services.deposit.deposit_notice import DepositAnswer
from chalicelib.store.tables import AlertBatchItem, DepositItem, EventItem, MailboxItem, NoticeItem
from tests.access_world import at_once
from tests.cloud import bound
from tests.deposit_world import AUTHORITY, Clock
from tests.officer_world import OFFICE_ID, an_officer, seed_officers, send

pytestmark = pytest.mark.ministack

MANY = 8


@pytest.fixture
def racing_box(ministack: dict[str, str]) -> Iterator[Container]:
    bound(ministack)
    config = Config.from_env({**ministack, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    with using(Container(config, clock=Clock())) as box:
        seed_officers(box)
        yield box


def test_eight_officers_who_send_one_draft_at_once_make_one_notice(racing_box: Container) -> None:
    outcomes = at_once(MANY, lambda number: send(racing_box, officer=an_officer(actor=f"staff:s{number}")))

    answers = [outcome for outcome in outcomes if isinstance(outcome, DepositAnswer)]
    assert len(answers) == MANY, outcomes
    assert len({answer.body for answer in answers}) == 1
    assert [answer.is_replay for answer in answers].count(False) == 1
    [notice], [record] = list(NoticeItem.scan()), list(DepositItem.scan())
    [batch], [mailbox] = list(AlertBatchItem.scan()), list(MailboxItem.scan())
    assert json.loads(answers[0].body)["notice_id"] == notice.notice_id == record.notice_id == batch.notice_id
    assert mailbox.deposited == 1
    assert [event.type for event in EventItem.scan()] == [EventType.NOTICE_DEPOSITED]


def test_of_eight_who_send_it_from_two_places_one_content_wins(racing_box: Container) -> None:
    outcomes = at_once(
        MANY, lambda number: send(racing_box, officer=an_officer(office_id=OFFICE_ID if number % 2 else None))
    )

    codes = {outcome.code for outcome in outcomes if isinstance(outcome, CasillaError)}
    assert codes == {"idempotency_key_reused"}
    assert len({outcome.body for outcome in outcomes if isinstance(outcome, DepositAnswer)}) == 1
    assert len(list(NoticeItem.scan())) == 1
