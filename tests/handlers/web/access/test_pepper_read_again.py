"""The runbook's change of the pepper, by processes that stay: each reads the secret again where a request begins."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.aws import aws_session, connection, pepper, secret_texts
from chalicelib.bootstrap.identity_provider import identity_provider
from chalicelib.bootstrap.session import session_store
from chalicelib.domain.access.captcha import captcha_answer
from chalicelib.domain.access.pepper import every_pepper
from chalicelib.gateways.secret_texts import GOOD_FOR, TRIED_EVERY
from tests.browser_requests import Browser, text_of
from tests.person_world import NEW, PASSWORD

OLD, NEXT = "o" * 64, "n" * 64
FIVE_MINUTES = int(GOOD_FOR.total_seconds())


@dataclass
class Deployment:
    """Two processes on the same tables, which stay as they are while somebody changes the secret."""

    browser: Browser
    arn: str
    boxes: tuple[Container, Container]
    answering: ExitStack

    def by(self, number: int) -> Browser:
        """Have one of them answer from now on."""
        self.answering.close()
        self.answering.enter_context(using(self.boxes[number]))
        self.browser.people.world.container = self.boxes[number]
        return self.browser

    def write(self, *lines: str) -> None:
        boto3.client("secretsmanager").put_secret_value(SecretId=self.arn, SecretString="\n".join(lines))

    def wait(self, seconds: int = FIVE_MINUTES) -> None:
        self.browser.people.world.clock.advance(seconds=seconds)


@pytest.fixture
def running(browser: Browser) -> Iterator[Deployment]:
    world = browser.people.world
    first = world.container
    manager = boto3.client("secretsmanager")
    arn = manager.create_secret(Name="pepper-read-again", SecretString=OLD)["ARN"]
    boxes = []
    for _ in range(2):
        box = Container(replace(first.config, token_secret_arn=arn), clock=world.clock, pause=lambda _: None)
        box.made = {make: first.made[make] for make in (connection, aws_session)}
        boxes.append(box)
    with ExitStack() as answering:
        deployment = Deployment(browser, arn, (boxes[0], boxes[1]), answering)
        deployment.by(0)
        yield deployment
        world.container = first
    manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def peppers(box: Container) -> tuple[bytes, ...]:
    return every_pepper(pepper(box))


def test_a_request_that_begins_while_another_has_the_pepper_made_anew_begins(running: Deployment) -> None:
    browser = running.by(0)
    browser.get("/ingresar")
    box = running.boxes[0]
    found = secret_texts(box)

    class Overtaken:
        def get(self, *asked: Any) -> Any:
            box.forget(pepper)
            return found.get(*asked)

    box.made[secret_texts] = Overtaken()
    running.write(NEXT)
    running.wait()

    assert browser.get("/ingresar").status_code == 200
    assert peppers(box) == (NEXT.encode(),)


def test_the_runbooks_steps_end_nothing_whichever_process_answers(running: Deployment) -> None:
    running.by(1).get("/ingresar")
    running.by(0).enter()
    csrf = running.browser.csrf()

    running.write(OLD, NEXT)
    running.wait()
    assert running.browser.csrf() == csrf
    assert peppers(running.boxes[0]) == (OLD.encode(), NEXT.encode())
    assert running.by(1).csrf() == csrf

    running.write(NEXT, OLD)
    running.wait()
    switched = running.by(0).csrf()
    assert switched != csrf
    assert peppers(running.boxes[0]) == (NEXT.encode(), OLD.encode())
    assert peppers(running.boxes[1]) == (OLD.encode(), NEXT.encode())
    assert running.by(1).csrf() == switched
    for number in (0, 1):
        assert running.by(number).get("/casilla").status_code == 200

    running.write(NEXT)
    running.wait()
    assert running.browser.get("/casilla").headers["Location"].startswith("/ingresar")
    assert peppers(running.boxes[1]) == (NEXT.encode(),)


def test_what_was_made_under_the_former_counts_once_whichever_process_is_asked(running: Deployment) -> None:
    people = running.browser.people
    running.by(1).get("/ingresar")
    running.by(0)
    running.write(OLD, NEXT)
    running.wait()
    people.ask_reset()
    link = people.link_sent()
    running.write(NEXT, OLD)
    running.wait(FIVE_MINUTES - 1)
    running.by(1)
    assert people.use_reset(link).status_code == 200

    running.wait(1)
    running.by(0)
    assert people.use_reset(link, NEW + "0").json_body["code"] == "link_unusable"
    assert people.log_in(password=NEW).status_code == 201


def test_within_a_request_all_is_by_one_pepper_and_only_what_was_made_of_it_is_made_anew(running: Deployment) -> None:
    box = running.boxes[0]
    running.browser.enter()
    made = dict(box.made)
    sessions, tools = session_store(box), access_tools(box)
    running.write(OLD, NEXT)
    running.wait()
    assert session_store(box) is sessions

    running.browser.get("/casilla")

    assert session_store(box) is not sessions
    assert access_tools(box) is not tools
    assert tools.pepper is not access_tools(box).pepper
    for kept in (connection, aws_session, secret_texts):
        assert box.made[kept] is made[kept]
    assert identity_provider not in box.made_of.get(pepper, set())


_NAMES = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")
SCHEDULED: dict[str, Any] = dict.fromkeys(_NAMES, "")


@pytest.mark.parametrize(
    ("function", "event"), [("watch_access", SCHEDULED), ("operator", {"command": "outage list"})], ids=str
)
def test_a_run_begins_with_the_pepper_as_it_is_of_late(
    running: Deployment, function: str, event: dict[str, Any]
) -> None:
    box = running.boxes[0]
    running.browser.get("/ingresar")
    assert peppers(box) == (OLD.encode(),)
    running.write(OLD, NEXT)
    running.wait()

    running.browser.people.world.client.lambda_.invoke(function, event)

    assert peppers(box) == (OLD.encode(), NEXT.encode())


def test_a_programs_request_begins_with_the_pepper_as_it_is_of_late(running: Deployment) -> None:
    box, client = running.boxes[0], running.browser.people.world.client
    sent: dict[str, Any] = {"headers": {"content-type": "application/json"}, "body": b"{}"}
    assert client.http.request("POST", "/v1/captchas", **sent).status_code == 201
    running.write(OLD, NEXT)
    running.wait()

    assert client.http.request("POST", "/v1/captchas", **sent).status_code == 201

    assert peppers(box) == (OLD.encode(), NEXT.encode())


def test_a_pepper_that_did_not_change_leaves_everything_in_place(running: Deployment) -> None:
    box = running.boxes[0]
    running.browser.enter()
    made = dict(box.made)

    running.wait()
    running.browser.get("/ingresar")

    assert {make: box.made[make] for make in made} == made
    assert all(box.made[make] is what for make, what in made.items())


@pytest.mark.parametrize("written", [("short",), (NEXT, "short"), ("",)])
def test_a_secret_that_cannot_be_used_ends_nobodys_session_and_wakes_somebody(
    running: Deployment, caplog: pytest.LogCaptureFixture, written: tuple[str, ...]
) -> None:
    caplog.set_level(logging.WARNING)
    running.browser.enter()
    if written == ("",):
        boto3.client("secretsmanager").put_secret_value(SecretId=running.arn, SecretString=" ")
    else:
        running.write(*written)
    running.wait()

    assert running.browser.get("/casilla").status_code == 200
    assert [line for line in caplog.messages if line.startswith("secret ")] == [
        "secret not read again" if written == ("",) else "secret malformed"
    ]
    running.write(OLD)
    running.wait(int(TRIED_EVERY.total_seconds()))
    assert running.browser.get("/casilla").status_code == 200


def test_a_captcha_of_one_process_opens_by_the_other(running: Deployment) -> None:
    running.by(1).get("/ingresar")
    running.by(0)
    running.write(OLD, NEXT)
    running.wait()
    page = running.browser.get("/ingresar")
    running.by(1).get("/ingresar")
    [captcha_id] = re.findall(r'name="captcha_id" value="([^"]+)"', text_of(page))
    fields: dict[str, Any] = {"captcha": captcha_answer(OLD.encode(), captcha_id)}

    answered = running.browser.submit(page, "/ingresar", username="1-40000002", password=PASSWORD, **fields)

    assert answered.headers["Location"] == "/casilla"
