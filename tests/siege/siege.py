"""One siege: minute by minute attackers strike and the innocent try; then what came of it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from chalice.local import LambdaEventConverter
from chalice.test import Client

from app import app
from bench.bursts import document_numbers, known_to_the_registry
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import connection
from chalicelib.config import Config
from chalicelib.domain.access.access_policy import LOGINS_PER_USER
from chalicelib.domain.access.sent_mail import FEW
from chalicelib.store import tables
from infra.local.registries.server import running
from tests.cloud import Engine
from tests.deposit_world import AUTHORITY, NOW, Clock, World
from tests.person_world import People
from tests.registry_world import ACCESS
from tests.siege.scenarios import Scenario
from tests.siege.town import ENOUGH, Applicant, Attackers, Innocent, Visitor, email_of, mails_to, settle

WAYS = ("login", "known device", "code", "recovery", "validation")
REGISTRATION = "registration"
_MOST = 100
"""Applicants of one siege, at most."""


@dataclass
class Outcome:
    """How many steps each way took whom; who was kept out; what the strangers got."""

    scenario: Scenario
    steps: dict[str, Counter[int]] = field(default_factory=dict)
    kept_out: list[str] = field(default_factory=list)
    strikes: int = 0
    strangers_in: int = 0
    most_told: int = 0
    most_mails: int = 0

    @property
    def complaints(self) -> list[str]:
        """Return what does not hold."""
        found = list(self.kept_out)
        found += [
            f"{way}: {count} took {steps} steps"
            for way, all_steps in self.steps.items()
            for steps, count in all_steps.items()
            if steps > ENOUGH
        ]
        if self.strangers_in:
            found.append(f"{self.strangers_in} strangers got in")
        hours = self.scenario.minutes // 60 + 2
        if self.most_told > LOGINS_PER_USER.limit * hours:
            found.append(f"strangers learned of {self.most_told} passwords of one user that they are wrong")
        if self.most_mails > 2 * (FEW + hours):
            found.append(f"somebody got {self.most_mails} e-mails that strangers asked for")
        return found


def besieged(engine: Engine, scenario: Scenario) -> Outcome:
    """Play a scenario on the app itself, over the in-process engine."""
    with _world(engine) as people:
        return _play(people, scenario)


def _play(people: People, scenario: Scenario) -> Outcome:
    outcome = Outcome(scenario, {way: Counter() for way in (*WAYS, REGISTRATION)})
    tries = scenario.minutes // 2
    numbers = [f"4{number:07d}" for number in range(tries * len(WAYS) + scenario.crowd)]
    settle(people, numbers)
    towns, crowd = numbers[: tries * len(WAYS)], numbers[tries * len(WAYS) :]
    applicants = [
        Applicant(number, Visitor(people, address=scenario.innocent(place)))
        for place, number in enumerate(document_numbers(tries))
    ]
    attackers = Attackers(people, towns, [one.number for one in applicants])
    innocents = {
        way: [
            Innocent(people, number, Visitor(people, address=scenario.innocent(place)))
            for place, number in enumerate(towns[at :: len(WAYS)])
        ]
        for at, way in enumerate(WAYS)
    }
    for innocent in [*innocents["known device"], *innocents["validation"]]:  # before the siege
        innocent.log_in()
        innocent.steps = 0
    people.world.clock.advance(minutes=20)
    for minute in range(scenario.minutes):
        for _ in range(scenario.requests):
            attackers.strike(scenario.attacker(attackers.sent))
        share = len(crowd) // scenario.minutes
        for number in crowd[minute * share : (minute + 1) * share]:
            person = Innocent(people, number, Visitor(people, address=scenario.attacker(0)))
            _try(outcome, "login", person)
        if minute % 2:
            for way in WAYS:
                _try(outcome, way, innocents[way][minute // 2])
            _count(outcome, REGISTRATION, applicants[minute // 2].register, applicants[minute // 2])
        people.world.clock.advance(minutes=1)
    outcome.strikes, outcome.strangers_in = attackers.sent, attackers.got_in
    outcome.most_told = max(attackers.told_wrong.values(), default=0)
    outcome.most_mails = max(len(mails_to(email_of(number))) for number in towns)
    return outcome


def _try(outcome: Outcome, way: str, person: Innocent) -> None:
    walks = {
        "login": person.log_in,
        "known device": person.log_in,
        "code": person.log_in_by_code,
        "recovery": person.recover,
        "validation": person.validate,
    }
    _count(outcome, way, walks[way], person)


def _count(outcome: Outcome, way: str, walk: Callable[[], bool], person: Innocent | Applicant) -> None:
    if walk():
        outcome.steps[way][person.steps] += 1
    else:
        outcome.kept_out.append(f"{way}: {person.number} was kept out, in {person.steps} steps")


@contextmanager
def _world(engine: Engine) -> Iterator[People]:
    before = LambdaEventConverter.LOCAL_SOURCE_IP
    with engine.opened() as environment, running(slow_seconds=0.1) as simulator, known_to_the_registry(_MOST):
        settings = {
            "API_AUTHORITY": AUTHORITY,
            "API_BASE_URL": f"https://{AUTHORITY}",
            "MAIL_RATE": "140",
            "RENIEC_URL": simulator.reniec_url,
            "SUNAT_URL": simulator.sunat_url,
            "SUNAT_REPRESENTATIVES_URL": simulator.representatives_url,
            "REGISTRY_USER": ACCESS.user_dni,
            "REGISTRY_RUC": ACCESS.institution_ruc,
        }
        config = Config.from_env({**environment, **settings})
        container = Container(config, clock=Clock(NOW), pause=lambda _: None)
        tables.bind(config, connection(container))
        engine.client("ses").verify_email_identity(EmailAddress=config.mail_from)
        clock = container.clock
        assert isinstance(clock, Clock)
        clock.step = timedelta(0)
        with using(container):
            yield People(World(container, Client(app), clock))
    LambdaEventConverter.LOCAL_SOURCE_IP = before
