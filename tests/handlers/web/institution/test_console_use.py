"""Whatever an officer is answered about a mailbox is use of the agreement, wherever they asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.bootstrap.agreement import agreement_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.mailbox import MailboxState
from chalicelib.domain.sender.institution import InstitutionState
from tests.browser_requests import text_of
from tests.compose_world import Desk
from tests.deposit_world import (
    INSTITUTION_ID,
    KEY_ID,
    a_mailbox,
    a_signing_key,
    an_institution,
    put_institution,
    put_key,
)
from tests.officer_world import OFFICE_ID

TODAY = date(2026, 3, 9)
TYPED = {"document_type": "DNI", "document_number": "40000002", "reason": "Notificar la carta del expediente"}


@pytest.fixture(autouse=True)
def unused(desk: Desk) -> None:
    for key_id in (KEY_ID, "p256"):
        put_key(desk.box, a_signing_key(key_id=key_id), used_on=None)


def used_on(desk: Desk) -> date | None:
    read = agreement_store(desk.box).read(INSTITUTION_ID)
    assert read
    return read.used_on


def test_asking_for_the_recipient_of_a_draft_is_use(desk: Desk) -> None:
    desk.begin()
    desk.fill("oficina", office_id=OFFICE_ID, is_shared="si")
    assert used_on(desk) is None
    desk.fill("destinatario", **TYPED)
    assert used_on(desk) == TODAY


def test_asking_at_the_page_of_consultations_is_use(desk: Desk) -> None:
    sent = {**desk.hidden("/entidad/consultar"), **TYPED}
    desk.browser.send("/entidad/consultar", **sent)
    assert used_on(desk) == TODAY


def test_a_deposit_that_is_refused_for_its_mailbox_told_of_it_and_is_use(written: Desk) -> None:
    mailbox_store(written.box).put(a_mailbox(state=MailboxState.DISABLED))
    assert used_on(written) == TODAY  # who wrote it asked for the mailbox
    written.staff.world.clock.now += timedelta(days=1)
    written.browser = written.staff.browser(written.member)
    written.browser.send(f"{written.at}/depositar", **written.hidden(f"{written.at}/depositar"))
    told = event_store(written.box).list_for_subject("mailbox#1-40000002")
    assert told[-1].data["way"] == "deposit"
    assert used_on(written) == TODAY + timedelta(days=1)


def test_what_an_inactive_institution_asks_is_answered_by_nobody_and_is_no_use(desk: Desk) -> None:
    sent = {**desk.hidden("/entidad/consultar"), **TYPED}
    put_institution(desk.box, an_institution(state=InstitutionState.INACTIVE))
    desk.browser.send("/entidad/consultar", **sent)
    assert used_on(desk) is None


def test_that_the_use_is_not_noted_fails_no_answer(desk: Desk) -> None:
    sent = {**desk.hidden("/entidad/consultar"), **TYPED}
    client = connection(desk.box).client

    def fail(params: dict[str, Any], **_: Any) -> None:
        if "console-use" in str(params):
            raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    client.meta.events.register("before-parameter-build.dynamodb.UpdateItem", fail)
    led = desk.browser.send("/entidad/consultar", **sent)
    client.meta.events.unregister("before-parameter-build.dynamodb.UpdateItem", fail)
    assert "Tiene casilla" in text_of(desk.browser.get(str(led.headers["Location"])))
    assert used_on(desk) is None
