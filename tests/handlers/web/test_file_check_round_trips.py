"""What judging a file costs in round trips to AWS; docs/architecture.md tells the same figures."""

from __future__ import annotations

import json

import pytest

from tests.browser_requests import Browser
from tests.cloud import Engine
from tests.costs import measure
from tests.deposit_world import PDF, World, an_inline_file
from tests.upload_arrivals import Arrivals

PAGE = "/revisar-archivo"


@pytest.fixture
def visitor(browser: Browser) -> Browser:
    browser.submit_file("carta.pdf", PDF)  # makes every client
    return browser


def _asked(**without: str) -> bytes:
    return json.dumps({**{k: v for k, v in an_inline_file().items() if k not in without}, "role": "main"}).encode()


def test_a_form_takes_no_call(visitor: Browser) -> None:
    for page in (PAGE, f"{PAGE}/grande"):
        assert measure(lambda page=page: visitor.get(page), 200).calls == 0  # type: ignore[misc]


def test_a_visitor_s_file_takes_three_hops_and_four_calls(visitor: Browser) -> None:
    fields = {**visitor._hidden(visitor.get(PAGE)), "role": "main"}  # noqa: SLF001
    book = measure(lambda: visitor.post_file(PAGE, "carta.pdf", PDF, None, **fields), 200)
    assert (book.hops, book.calls) == (3, 4)


def test_a_wrong_captcha_takes_one_call(visitor: Browser) -> None:
    fields = {**visitor._hidden(visitor.get(PAGE)), "role": "main", "captcha": "XXXXX"}  # noqa: SLF001
    assert measure(lambda: visitor.post_file(PAGE, "carta.pdf", PDF, None, **fields), 422).calls == 1


def test_a_file_within_a_session_takes_four_calls_and_the_page_of_its_verdict_two(visitor: Browser) -> None:
    visitor.enter()
    fields = {**visitor._hidden(visitor.get(PAGE)), "role": "main"}  # noqa: SLF001
    book = measure(lambda: visitor.post_file(PAGE, "carta.pdf", PDF, None, **fields), 200)
    assert (book.hops, book.calls) == (6, 6)


def test_an_institution_s_file_takes_two_hops_and_two_calls_inside_the_request_or_not(world: World) -> None:
    for body, status in ((_asked(), 200), (_asked(content=""), 201)):
        world.clock.advance(minutes=1)  # else its share of requests would be counted as well
        world.send(world.signed("POST", "/v1/file-checks", body))  # makes every client
        call = world.signed("POST", "/v1/file-checks", body)
        book = measure(lambda call=call: world.send(call), status)  # type: ignore[misc]
        assert (book.hops, book.calls) == (2, 2)


def test_an_outcome_takes_two_hops_and_three_calls(world: World, moto_engine: Engine) -> None:
    arrivals = Arrivals(world, moto_engine.client("s3"))
    granted = world.send(world.signed("POST", "/v1/file-checks", _asked(content=""))).json_body
    arrivals.arrive(granted, PDF)
    call = world.signed("GET", f"/v1/file-checks/{granted['check_id']}")
    book = measure(lambda: world.send(call), 200)
    assert (book.hops, book.calls) == (2, 3)
