"""Requests of a desk: each change is one transaction, lists are by term, and nothing waits twice for one user."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.desk.recovery import DeskOfficer, Recovery, RecoveryCause, RecoveryState
from chalicelib.domain.desk.scan import Scan
from chalicelib.domain.event import Event, EventType
from chalicelib.store.desk.recovery_store import RecoveryStore
from chalicelib.store.event_store import EventStore
from tests.access_world import at_once
from tests.cloud import bound
from tests.deposit_world import INSTITUTION_ID, NOW

ANA = DeskOfficer("s1", "40000100", "Ana")
SUBJECT = "mailbox#1-40000002"


@pytest.fixture
def store(engine: dict[str, str]) -> RecoveryStore:
    return RecoveryStore(bound(engine))


def a_recovery(number: str = "R1", hours: int = 0, user_id: str = "u1") -> Recovery:
    return Recovery(
        recovery_id=number,
        institution_id=INSTITUTION_ID,
        office_id=None,
        mailbox_id="1-40000002",
        user_id=user_id,
        cause=RecoveryCause.NO_LINK,
        scan=Scan("desk/x.pdf", "application/pdf", "0" * 64, 10),
        asked_by=ANA,
        asked_at=NOW + timedelta(hours=hours),
    )


def an_event(event_id: str) -> Event:
    return Event(SUBJECT, EventType.RECOVERY_ASKED, NOW, event_id, "staff:s1")


def test_one_is_kept_listed_by_its_term_and_leaves_the_list_at_its_end(store: RecoveryStore) -> None:
    later, sooner = a_recovery("R1", 5, "u1"), a_recovery("R2", 1, "u2")
    assert store.add(later, an_event("e1"))
    assert store.add(sooner, an_event("e2"))
    assert not store.add(replace(a_recovery("R3"), user_id="u1"), an_event("e3"))
    assert store.list_waiting(INSTITUTION_ID, limit=9) == (sooner, later)
    assert store.list_waiting(INSTITUTION_ID, limit=1) == (sooner,)
    assert store.list_waiting("otra", limit=9) == ()
    assert store.open_of_user(INSTITUTION_ID, "u2") == "R2"
    assert store.due_before(NOW + timedelta(hours=25), limit=9) == ()
    assert store.due_before(NOW + timedelta(hours=25, seconds=1), limit=9) == (NOW + timedelta(hours=25),)

    ended = store.update(
        replace(sooner, state=RecoveryState.REFUSED, decided_by=ANA, decided_at=NOW + timedelta(hours=2)),
        an_event("e4"),
    )

    assert ended is not None
    assert store.find(INSTITUTION_ID, "R2") == ended
    assert store.list_waiting(INSTITUTION_ID, limit=9) == (later,)
    assert store.list_ended(INSTITUTION_ID, limit=9) == (ended,)
    assert store.open_of_user(INSTITUTION_ID, "u2") is None
    assert store.due_before(NOW + timedelta(days=9), limit=9) == (NOW + timedelta(hours=29),)
    assert [one.event_id for one in EventStore().list_for_subject(SUBJECT)] == ["e1", "e2", "e4"]


def test_of_eight_at_once_one_decides(store: RecoveryStore) -> None:
    recovery = a_recovery()
    assert store.add(recovery, an_event("e"))
    approved = replace(recovery, state=RecoveryState.APPROVED, decided_by=ANA, decided_at=NOW)

    outcomes = at_once(8, lambda number: store.update(approved, an_event(f"e{number}")))

    assert [one for one in outcomes if one is not None] == [replace(approved, version=2)]
    assert len(EventStore().list_for_subject(SUBJECT)) == 2
