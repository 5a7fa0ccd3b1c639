"""Changes of an agreement are written with the state that deposits read, once, and by one of those who race."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from chalice.test import Client

from app import app
from chalicelib.bootstrap import Container
from chalicelib.bootstrap.agreement import agreement_store, agreement_tools, agreement_watch_tools
from chalicelib.bootstrap.sender import institution_store, note_use
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.agreement.agreement import Addendum, Agreement, AgreementState, Reason
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import EventType
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.services.agreement import change_agreement as changing
from chalicelib.services.agreement.change_agreement import AgreementTools, Outcome
from chalicelib.services.agreement.watch_agreements import watch_agreements
from tests.access_world import at_once, racing_tools
from tests.deposit_world import INSTITUTION_ID, NOW, Clock, World, an_institution, put_institution

TODAY = date(2026, 3, 9)
NEW = Agreement(INSTITUTION_ID, begins_on=TODAY, ends_on=TODAY + timedelta(days=400))


def _tools(box: Container, reason: str = "Recibo impago de febrero") -> AgreementTools:
    return agreement_tools(box, "staff:admin", reason, "192.0.2.9")


def _state(box: Container) -> InstitutionState:
    found = institution_store(box).find(INSTITUTION_ID)
    assert found
    return found.state


def _late(box: Container) -> Outcome:
    return changing.inactivate_for_late_payment(INSTITUTION_ID, since=TODAY, tools=_tools(box))


def _clock(box: Container) -> Clock:
    clock = box.clock
    assert isinstance(clock, Clock)
    return clock


def test_late_payment_inactivates_and_payment_reactivates_with_their_events(box: Container) -> None:
    changing.register_agreement(NEW, tools=_tools(box))
    _clock(box).step = timedelta(seconds=1)
    assert _late(box).is_changed
    assert _state(box) is InstitutionState.INACTIVE
    assert not _late(box).is_changed
    back = changing.reactivate_on_payment(INSTITUTION_ID, tools=_tools(box, "Pagó"))
    assert back.agreement.state is AgreementState.ACTIVE
    assert _state(box) is InstitutionState.ACTIVE
    events = event_store(box).list_for_subject(f"institution#{INSTITUTION_ID}")
    told = [(one.type, one.data.get("reason_codes"), one.data.get("lifted")) for one in events[-3:]]
    assert told == [
        (EventType.AGREEMENT_REGISTERED, None, None),
        (EventType.AGREEMENT_CHANGED, "late_payment", None),
        (EventType.AGREEMENT_CHANGED, None, "late_payment"),
    ]
    assert (events[-2].actor, events[-2].origin, events[-2].data["reason"]) == (
        "staff:admin",
        "192.0.2.9",
        "Recibo impago de febrero",
    )


def test_an_active_institution_without_an_agreement_is_held_up_and_comes_back(box: Container) -> None:
    assert agreement_store(box).find(INSTITUTION_ID) is None
    assert _late(box).agreement.is_registered is False
    assert _state(box) is InstitutionState.INACTIVE
    changing.reactivate_on_payment(INSTITUTION_ID, tools=_tools(box))
    assert _state(box) is InstitutionState.ACTIVE


def test_one_that_is_neither_active_nor_has_an_agreement_is_left_alone(box: Container) -> None:
    put_institution(box, an_institution(state=InstitutionState.CANCELLED))
    assert not _late(box).is_changed
    assert not changing.reactivate_on_payment(INSTITUTION_ID, tools=_tools(box)).is_changed
    assert _state(box) is InstitutionState.CANCELLED


def test_registering_keeps_what_held_it_up(box: Container) -> None:
    _late(box)
    changing.register_agreement(NEW, tools=_tools(box))
    found = agreement_store(box).find(INSTITUTION_ID)
    assert found
    assert (found.is_registered, found.state) == (True, AgreementState.INACTIVE)
    with pytest.raises(CasillaError) as refused:
        changing.register_agreement(NEW, tools=_tools(box))
    assert refused.value.code == "agreement_exists"


def test_an_inactive_institution_begins_on_the_first_day_of_what_is_registered(box: Container) -> None:
    put_institution(box, an_institution(state=InstitutionState.INACTIVE, is_stopped=False))
    changing.register_agreement(replace(NEW, begins_on=TODAY + timedelta(days=1)), tools=_tools(box))
    assert _state(box) is InstitutionState.INACTIVE
    _clock(box).advance(days=1)
    assert changing.keep_dates(INSTITUTION_ID, tools=_tools(box)).is_changed
    assert _state(box) is InstitutionState.ACTIVE


def test_disuse_of_one_registered_long_after_its_first_day_counts_from_then(box: Container) -> None:
    put_institution(box, an_institution(state=InstitutionState.INACTIVE, is_stopped=False))
    changing.register_agreement(replace(NEW, begins_on=TODAY - timedelta(days=200)), tools=_tools(box))
    assert _state(box) is InstitutionState.ACTIVE
    _clock(box).advance(days=90)
    assert not changing.keep_dates(INSTITUTION_ID, tools=_tools(box)).is_changed
    _clock(box).advance(days=1)
    changing.keep_dates(INSTITUTION_ID, tools=_tools(box))
    assert _state(box) is InstitutionState.CANCELLED


def test_what_was_stopped_apart_from_its_agreement_is_started_by_no_payment(box: Container) -> None:
    changing.register_agreement(NEW, tools=_tools(box))
    found = institution_store(box).find(INSTITUTION_ID)
    assert found
    put_institution(box, replace(found, state=InstitutionState.INACTIVE))
    _late(box)
    changing.reactivate_on_payment(INSTITUTION_ID, tools=_tools(box))
    assert _state(box) is InstitutionState.INACTIVE
    stopped = institution_store(box).find(INSTITUTION_ID)
    assert stopped
    put_institution(box, replace(stopped, state=InstitutionState.ACTIVE))
    _late(box)
    assert _state(box) is InstitutionState.INACTIVE
    changing.reactivate_on_payment(INSTITUTION_ID, tools=_tools(box))
    assert _state(box) is InstitutionState.ACTIVE


@pytest.mark.parametrize("state", [InstitutionState.INACTIVE, InstitutionState.CANCELLED])
def test_registering_starts_nothing_that_was_stopped_before_there_were_agreements(
    box: Container, state: InstitutionState
) -> None:
    put_institution(box, an_institution(state=state))
    changing.register_agreement(NEW, tools=_tools(box))
    assert _state(box) is state
    _late(box)
    changing.reactivate_on_payment(INSTITUTION_ID, tools=_tools(box))
    assert _state(box) is not InstitutionState.ACTIVE


def test_what_an_operator_starts_against_the_agreement_the_night_stops(box: Container) -> None:
    changing.register_agreement(NEW, tools=_tools(box))
    _late(box)
    found = institution_store(box).find(INSTITUTION_ID)
    assert found
    put_institution(box, replace(found, state=InstitutionState.ACTIVE))
    watched = watch_agreements(agreement_watch_tools(box), until=NOW + timedelta(hours=1))
    assert (watched.failed, _state(box)) == (0, InstitutionState.INACTIVE)
    changing.reactivate_on_payment(INSTITUTION_ID, tools=_tools(box))
    assert _state(box) is InstitutionState.ACTIVE


def test_use_is_the_last_day_of_any_key_or_of_the_console(box: Container) -> None:
    for day in (TODAY, TODAY - timedelta(days=3)):
        note_use(box).uses.note(INSTITUTION_ID, day)
    read = agreement_store(box).read(INSTITUTION_ID)
    assert read
    assert read.used_on == TODAY


def test_what_expired_is_extended_by_nobody_though_no_job_ran(box: Container) -> None:
    changing.register_agreement(replace(NEW, ends_on=TODAY), tools=_tools(box))
    addendum = Addendum(TODAY + timedelta(days=30), TODAY + timedelta(days=3))
    _clock(box).advance(days=3)
    with pytest.raises(CasillaError) as refused:
        changing.extend_agreement(INSTITUTION_ID, addendum, tools=_tools(box))
    assert refused.value.code == "agreement_over"
    changing.revive_agreement(INSTITUTION_ID, addendum, tools=_tools(box))
    assert _state(box) is InstitutionState.ACTIVE


def test_of_an_institution_that_is_not_there_nothing_is_changed(box: Container) -> None:
    with pytest.raises(CasillaError) as refused:
        changing.reactivate_on_payment("no-hay", tools=_tools(box))
    assert refused.value.code == "institution_unknown"
    with pytest.raises(CasillaError) as unknown:
        changing.inactivate_for_breach(INSTITUTION_ID, tools=_tools(box))
    assert unknown.value.code == "agreement_unknown"


@pytest.fixture
def raced(ministack: dict[str, str]) -> Iterator[World]:
    with racing_tools(ministack) as (container, _), Client(app) as client:
        put_institution(container, an_institution())
        container.clock = Clock()
        yield World(container, client, container.clock)


@pytest.mark.ministack
def test_a_payment_while_the_agreement_is_cancelled_ends_as_if_one_came_first(raced: World) -> None:
    box = raced.container
    changing.register_agreement(replace(NEW, ends_on=TODAY), tools=_tools(box))
    _late(box)
    raced.clock.now = NOW + timedelta(days=1)

    def act(turn: int) -> Outcome:
        if turn % 2:
            return changing.reactivate_on_payment(INSTITUTION_ID, tools=_tools(box))
        return changing.keep_dates(INSTITUTION_ID, tools=_tools(box))

    found = at_once(8, act)
    assert all(isinstance(one, Outcome) for one in found)
    assert sum(one.is_changed for one in found if isinstance(one, Outcome)) <= 2
    agreement = agreement_store(box).find(INSTITUTION_ID)
    assert agreement
    assert (agreement.state, agreement.has_cause(Reason.LATE_PAYMENT)) == (AgreementState.CANCELLED, False)
    assert _state(box) is InstitutionState.CANCELLED
