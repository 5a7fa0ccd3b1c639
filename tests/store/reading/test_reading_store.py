"""Lists read notices as they come over the wire, a single one by its model: both have to tell the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.bootstrap.storage import mailbox_store, notice_store
from chalicelib.config import Config
from chalicelib.domain.deadline import Deadline, Regime
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.session import Session
from chalicelib.services.reading.open_notice import open_notice
from tests.builders import a_notice
from tests.deposit_world import AUTHORITY, NOW, Clock, a_mailbox

MAILBOX = a_mailbox().mailbox_id
UNFIXED = Deadline(None, None, None, date(2026, 3, 17), date(2026, 3, 30), "PE-2026.1")
NOTICES = [
    a_notice(
        notice_id=f"AAAA-AAAA-AAA{number}",
        deposited_at=NOW + timedelta(seconds=number),
        regime=Regime.ACKNOWLEDGEMENT,
        deadline=UNFIXED,
    )
    for number in range(3)
]


@pytest.fixture
def box(engine: dict[str, str]) -> Container:
    config = Config.from_env({**engine, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    box = Container(config, clock=Clock(NOW + timedelta(hours=1)))
    mailbox_store(box).put(a_mailbox())
    with TransactWrite(connection=connection(box)) as transaction:
        for notice in NOTICES:
            notice_store(box).add_in(transaction, notice)
    return box


@pytest.mark.parametrize("reading", [Reading.PENDING, None])
def test_pages_follow_each_other_without_gap_or_repetition(box: Container, reading: Reading | None) -> None:
    readings = reading_tools(box).readings
    first = readings.list_for_mailbox(MAILBOX, reading, after=None, limit=2)
    rest = readings.list_for_mailbox(MAILBOX, reading, after=first.next_after, limit=2)

    assert [one.notice for one in (*first.notices, *rest.notices)] == NOTICES[::-1]
    assert rest.next_after is None


def test_a_list_tells_of_an_opened_notice_what_its_page_tells(box: Container) -> None:
    tools, notice_id = reading_tools(box), NOTICES[1].notice_id
    for user in ("u1", "u2"):
        session = Session("s", f"login of {user}", user, "1-40000002", MAILBOX, NOW, name=f"Lectora {user}")
        open_notice(session, tools.readings.find(notice_id), origin="", tools=tools)

    found = tools.readings.find(notice_id).delivered
    listed = tools.readings.list_for_mailbox(MAILBOX, Reading.READ, after=None, limit=10)

    assert listed.notices == (found,)
    assert found is not None
    assert found.opening is not None
    assert found.opening.deadline is not None
    assert [seen.user_id for seen in found.seen] == ["u1", "u2"]
