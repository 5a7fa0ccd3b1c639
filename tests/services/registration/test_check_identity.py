from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.registration.identity import Outcome
from chalicelib.services.registration.check_identity import (
    Consultation,
    ConsultationReason,
    IdentityTools,
    check_identity,
)
from chalicelib.store.event_store import EventStore
from tests.cloud import bound
from tests.registry_world import ASKED_AT, RegistryWorld, a_company, a_person, registry_world

CONSULTATION = Consultation(
    subject="registration#r1",
    actor="applicant:r1",
    reason=ConsultationReason.SELF_REGISTRATION,
    origin="203.0.113.7",
)


@dataclass
class Desk:
    registries: RegistryWorld
    tools: IdentityTools

    @property
    def log(self) -> tuple[Event, ...]:
        return self.tools.events.list_for_subject(CONSULTATION.subject)


@pytest.fixture
def desk(aws: dict[str, str]) -> Iterator[Desk]:
    bound(aws)
    ids = itertools.count(1)
    with registry_world() as world:
        tools = IdentityTools(
            registries=lambda: world.registries,
            events=EventStore(),
            clock=lambda: world.now,
            new_event_id=lambda: f"e{next(ids)}",
        )
        yield Desk(world, tools)


def test_a_consultation_is_recorded_with_who_why_and_what_came_of_it(desk: Desk) -> None:
    result = check_identity(a_person(), CONSULTATION, tools=desk.tools)
    assert (result.outcome, result.registered_name) == (Outcome.MATCHED, "ROSA PRUEBA EJEMPLO")
    assert desk.log == (
        Event(
            subject="registration#r1",
            type=EventType.REGISTRY_CONSULTED,
            occurred_at=ASKED_AT,
            event_id="e1",
            actor="applicant:r1",
            origin="203.0.113.7",
            data={"registry": "reniec", "reason": "self_registration", "result": "matched"},
        ),
    )


def test_an_officers_consultation_of_a_company_is_recorded_too(desk: Desk) -> None:
    officer = replace(CONSULTATION, actor="officer:o1", reason=ConsultationReason.OFFICER_REGISTRATION)
    assert check_identity(a_company(district="Otro"), officer, tools=desk.tools).outcome is Outcome.MISMATCHED
    assert [(event.actor, event.data) for event in desk.log] == [
        ("officer:o1", {"registry": "sunat", "reason": "officer_registration", "result": "mismatched"})
    ]


def test_a_registry_that_is_down_is_recorded_and_told(desk: Desk) -> None:
    with pytest.raises(Unavailable, match="registry_unavailable"):
        check_identity(a_person("99000501"), CONSULTATION, tools=desk.tools)
    with pytest.raises(Unavailable, match="registry_unavailable"):
        check_identity(a_company("20990005011"), CONSULTATION, tools=desk.tools)
    assert [(event.data["registry"], event.data["result"]) for event in desk.log] == [
        ("reniec", "unavailable"),
        ("sunat", "unavailable"),
    ]


def test_a_name_without_its_letters_is_recorded_and_told_to_the_operator(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unavailable, match="registry_unavailable"):
        check_identity(a_person("99000014"), CONSULTATION, tools=desk.tools)
    assert [event.data["result"] for event in desk.log] == ["garbled"]
    told = [(line.message, vars(line)["registry"], vars(line)["item"]) for line in caplog.records]
    assert told == [("name garbled", "reniec", "registration#r1")]


def test_the_log_holds_no_personal_data(desk: Desk) -> None:
    for number in ("99000001", "99000008", "99000404"):
        check_identity(a_person(number), CONSULTATION, tools=desk.tools)
    told = repr(desk.log).upper()
    assert [event.data["result"] for event in desk.log] == ["matched", "deceased", "not_found"]
    assert not [word for word in ("9900", "PRUEBA", "ROSA", "1990") if word in told]


def test_what_no_registry_was_asked_is_not_recorded(desk: Desk) -> None:
    foreign = a_person("000123456", document_type=DocumentType.CE, cui="")
    assert check_identity(foreign, CONSULTATION, tools=desk.tools).outcome is Outcome.NOT_CHECKED
    assert desk.log == ()


def test_a_result_that_cannot_be_recorded_is_not_given(desk: Desk) -> None:
    tools = replace(desk.tools, new_event_id=lambda: "same")
    check_identity(a_person(), CONSULTATION, tools=tools)
    with pytest.raises(Conflict, match="event_exists"):
        check_identity(a_person(), CONSULTATION, tools=tools)
