"""A system's deposit answers a filing: its transaction marks the filing, or nothing is deposited."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.filing import attend_tools, filing_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff import Permission
from chalicelib.services.filing.attend_filing import ByOfficerAct, BySystem, observe_filing, take_filing
from chalicelib.store.reading.answered_filings import find_answered
from chalicelib.store.tables import EventItem, NoticeItem
from tests.composition_world import a_member
from tests.deposit_world import (
    INSTITUTION_ID,
    KEY_ID,
    World,
    a_body,
    a_mailbox,
    a_signing_key,
    an_institution,
    put_institution,
    put_key,
)
from tests.filing_world import file_it, seed_filing

OFFICER = ByOfficerAct(a_member(1, permissions=(Permission.ATTEND,)), Act.ATTEND, "192.0.2.9")
SYSTEM = BySystem(INSTITUTION_ID, f"institution:{INSTITUTION_ID}:{KEY_ID}", "192.0.2.10")


@pytest.fixture
def filed(world: World) -> Filing:
    seed_filing(world.container)
    return file_it(world.container)


def answer(world: World, filing_id: str, *, key: str = "clave-1", **body: Any) -> HTTPResponse:
    answered: HTTPResponse = world.deposit(a_body(answers_filing=filing_id, **body), key=key)
    return answered


def kept(world: World, filing: Filing) -> Filing:
    found = filing_store(world.container).find(filing.filing_id)
    assert found is not None
    return found


def refused(answered: HTTPResponse, status: int, code: str, field: str | None = None) -> str:
    """Return what was told; nothing was deposited."""
    told = answered.json_body
    assert (answered.status_code, told["code"], told.get("field")) == (status, code, field), told
    assert not list(NoticeItem.scan())
    return str(told["detail"])


def test_both_are_marked_and_lead_to_each_other(world: World, filed: Filing) -> None:
    answered = answer(world, filed.filing_id.replace("-", "").lower())

    assert answered.status_code == 201, answered.json_body
    notice_id = answered.json_body["notice_id"]
    now = kept(world, filed)
    assert now.answer is not None
    assert (now.answer.notice_id, now.answer.by) == (notice_id, SYSTEM.attendant)
    assert find_answered(notice_id, connection=connection(world.container)) == (filed.filing_id,)
    [event] = [event for event in EventItem.scan() if event.type == "filing.answered"]
    assert (event.actor, event.data["notice_id"]) == (SYSTEM.actor, notice_id)
    told = world.get(f"/v1/filings/{filed.filing_id}").json_body
    assert (told["state"], told["answer"]["notice_id"], told["answer"]["by"]["kind"]) == (
        "answered",
        notice_id,
        "system",
    )


def test_the_same_deposit_again_is_the_same(world: World, filed: Filing) -> None:
    first, again = answer(world, filed.filing_id), answer(world, filed.filing_id)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json_body == first.json_body
    assert len([event for event in EventItem.scan() if event.type == "filing.answered"]) == 1


def test_a_second_answer_is_told_the_first(world: World, filed: Filing) -> None:
    first = answer(world, filed.filing_id).json_body["notice_id"]

    second = answer(world, filed.filing_id, key="clave-2")

    assert (second.status_code, second.json_body["code"]) == (409, "filing_answered_already")
    assert first in second.json_body["detail"]
    assert [item.notice_id for item in NoticeItem.scan()] == [first]


def test_who_attends_to_it_is_told(world: World, filed: Filing) -> None:
    take_filing(filed.filing_id, OFFICER, tools=attend_tools(world.container))
    assert OFFICER.member.name in refused(answer(world, filed.filing_id), 409, "filing_taken")
    assert kept(world, filed).answer is None


def test_while_a_correction_is_awaited_nothing_is_deposited_and_after_that_it_stays_not_filed(
    world: World, filed: Filing
) -> None:
    observed = observe_filing(filed.filing_id, "Falta el plano", SYSTEM, tools=attend_tools(world.container))
    refused(answer(world, filed.filing_id), 409, "correction_awaited")
    assert observed.observation is not None
    until: datetime = observed.observation.until

    world.clock.now = until + timedelta(seconds=1)
    refused(answer(world, filed.filing_id), 409, "correction_awaited")
    world.clock.now = until + timedelta(minutes=2, seconds=1)
    assert answer(world, filed.filing_id).status_code == 201
    assert kept(world, filed).state_at(world.clock.now) is FilingState.NOT_FILED


def test_a_notice_to_another_holder_answers_nothing(world: World, filed: Filing) -> None:
    mailbox_store(world.container).put(a_mailbox("40000003"))
    other = {"document_type": "DNI", "document_number": "40000003"}
    refused(answer(world, filed.filing_id, recipient=other), 422, "answer_to_another", "recipient")
    assert kept(world, filed) == filed


def test_another_institutions_filing_and_none_are_told_alike(world: World, filed: Filing) -> None:
    put_institution(world.container, an_institution(institution_id="otra", name="Otra Entidad"))
    private_key = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    public_key = private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    put_key(world.container, a_signing_key(institution_id="otra", public_key=public_key))
    signing: dict[str, Any] = {"keyid": f"otra:{KEY_ID}", "private_key": private_key}
    told = {
        refused(world.deposit(a_body(answers_filing=one), **signing), 422, "filing_unknown", "answers_filing")
        for one in (filed.filing_id, code_from_number(31))
    }
    assert len(told) == 1
    assert kept(world, filed) == filed


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("x", "answers_filing_invalid"),
        ("2345-6789-2346", "answers_filing_invalid"),
        ("", "field_empty"),
        (7, "field_type"),
        (["2345-6789-2345"], "field_type"),
        ("2" * 101, "field_too_long"),
    ],
)
def test_what_is_no_id_is_told(world: World, given: Any, code: str) -> None:
    refused(world.deposit(a_body(answers_filing=given)), 422, code, "answers_filing")


def test_a_deposit_that_answers_nothing_reads_no_filing(world: World) -> None:
    asked: list[str] = []
    events = connection(world.container).client.meta.events

    def note(params: dict[str, Any], **_: Any) -> None:
        asked.append(str(params))

    events.register("provide-client-params.dynamodb", note, unique_id="asked")
    try:
        assert world.deposit().status_code == 201
    finally:
        events.unregister("provide-client-params.dynamodb", unique_id="asked")
    assert asked
    assert not [one for one in asked if "filings" in one.lower()]
