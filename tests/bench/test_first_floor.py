"""The floor under first answers is made of the service's own answers, and can be asked again and again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jinja2 import Environment

from app import app
from bench.first_floor import Answered, floor_of, templates_of, with_templates
from bench.packaged import Package
from bench.people import people_of
from bench.world import BenchWorld, answer_of, bench_world
from infra.package import ROOT

TREE = Package("sources", ROOT, {})


@pytest.fixture(scope="module")
def world() -> Iterator[BenchWorld]:
    with bench_world() as opened:
        yield opened


def test_the_stub_brings_back_the_state_it_kept(world: BenchWorld) -> None:
    event = world.deposit_event(world.uploaded_body())
    world.stub.keep()

    first = answer_of(app, event)
    repeated = answer_of(app, event)
    world.stub.restore()
    anew = answer_of(app, event)

    assert [one["headers"].get("Idempotency-Replayed") for one in (first, repeated, anew)] == [None, "true", None]
    assert anew["statusCode"] == 201


def test_a_page_of_the_floor_has_all_that_the_services_has(world: BenchWorld) -> None:
    event = people_of(world).page_event("/", "")
    answer = answer_of(app, event)
    asked = floor_of("home page", Answered(event, answer, []), TREE, world)

    page = Environment(autoescape=True).from_string(asked["page"]).render(texts=asked["texts"])

    assert page == answer["body"]
    assert len(asked["texts"]) > 30
    assert ("GET", "/") in asked["routes"]


def test_a_receipt_of_the_floor_has_every_text_of_the_services(world: BenchWorld) -> None:
    event = world.deposit_event(world.uploaded_body())
    answer = answer_of(app, event)
    asked = floor_of("deposit", Answered(event, answer, []), TREE, world)

    texts = " ".join(str(part) for name, _, _, given in asked["receipt"]["drawn"] if name == "cell" for part in given)
    for text in ("ELECTRÓNICA", "Respuesta a su solicitud de información", "Persona Redactora de Ejemplo", "Página 1"):
        assert text in texts


def test_templates_are_put_in_the_place_of_their_sources(world: BenchWorld) -> None:
    event = people_of(world).page_event("/", "")
    asked = floor_of("home page", Answered(event, answer_of(app, event), []), TREE, world)

    assert with_templates(asked, dict.fromkeys(templates_of(asked), b"compiled"))["page"] == b"compiled"
