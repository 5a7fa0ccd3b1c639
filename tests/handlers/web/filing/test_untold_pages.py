"""Where nobody could be alerted of an observation, both sides see it, as of notices; where somebody was, neither."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.bootstrap.aws import connection
from chalicelib.domain.alert.alert import Alert, AlertState, AlertStep
from chalicelib.domain.alert.filing_news import Occasion
from chalicelib.domain.event import EventType
from chalicelib.domain.filing.attending import answer
from chalicelib.domain.filing.filing import Filing
from chalicelib.store.alert.alert_batch_item import batch_to_item
from tests.alert_world import refusing
from tests.deposit_world import NOW
from tests.filer_world import OWN, FilerAtWork
from tests.filing_world import OFFICER, a_batch
from tests.handlers.web.filing.test_inbox_pages import HOME, filing, inside, shown
from tests.handlers.web.filing.test_own_filings import change, observed
from tests.staff_world import Staff

__all__ = ["filing"]
NOT_OWN = "De esta presentación no te pudimos avisar, ni por correo ni por mensaje de texto, que la entidad la observó"
NOT_THERE = "A nadie de la casilla se le pudo avisar de la observación"

CASES = [
    ((AlertState.FAILED, AlertState.GAVE_UP), None, True),
    ((AlertState.FAILED, AlertState.ACCEPTED), None, False),
    ((AlertState.FAILED, AlertState.WAITING), None, False),
    ((AlertState.CANCELLED, AlertState.CANCELLED), "too_late", True),
    ((AlertState.CANCELLED, AlertState.CANCELLED), "filing_corrected", False),
    ((), None, True),
]


def put_alerts(filing: Filing, states: tuple[AlertState, ...], refusal: str | None) -> None:
    batch = a_batch(filing, Occasion.OBSERVED)
    alerts = tuple(_as(one, state, refusal) for one, state in zip(batch.alerts, states, strict=False))
    batch_to_item(replace(batch, alerts=alerts)).save()


def _as(alert: Alert, state: AlertState, refusal: str | None) -> Alert:
    return replace(alert, sending=state, refusal=refusal, steps=(AlertStep(state, NOW, refusal),))


@pytest.mark.parametrize(("states", "refusal", "is_said"), CASES)
def test_the_holder_sees_of_what_nobody_could_be_told(
    filer: FilerAtWork, states: tuple[AlertState, ...], refusal: str | None, is_said: bool
) -> None:
    made = observed(filer)
    put_alerts(made, states, refusal)

    page = filer.page(f"{OWN}/{made.filing_id}")
    assert (NOT_OWN in page) is is_said
    assert ("que la entidad la observó" in page) is is_said


@pytest.mark.parametrize(("states", "refusal", "is_said"), CASES)
def test_the_institution_sees_it_too(
    staff: Staff,
    filer: FilerAtWork,
    states: tuple[AlertState, ...],
    refusal: str | None,
    is_said: bool,
) -> None:
    made = observed(filer)
    put_alerts(made, states, refusal)

    assert (NOT_THERE in shown(inside(staff), f"{HOME}/{made.filing_id}")) is is_said


def test_a_filing_is_shown_though_its_alerts_cannot_be_read(filer: FilerAtWork) -> None:
    made = observed(filer)
    put_alerts(made, (AlertState.FAILED,), None)
    client = connection(filer.box).client
    table = filer.box.config.alerts_table
    with refusing(client, "BatchGetItem", "InternalServerError", status=500, only=table):
        page = filer.page(f"{OWN}/{made.filing_id}")
    assert made.number in page
    assert NOT_OWN not in page


def test_of_what_was_never_observed_nothing_is_read(filer: FilerAtWork) -> None:
    filed = filer.filed()
    filer.browser.people.world.clock.advance(minutes=1)
    now = filer.browser.people.world.clock()
    answered = change(filer, answer(filed, "N-1", OFFICER, now), EventType.FILING_ANSWERED)
    assert NOT_OWN not in filer.page(f"{OWN}/{answered.filing_id}")
