"""What this service shows to others: never before it is there, never again and again where it was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.storage import limit_store
from chalicelib.config import Config
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.registration.identity import Outcome
from chalicelib.gateways.circuit_breaker import BreakerPolicy, CircuitBreaker
from chalicelib.gateways.registration.registries import Registries
from chalicelib.gateways.registration.registry_http import RegistryHttp
from chalicelib.gateways.registration.reniec import Reniec
from chalicelib.gateways.registration.sunat import Sunat
from chalicelib.gateways.secret_texts import GOOD_FOR
from chalicelib.store.access.refused_credentials import RefusedCredentials
from chalicelib.store.limit_store import LimitStore
from infra.local.registries import answers
from infra.local.registries.answers import WRONG_PASSWORD
from infra.local.registries.server import Simulator, running
from tests.kept_secret import KeptSecret
from tests.registry_world import ASKED_AT, SHORT, a_person, an_access

RIGHT = "clave-nueva"
REST = timedelta(hours=6)
HOUR = timedelta(hours=1)


@dataclass
class Office:
    """Several processes of one institution, which ask the simulator by one secret."""

    simulator: Simulator
    kept: KeptSecret
    now: datetime = ASKED_AT
    limits: Callable[[], LimitStore] | None = None
    http: list[RegistryHttp] = field(default_factory=list)

    def process(self, *, has_read: bool = False) -> Registries:
        """Start one, which has read the secret; all share what was refused where `limits` are given."""
        others = RefusedCredentials("registry", self.limits, lambda: self.now) if self.limits else None
        access = an_access(self.kept, lambda: self.now, others=others)
        if has_read:
            access.password.to_show()
        reniec, sunat = RegistryHttp(self.simulator.reniec_url, SHORT), RegistryHttp(self.simulator.sunat_url, SHORT)
        self.http += [reniec, sunat]
        patient = BreakerPolicy(failures=1_000)
        return Registries(
            Reniec(reniec, access), Sunat(sunat), new_breaker=lambda: CircuitBreaker(lambda: self.now, patient)
        )

    def ask(self, process: Registries) -> str:
        """Ask about somebody, and return what came of it."""
        try:
            return process.check_person(a_person()).outcome.value
        except Unavailable as error:
            return error.code if error.retry_after is None else f"{error.code}, in {error.retry_after} s"

    @property
    def sent(self) -> int:
        return len(self.simulator.asked)


@pytest.fixture
def office() -> Iterator[Office]:
    with running(slow_seconds=5) as simulator:
        opened = Office(simulator, KeptSecret(RIGHT))
        yield opened
        for http in opened.http:
            http.close()


def test_a_password_that_is_not_there_yet_is_not_sent_and_one_that_was_put_is_within_a_minute(office: Office) -> None:
    office.kept.text = ""
    process = office.process()

    assert {office.ask(process) for _ in range(5)} == {"registry_unavailable, in 60 s"}
    assert (office.sent, office.kept.asked) == (0, 1)
    office.kept.put(RIGHT)
    office.now += timedelta(minutes=1)
    assert office.ask(process) == Outcome.MATCHED


def test_a_changed_password_is_sent_within_five_minutes(office: Office) -> None:
    process = office.process()
    assert office.ask(process) == Outcome.MATCHED
    office.kept.put(WRONG_PASSWORD)

    office.now += GOOD_FOR - timedelta(seconds=1)
    assert office.ask(process) == Outcome.MATCHED
    office.now += timedelta(seconds=1)
    assert office.ask(process) == "registry_unavailable"


def test_a_refusal_has_the_password_read_at_once_and_the_new_one_answers_the_same_person(office: Office) -> None:
    office.kept.text = WRONG_PASSWORD
    process = office.process(has_read=True)
    office.kept.put(RIGHT)

    assert office.ask(process) == Outcome.MATCHED
    assert (office.sent, office.kept.asked) == (2, 2)
    assert office.ask(process) == Outcome.MATCHED
    assert (office.sent, office.kept.asked) == (3, 2)


def test_a_refused_password_is_sent_once_and_read_once_however_many_ask(office: Office) -> None:
    office.kept.text = WRONG_PASSWORD
    process = office.process()

    told = [office.ask(process) for _ in range(50)]

    assert told == ["registry_unavailable"] + ["registry_unavailable, in 21600 s"] * 49
    assert (office.sent, office.kept.asked) == (1, 2)


def test_while_it_is_refused_it_is_sent_four_times_a_day(office: Office) -> None:
    office.kept.text = WRONG_PASSWORD
    process = office.process()
    for _ in range(24 * 12):
        office.ask(process)
        office.now += GOOD_FOR

    assert office.sent == 4
    assert office.kept.asked <= 24 * 12 + 2 * 4


def test_the_same_password_put_again_is_sent_again(office: Office) -> None:
    office.kept.text = WRONG_PASSWORD
    process = office.process()
    office.ask(process)
    office.kept.put(WRONG_PASSWORD)

    office.now += GOOD_FOR
    assert office.ask(process) == "registry_unavailable"
    assert office.sent == 2


def test_a_second_refused_password_rests_as_the_first(office: Office) -> None:
    office.kept.text = WRONG_PASSWORD
    process = office.process(has_read=True)
    office.kept.put(WRONG_PASSWORD)

    for _ in range(10):
        office.ask(process)

    assert office.sent == 2


def test_what_one_process_was_refused_no_other_sends_until_one_of_them_may_again(
    office: Office, aws: dict[str, str]
) -> None:
    box = Container(Config.from_env(aws))
    office.limits = lambda: limit_store(box)
    office.kept.text = WRONG_PASSWORD
    processes = [office.process() for _ in range(8)]

    for _ in range(3):
        for process in processes:
            office.ask(process)
    assert office.sent == 1

    office.now += REST
    for process in [*processes, office.process()]:
        office.ask(process)
    assert office.sent == 2

    office.kept.put(RIGHT)
    office.now += GOOD_FOR
    assert {office.ask(process) for process in processes} == {Outcome.MATCHED}


def test_a_password_that_served_them_all_and_is_refused_of_late_is_sent_by_one_alone(
    office: Office, aws: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Container(Config.from_env(aws))
    office.limits = lambda: limit_store(box)
    processes = [office.process() for _ in range(8)]
    assert {office.ask(process) for process in processes} == {Outcome.MATCHED}
    served = office.sent

    monkeypatch.setattr(answers, "WRONG_PASSWORD", RIGHT)  # RENIEC has it expire
    office.now += HOUR
    for process in processes:
        office.ask(process)

    assert office.sent == served + 1


def test_a_process_asks_the_others_once_a_minute_and_for_each_password(office: Office) -> None:
    asked: list[str] = []

    class Others:
        def until(self, value: str) -> datetime | None:
            asked.append(value)
            return None

        def add(self, value: str, rest: timedelta) -> None:
            raise AssertionError((value, rest))

    access = an_access(office.kept, lambda: office.now, others=Others())
    for _ in range(30):
        access.password.to_show()
        office.now += timedelta(seconds=4)
    assert asked == [f"1#{RIGHT}"] * 2

    office.kept.put("otra")
    office.now += GOOD_FOR
    access.password.to_show()
    access.password.to_show()
    assert asked[2:] == ["2#otra"]


def test_where_nobody_knows_whether_it_was_refused_it_is_sent(office: Office) -> None:
    class Silent:
        def until(self, value: str) -> datetime | None:
            raise Unavailable("store_unavailable", value)

        def add(self, value: str, rest: timedelta) -> None:
            raise Unavailable("store_unavailable", f"{value} {rest}")

    access = an_access(office.kept, lambda: office.now, others=Silent())

    assert access.password.to_show().text == RIGHT
    assert access.password.another(access.password.to_show()) is None


def test_while_secrets_manager_does_not_answer_the_password_goes_on_being_sent(office: Office) -> None:
    process = office.process()
    assert office.ask(process) == Outcome.MATCHED
    office.kept.error = ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")

    for _ in range(10):
        office.now += HOUR
        assert office.ask(process) == Outcome.MATCHED
    office.now += 3 * HOUR
    assert office.ask(process) == "registry_unavailable, in 2 s"


def test_an_end_of_line_that_an_editor_left_is_no_part_of_the_password(office: Office) -> None:
    office.kept.text = f"{RIGHT}\r\n"

    assert an_access(office.kept).password.to_show().text == RIGHT


def test_a_look_asks_until_there_is_a_value_and_never_after(office: Office) -> None:
    office.kept.text = ""
    access = an_access(office.kept, lambda: office.now)
    for _ in range(3):
        access.password.look()
        office.now += timedelta(minutes=5)
    assert office.kept.asked == 3

    office.kept.put(RIGHT)
    access.password.look()
    with suppress(Unavailable):
        access.password.to_show()
    asked = office.kept.asked
    access.password.look()
    assert office.kept.asked == asked
