"""Whoever contests a change, all who cannot get in any more are told, and the principal of what was decided."""

from __future__ import annotations

import pytest

from chalicelib.services.access.contest_change import contest_change
from tests.cloud import Engine
from tests.company_world import COMPANY, seed_company, token_of
from tests.deposit_world import World
from tests.person_world import People

WHY = "--reason 'Lo pidió con su DNI' --operator rquispe"
FROZEN = "nadie puede ingresar"


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    seed_company(people.tools, world.container)
    return people


def to_whom(people: People, words: str) -> list[str]:
    return sorted(to for to, text in people.mails() if words in text)


def test_a_freeze_by_who_was_taken_out_is_told_to_all_who_are_in_and_once(people: People) -> None:
    assert people.send("POST", "/v1/users/u2/removal", token=token_of(people, COMPANY)).status_code == 200
    for _ in range(2):
        contest_change(people.contest_sent(), origin="", tools=people.tools)
    assert to_whom(people, FROZEN) == ["usuaria1@ejemplo.pe", "usuaria3@ejemplo.pe"]


@pytest.mark.parametrize("how", ["--undo", "--keep"])
def test_the_principal_hears_what_was_decided(people: People, how: str) -> None:
    people.send("POST", "/v1/users/u2/removal", token=token_of(people, COMPANY))
    contest_change(people.contest_sent(), origin="", tools=people.tools)
    people.world.clock.advance(minutes=3)
    before = len(people.mails())
    line = f"mailboxes unfreeze {COMPANY} {how} {WHY}"
    answer = people.world.client.lambda_.invoke("operator", {"command": line}).payload
    assert answer["exit"] == 0
    assert "usuaria1@ejemplo.pe" in [to for to, _ in people.mails()[before:]]
