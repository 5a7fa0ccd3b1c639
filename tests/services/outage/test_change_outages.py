"""Operators who announce at the same time: each gets what was asked for, or is told to repeat."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store
from chalicelib.config import Config
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.outage.outage import Affected, Board
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.outage.change_outages import (
    Announcement,
    OutageTools,
    announce_outage,
    end_announced_outage,
)
from chalicelib.store.outage_store import OutageStore
from tests.domain.outage.test_outage import NOW


class Overtaken(OutageStore):
    """A store in which somebody else writes after each of the first reads of the board."""

    def __init__(self, box: Container, times: int) -> None:
        super().__init__(connection(box), event_store(box))
        self.times = times
        self.meanwhile: Callable[[], object] = lambda: None

    def board(self) -> Board:
        found = super().board()
        if self.times:
            self.times -= 1
            self.meanwhile()
        return found


@pytest.fixture
def box(aws: dict[str, str]) -> Container:
    return Container(Config.from_env({**aws, "API_AUTHORITY": "x", "API_BASE_URL": "https://x"}), clock=lambda: NOW)


def tools(box: Container, store: OutageStore) -> OutageTools:
    return OutageTools(
        store, box.calendar, OperatorAct("operator:rquispe", "Falla de red", box.clock, box.chance.new_event_id)
    )


def an_announcement(words: str) -> Announcement:
    return Announcement(None, None, (Affected.ALL,), words)


def overtaken(box: Container, times: int) -> Overtaken:
    store, other = Overtaken(box, times), OutageStore(connection(box), event_store(box))
    numbers = itertools.count(1)
    store.meanwhile = lambda: announce_outage(an_announcement(f"La otra, número {next(numbers)}."), tools(box, other))
    return store


def test_two_who_announce_at_once_both_do_with_numbers_of_their_own(box: Container) -> None:
    store = overtaken(box, 1)

    outage, is_new = announce_outage(an_announcement("El servicio no responde."), tools(box, store))

    assert (outage.outage_id, is_new) == ("2026-03-09-02", True)
    assert [one.words for one in store.board().outages] == ["El servicio no responde.", "La otra, número 1."]


def test_an_end_goes_on_over_what_others_write(box: Container) -> None:
    store = overtaken(box, 0)
    outage, _ = announce_outage(an_announcement("El servicio no responde."), tools(box, store))
    store.times = 2

    ended, is_new = end_announced_outage(outage.outage_id, None, tools(box, store))

    assert (ended.ended_at, is_new) == (NOW, True)
    assert store.board().find(outage.outage_id) == store.find(outage.outage_id) == ended
    assert len(store.board().outages) == 3


def test_who_is_overtaken_again_and_again_is_told_and_nothing_is_written(box: Container) -> None:
    store = overtaken(box, 9)

    with pytest.raises(Unavailable, match="outages_busy"):
        announce_outage(an_announcement("El servicio no responde."), tools(box, store))

    assert all(one.words.startswith("La otra") for one in store.board().outages)
