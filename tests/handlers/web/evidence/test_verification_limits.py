"""Who guesses codes finds nothing and costs no read past a number; who holds the paper is not kept out (ACC-9)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.storage import limit_store
from chalicelib.domain.access.access_policy import (
    LOOKS_PER_PROOF,
    RECEIPT_LOOKS_PER_NEIGHBOURHOOD,
    RECEIPT_LOOKS_PER_NETWORK,
    UNKNOWN_LOOK,
    VERIFICATIONS,
)
from chalicelib.domain.access.network import neighbourhood_of, network_of
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.evidence.receipt import Verification
from chalicelib.domain.limit import Limit, Standing
from chalicelib.handlers.commands.evidence import verify
from chalicelib.services.evidence.verify_receipt import Verified
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.costs import measure
from tests.evidence_world import PAGE, Issued, guesses, issue, post_form
from tests.gateway_requests import Lines, ask
from tests.spent import spend, stand_at

HERE = "127.0.0.1"
GUESSER, ALIKE, ELSEWHERE = "198.51.100.77", "198.51.100.78", "203.0.113.9"
READS = {"Query", "BatchGetItem"}


@pytest.fixture
def issued(browser: Browser, moto_engine: Engine) -> Issued:
    return issue(browser.people.world, moto_engine)


def _crowd(browser: Browser, address: str = HERE) -> None:
    """Have others behind the same address look for as many unknown receipts as its number allows."""
    _stand(browser, RECEIPT_LOOKS_PER_NETWORK, network_of(address))


def _stand(browser: Browser, limit: Limit, key: str) -> None:
    world = browser.people.world
    limits = limit_store(world.container)
    stand_at(limit.limit, lambda: limits.tally(limit.key(key), window_s=limit.window_s, now=world.clock.now))


def _look(code: str, address: str) -> int:
    answer = ask("GET", "/verificar/{code}", address=address, parameters={"code": code})
    return int(answer["statusCode"])


def _solved(browser: Browser, code: str) -> Any:
    """Open a code's page, solve the captcha that it asks for, send that form, and go where it leads."""
    return browser.get(_proven(browser, f"{PAGE}/{code}"))


def _proven(browser: Browser, address: str) -> str:
    """Return the address that a solved captcha leads to."""
    shown = browser.get(address)
    assert shown.status_code == 429
    led = post_form(browser, **browser._hidden(shown))  # noqa: SLF001
    assert led.status_code == 303
    return str(led.headers["Location"])


def _counted(browser: Browser, limit: Limit, key: str) -> int:
    world = browser.people.world
    now = world.clock.now
    return limit_store(world.container).tally(limit.key(key), window_s=limit.window_s, now=now) - 1


@pytest.mark.parametrize("many", [600, pytest.param(5000, marks=pytest.mark.deep)])
def test_thousands_of_guesses_find_nothing_and_read_nothing_past_the_number(issued: Issued, many: int) -> None:
    most, told = RECEIPT_LOOKS_PER_NETWORK.limit // UNKNOWN_LOOK, []
    with ledger(0) as book:
        for code in guesses(many):
            try:
                found = verify(Verification(code, None), proof="", origin=GUESSER)
            except CasillaError as refused:
                told.append(refused.code)
            else:
                assert found == Verified(())

    assert told == ["captcha_needed"] * (many - most)
    assert sum(operation in READS for operation in book.operations) == 2 * most
    assert set(book.operations) == {*READS, "GetItem", "UpdateItem"}
    assert _look(issued.code, ELSEWHERE) == 200
    assert _look(issued.code, GUESSER) == 429  # until the captcha, which the next tests solve


def test_whoever_holds_the_paper_behind_a_guesser_s_address_has_it_in_two_steps(
    browser: Browser, issued: Issued
) -> None:
    _crowd(browser)

    answer = _solved(browser, issued.code)

    assert answer.status_code == 200
    assert "Este servicio emitió esta constancia" in text_of(answer)


def test_the_hash_of_the_file_takes_the_same_way(browser: Browser, issued: Issued) -> None:
    _crowd(browser)
    answer = browser.get(_proven(browser, f"{PAGE}?sha256={issued.sha256}"))

    assert "Este archivo es exactamente la constancia" in text_of(answer)


def test_past_the_number_known_and_unknown_codes_are_asked_for_the_captcha_alike(
    browser: Browser, issued: Issued
) -> None:
    _crowd(browser)
    pages = [browser.get(f"{PAGE}/{code}") for code in (issued.code, *guesses(1))]

    told = [
        re.sub(r'data:image[^"]*|/captchas/[^/]*|value="[^"]*"|captcha-audio="[^"]*"', "", text_of(p)) for p in pages
    ]
    assert {page.status_code for page in pages} == {429}
    assert told[0] == told[1]


def test_known_and_unknown_codes_take_the_same_calls_in_the_same_order(browser: Browser, issued: Issued) -> None:
    browser.get(f"{PAGE}/{issued.code}")  # makes every client
    books = []
    for code, status in ((issued.code, 200), (guesses(1)[0], 404)):
        books.append(measure(lambda code=code: browser.get(f"{PAGE}/{code}"), status))  # type: ignore[misc]
    for sha256, status in ((issued.sha256, 200), ("0" * 64, 404)):
        books.append(measure(lambda sha256=sha256: browser.get(f"{PAGE}?sha256={sha256}"), status))  # type: ignore[misc]

    assert {(book.hops, book.calls) for book in books} == {(4, 10)}
    assert len({tuple(sorted(book.operations)) for book in books}) == 1


def test_past_the_number_a_look_takes_two_calls_a_captcha_one_and_a_look_with_its_proof_eleven(
    browser: Browser, issued: Issued
) -> None:
    browser.get(f"{PAGE}/{issued.code}")
    _crowd(browser)
    refused = measure(lambda: browser.get(f"{PAGE}/{issued.code}"), 429)
    fields = browser._hidden(browser.get(f"{PAGE}/{issued.code}"))  # noqa: SLF001
    solved = measure(lambda: post_form(browser, **fields), 303)
    proven = _proven(browser, f"{PAGE}/{issued.code}")
    looked = measure(lambda: browser.get(proven), 200)

    assert (refused.hops, refused.calls) == (1, 2)
    assert (solved.hops, solved.calls) == (1, 1)
    assert (looked.hops, looked.calls) == (4, 11)


def test_after_a_captcha_the_receipt_stands_at_its_own_address_and_can_be_reloaded(
    browser: Browser, issued: Issued
) -> None:
    _crowd(browser)
    address = _proven(browser, f"{PAGE}/{issued.code}")

    assert address.startswith(f"{PAGE}/{issued.code}?paso=")
    for _ in range(3):
        assert browser.get(address).status_code == 200
    assert post_form(browser, **browser._hidden(browser.get(address)), sha256="0" * 64).headers["Location"] == (  # noqa: SLF001
        address.replace("?", f"?sha256={'0' * 64}&")
    )
    browser.people.world.clock.advance(minutes=10, seconds=1)
    assert browser.get(address).status_code == 429


def test_what_a_captcha_leaves_serves_one_code_from_one_network_and_not_changed(
    browser: Browser, issued: Issued
) -> None:
    _crowd(browser)
    proof = _proven(browser, f"{PAGE}/{issued.code}").partition("?paso=")[2]
    changed = [proof[:-1] + ("0" if proof[-1] != "0" else "1"), proof.replace(".", ".9", 1), proof + "0", "x" * 5000]

    assert browser.get(f"{PAGE}/{guesses(1)[0]}?paso={proof}").status_code == 429
    assert [browser.get(f"{PAGE}/{issued.code}?paso={one}").status_code for one in changed] == [429] * len(changed)
    _crowd(browser, GUESSER)
    asked = Verification(issued.code, None)
    with pytest.raises(CasillaError, match="captcha_needed"):
        verify(asked, proof=proof, origin=GUESSER)
    assert len(verify(asked, proof=proof, origin=HERE).receipts) == 1


def test_one_captcha_is_not_enough_for_any_number_of_looks(browser: Browser, issued: Issued) -> None:
    _crowd(browser)
    address = _proven(browser, f"{PAGE}/{issued.code}")

    looks = [browser.get(address).status_code for _ in range(LOOKS_PER_PROOF.limit + 2)]

    assert looks == [200] * LOOKS_PER_PROOF.limit + [429] * 2
    assert _solved(browser, issued.code).status_code == 200


def test_a_desk_that_verifies_all_day_is_never_asked(browser: Browser, issued: Issued) -> None:
    looks = RECEIPT_LOOKS_PER_NETWORK.limit // UNKNOWN_LOOK + 10
    for _ in range(looks):
        assert browser.get(f"{PAGE}/{issued.code}").status_code == 200

    assert _counted(browser, RECEIPT_LOOKS_PER_NETWORK, network_of(HERE)) == looks
    assert _counted(browser, RECEIPT_LOOKS_PER_NEIGHBOURHOOD, neighbourhood_of(HERE)) == looks


def test_whoever_has_one_real_code_is_asked_too_before_they_spend_everybody_s_looks(
    browser: Browser, issued: Issued
) -> None:
    most = RECEIPT_LOOKS_PER_NETWORK.limit
    _stand(browser, replace(RECEIPT_LOOKS_PER_NETWORK, limit=most - UNKNOWN_LOOK - 2), network_of(GUESSER))

    assert [_look(issued.code, GUESSER) for _ in range(5)] == [200, 200, 200, 429, 429]
    assert _look(issued.code, ELSEWHERE) == 200
    assert 70 * most < VERIFICATIONS.share(Standing.CROWDED)  # it takes as many networks to spend them


def test_unknown_ones_stay_counted_by_network_and_neighbourhood(browser: Browser) -> None:
    for code in guesses(3):
        browser.get(f"{PAGE}/{code}")

    assert _counted(browser, RECEIPT_LOOKS_PER_NETWORK, network_of(HERE)) == 3 * UNKNOWN_LOOK
    assert _counted(browser, RECEIPT_LOOKS_PER_NEIGHBOURHOOD, neighbourhood_of(HERE)) == 3 * UNKNOWN_LOOK


def test_whoever_has_many_addresses_nearby_meets_the_captcha_too(browser: Browser, issued: Issued) -> None:
    _stand(browser, RECEIPT_LOOKS_PER_NEIGHBOURHOOD, neighbourhood_of(GUESSER))

    assert _look(guesses(1)[0], ALIKE) == 429
    assert _look(issued.code, ELSEWHERE) == 200


def test_a_wrong_captcha_reads_nothing_counts_nobody_and_shows_another(browser: Browser, issued: Issued) -> None:
    _crowd(browser)
    fields = browser._hidden(browser.get(f"{PAGE}/{issued.code}"))  # noqa: SLF001
    for typed, told in (("XXXXX", "El texto no coincide"), ("", "Completa «Texto de la imagen»")):
        with ledger(0) as book:
            answer = post_form(browser, **{**fields, "captcha": typed})
        assert (answer.status_code, set(book.operations) <= {"PutItem"}) == (422, True)
        assert told in text_of(answer)
        again = browser._hidden(answer)  # noqa: SLF001
        assert again["captcha_id"] != fields["captcha_id"]
    assert post_form(browser, **again).status_code == 303


def test_a_captcha_counts_once(browser: Browser, issued: Issued) -> None:
    _crowd(browser)
    fields = browser._hidden(browser.get(f"{PAGE}/{issued.code}"))  # noqa: SLF001

    assert [post_form(browser, **fields).status_code for _ in range(2)] == [303, 422]


def test_where_half_of_the_budget_is_spent_a_captcha_opens_the_rest(browser: Browser, issued: Issued) -> None:
    spend(VERIFICATIONS, Standing.CROWDED, browser.people.world)

    assert _solved(browser, issued.code).status_code == 200


def test_who_guessed_much_cannot_spend_the_last_fifth(browser: Browser, issued: Issued) -> None:
    spend(VERIFICATIONS, Standing.QUIET, browser.people.world)
    assert _solved(browser, issued.code).status_code == 200  # from where nobody guessed

    _crowd(browser)
    refused = _solved(browser, issued.code)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= VERIFICATIONS.window_s
    check_html(text_of(refused))
    [again] = re.findall(r'href="([^"]*)">Inténtalo de nuevo', text_of(refused))
    browser.people.world.clock.advance(seconds=int(refused.headers["Retry-After"]))
    assert again.startswith(f"{PAGE}/{issued.code}?paso=")
    assert browser.get(again).status_code == 200


def test_a_new_quarter_of_an_hour_begins_anew(browser: Browser, issued: Issued) -> None:
    _crowd(browser)
    browser.people.world.clock.advance(minutes=15)

    assert browser.get(f"{PAGE}/{issued.code}").status_code == 200


def test_a_wave_of_guesses_is_logged_without_any_code(browser: Browser, issued: Issued, lines: Lines) -> None:
    _crowd(browser)
    browser.get(f"{PAGE}/{issued.code}")

    [line] = [line for line in lines if line.get("code") == "captcha_needed"]
    assert (line["status"], line["door"]) == (429, "/verificar/{code}")
    assert issued.code not in str(lines)
