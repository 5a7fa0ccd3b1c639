"""Of many who come with one answer of the provider, or one identity, at the same instant, one gets on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.bootstrap.session import draft_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.authenticated_person import AuthenticatedPerson, ClaimNames, IdentityRefused
from chalicelib.domain.mailbox import DocumentType, UserState
from chalicelib.services.access.identify_person import (
    Identified,
    IdentityTools,
    ProviderAnswer,
    begin_identification,
    finish_identification,
)
from chalicelib.services.access.log_in import Entrance, LoggedIn
from chalicelib.services.access.log_in_identified import log_in_identified
from infra.local.identity.server import IdentitySimulator, Wrongs, claims_of, running
from tests.access_world import at_once, racing_tools
from tests.deposit_world import Clock, a_mailbox
from tests.identity_world import DNI, LEVEL, a_provider, parameters_of

pytestmark = pytest.mark.ministack  # moto says nothing of what happens at once
TIMES = 12
USERNAME = f"1-{DNI}"


@pytest.fixture(scope="module")
def simulator() -> Iterator[IdentitySimulator]:
    with running(slow_seconds=1) as simulator:
        yield simulator


@pytest.fixture
def tools(ministack: dict[str, str], simulator: IdentitySimulator) -> Iterator[IdentityTools]:
    simulator.wrongs = Wrongs()
    with racing_tools(ministack) as (box, access):
        clock = box.clock
        assert isinstance(clock, Clock)
        simulator.clock = clock
        mailbox_store(box).put(a_mailbox())
        access.accounts.add(Account(USERNAME, "u1", USERNAME, UserState.ACTIVE))
        provider = a_provider(simulator, box)
        yield IdentityTools(
            provider=provider,
            levels=(LEVEL,),
            claims=ClaimNames("doc"),
            scope="openid",
            redirect_uri="https://casilla.example/ingresar/identidad/respuesta",
            access=access,
            drafts=draft_tools(box),
            prefixes=box.mailbox_prefixes,
        )
        provider.close()


def test_one_answer_is_changed_for_one_identity(tools: IdentityTools, simulator: IdentitySimulator) -> None:
    now = tools.access.clock()
    begun = begin_identification("", tools=tools, now=now)
    asked = parameters_of(begun.address)
    back = parameters_of(simulator.grant(asked, claims_of(DNI), LEVEL))
    answer = ProviderAnswer(back["code"], back["state"], back["iss"], "")
    simulator.asked.clear()

    def finish(_: int) -> str:
        return finish_identification(answer, begun.sealed, origin="192.0.2.1", tools=tools, now=now)

    found = at_once(TIMES, finish)
    refused = [one for one in found if not isinstance(one, str)]
    assert len(refused) == TIMES - 1
    assert all(isinstance(one, IdentityRefused) and one.code == "identity_not_begun" for one in refused)
    assert simulator.asked.count("/service/token") == 1


def test_one_identity_opens_one_session(tools: IdentityTools) -> None:
    now = tools.access.clock()
    person = AuthenticatedPerson(DocumentType.DNI, DNI, "", "", LEVEL, now)
    who = Identified(person, "", tools.access.new_secret())

    def enter(_: int) -> LoggedIn:
        return log_in_identified(who, USERNAME, Entrance("192.0.2.1", "", "", {}), tools=tools, now=now)

    found = at_once(TIMES, enter)
    assert len([one for one in found if isinstance(one, LoggedIn)]) == 1
    assert {one.code for one in found if isinstance(one, IdentityRefused)} == {"identity_not_begun"}
    assert len(tools.access.sessions.list_lately_begun("u1", now=now)) == 1
