"""Seven deposits to a person's RUC while the mailbox by the DNI is opened: none is lost, none is doubled."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import Client

import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.registration import registration_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.config import Config
from chalicelib.domain.contact import Phone
from chalicelib.domain.mailbox import AcceptedText, DocumentType, Holder
from chalicelib.domain.registration.registration import Registration
from chalicelib.services.registration.start_registration import Application, start_registration
from chalicelib.services.registration.verify_registration import verify_by_code
from chalicelib.store.tables import NoticeItem
from infra.local.registries.server import running
from tests.deposit_world import AUTHORITY, NOW, Clock, World, a_body, a_mailbox, a_user
from tests.faults.crowd import Act, Crowd, crowd
from tests.registry_world import ACCESS, a_person

pytestmark = [pytest.mark.ministack, pytest.mark.deep]

BY_DNI, BY_RUC = "1-99000001", "8-10990000013"
_CODE = "K7M3QX"
_DEPOSITS = 7
_BODY = json.dumps(a_body(recipient={"document_type": "RUC", "document_number": BY_RUC[2:]})).encode()


@pytest.fixture(scope="module")
def people(environment: dict[str, str]) -> Iterator[Crowd]:
    with crowd(environment, _DEPOSITS) as people:
        yield people


class Scene:
    """A world, those who deposit in it, and somebody who opens the mailbox by the DNI."""

    def __init__(self, world: World, people: Crowd) -> None:
        """Keep them."""
        self.world = world
        self._people = people

    def begin(self) -> Callable[[], Registration]:
        """Register the person until the code is there, and return what shows it."""
        tools = replace(registration_tools(self.world.container), new_email_code=lambda: _CODE)
        accepted = tuple(AcceptedText(name, version, NOW, "192.0.2.1") for name, version in tools.texts.items())
        phone = Phone("+51987654321", is_mobile=True)
        application = Application(claim=a_person(), email="rosa@ejemplo.pe", phone=phone, accepted=accepted)
        started = start_registration(application, origin="192.0.2.1", tools=tools)
        return lambda: verify_by_code(started.registration_id, _CODE, origin="192.0.2.1", tools=tools)

    def deposits_beside(self, act: Callable[[], object]) -> list[tuple[int, Any]]:
        """Have all deposit while one more client acts; return their answers."""
        acts = [
            Act(self.world.signed("POST", "/v1/deposits", _BODY, idempotency_key=f"clave-{n}"))
            for n in range(_DEPOSITS)
        ]
        beside = threading.Thread(target=act)
        beside.start()
        answers = self._people.together(acts)
        beside.join()
        return [(status, json.loads(body)) for status, body in answers]

    def where(self) -> Counter[str]:
        """Return how many notices each mailbox holds, as stored and as counted: both have to say the same."""
        stored = Counter(item.mailbox_id for item in NoticeItem.scan(consistent_read=True))
        found = mailbox_store(self.world.container).find_all_counted((BY_DNI, BY_RUC))
        assert stored == Counter({name: counts.deposited for name, (_, counts) in found.items()}) + Counter()
        return stored


@pytest.fixture
def scene(ministack: dict[str, str], people: Crowd) -> Iterator[Scene]:
    with running() as simulator:
        config = replace(
            Config.from_env(ministack),
            api_authority=AUTHORITY,
            reniec_url=simulator.reniec_url,
            sunat_url=simulator.sunat_url,
            sunat_representatives_url=simulator.representatives_url,
            registry_user=ACCESS.user_dni,
            registry_ruc=ACCESS.institution_ruc,
        )
        clock = Clock()
        with using(Container(config, clock=clock)) as box:
            world = World(box, Client(app.app), clock)
            world.seed()
            yield Scene(world, people)


def _put_by_ruc(scene: Scene) -> None:
    holder = Holder(DocumentType.RUC, BY_RUC[2:], "ROSA PRUEBA EJEMPLO")
    mailbox_store(scene.world.container).put(a_mailbox(mailbox_id=BY_RUC, holder=holder, users=(a_user(3),)))


def test_beside_the_opening_each_deposit_goes_into_the_new_mailbox_or_is_refused(scene: Scene) -> None:
    answers = scene.deposits_beside(scene.begin())

    taken = [body["recipient"]["mailbox"] for status, body in answers if status == 201]
    refused = [(status, body["code"]) for status, body in answers if status != 201]
    assert set(taken) <= {BY_DNI}
    assert set(refused) <= {(422, "recipient_without_mailbox")}
    assert len(taken) + len(refused) == _DEPOSITS
    assert scene.where() == Counter(taken)
    assert mailbox_store(scene.world.container).find(BY_DNI) is not None


def test_where_the_one_by_ruc_is_there_all_go_into_it_and_no_second_is_opened(scene: Scene) -> None:
    _put_by_ruc(scene)

    answers = scene.deposits_beside(scene.begin())

    assert [status for status, _ in answers] == [201] * _DEPOSITS
    assert scene.where() == Counter({BY_RUC: _DEPOSITS})
    assert mailbox_store(scene.world.container).find(BY_DNI) is None


def test_beside_one_that_comes_otherwise_each_deposit_is_in_the_one_that_its_answer_names(scene: Scene) -> None:
    """As a mailbox that is brought over from elsewhere: what was read decides, and both stay readable."""
    _put_by_ruc(scene)
    brought = a_mailbox("99000001")

    answers = scene.deposits_beside(lambda: mailbox_store(scene.world.container).put(brought))
    again = scene.deposits_beside(lambda: None)

    assert [status for status, _ in answers] == [201] * _DEPOSITS
    told = Counter(body["recipient"]["mailbox"] for _, body in answers)
    assert scene.where() == told
    assert again == answers  # for ever
    [(_, after)] = [(0, scene.world.deposit(_BODY, key="despues").json_body)]
    assert after["recipient"]["mailbox"] == BY_DNI
