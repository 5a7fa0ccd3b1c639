"""A person at the portal while the pepper changes: nothing they had in hand is lost, and nothing counts twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import aws_session, connection, pepper
from chalicelib.domain.access.captcha import captcha_answer
from chalicelib.domain.access.pepper import Pepper, every_pepper
from tests.browser_requests import Browser, text_of
from tests.person_world import NEW, PASSWORD

NEXT = b"n" * 64


@dataclass
class Deployment:
    """What runs: processes that replace each other, on the same tables."""

    browser: Browser
    processes: ExitStack

    def run_with(self, first: bytes, *others: bytes) -> None:
        """Have a process that reads such a secret answer from now on."""
        world = self.browser.people.world
        box = Container(world.container.config, clock=world.clock, pause=lambda _: None)
        box.made = {make: world.container.made[make] for make in (connection, aws_session)}
        box.made[pepper] = Pepper(first, others)
        world.container = self.processes.enter_context(using(box))


@pytest.fixture
def running(browser: Browser) -> Iterator[Deployment]:
    with ExitStack() as processes:
        yield Deployment(browser, processes)


def _answer_to(page: HTTPResponse, drawn_under: bytes) -> str:
    [captcha_id] = re.findall(r'name="captcha_id" value="([^"]+)"', text_of(page))
    return captcha_answer(drawn_under, captcha_id)


def test_a_session_its_open_page_and_a_kept_form_go_on(running: Deployment, browser: Browser) -> None:
    [old] = every_pepper(pepper(browser.people.world.container))
    browser.enter()
    csrf = browser.csrf()

    running.run_with(old, NEXT)
    assert browser.csrf() == csrf
    browser.people.world.clock.advance(seconds=20 * 60 + 1)
    kept = browser.post("/borrador/descartar", None, csrf=csrf, name="Rosa Demo Ñ")
    assert kept.headers["Location"] == "/validar?volver=/borrador"
    page = browser.get("/validar?volver=/borrador")

    running.run_with(NEXT, old)
    assert browser.csrf() != csrf
    assert "Rosa" not in text_of(browser.get("/borrador"))
    validated = browser.submit(page, "/validar", password=PASSWORD, captcha=_answer_to(page, old))
    assert validated.headers["Location"] == "/borrador"
    assert "Rosa Demo Ñ" in text_of(browser.get("/borrador"))

    running.run_with(old, NEXT)
    assert "Rosa Demo Ñ" in text_of(browser.get("/borrador"))
    assert browser.post("/borrador/descartar", None, csrf=csrf).headers["Location"] == "/casilla"


def test_a_link_sent_before_sets_one_password(running: Deployment, browser: Browser) -> None:
    [old] = every_pepper(pepper(browser.people.world.container))
    people = browser.people
    people.ask_reset()
    link = people.link_sent()
    browser.enter()
    people.world.clock.advance(seconds=1)

    running.run_with(NEXT, old)
    assert people.use_reset(link).status_code == 200
    assert browser.get("/clave").headers["Location"].startswith("/ingresar")
    assert people.use_reset(link, NEW + "0").json_body["code"] == "link_unusable"

    running.run_with(old, NEXT)
    assert people.use_reset(link, NEW + "0").json_body["code"] == "link_unusable"
    assert people.log_in(password=NEW).status_code == 201
    assert browser.get("/clave").headers["Location"].startswith("/ingresar")
