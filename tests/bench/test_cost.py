"""What a million costs: the arithmetic, the table of prices, and that nothing is called beyond what a result needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from bench import cost
from bench.cost import Cost, bill_of, cost_of, figures_of, least_of, prices, total, usd_of, without_sms
from bench.stub import Billed
from bench.world import BenchWorld, bench_world

TABLE: dict[str, dict[str, Any]] = {
    "write_unit": {"per": 1_000_000, "us-east-1": 2.0, "sa-east-1": 3.0, "as_of": date(2026, 1, 2)},
    "mail": {"per": 1_000, "us-east-1": 0.5, "sa-east-1": 0.5, "as_of": date(2025, 1, 2)},
    "sms": {"per": 1, "us-east-1": 0.1, "sa-east-1": 0.2, "as_of": date(2026, 1, 2), "is_assumed": True},
}


@pytest.fixture(scope="module")
def world() -> Iterator[BenchWorld]:
    with bench_world() as opened:
        yield opened


def a_call(operation: str, *, read: float = 0, write: float = 0, sent: int = 0) -> Billed:
    return Billed(operation, read, write, sent)


def test_each_unit_counts_by_its_own_price_and_quantity() -> None:
    bill = {"write_unit": 10, "mail": 2, "sms": 1}

    assert usd_of(bill, "us-east-1", TABLE) == pytest.approx(10 * 2 / 1e6 + 2 * 0.5 / 1e3 + 0.1)
    assert usd_of(bill, "sa-east-1", TABLE) == pytest.approx(10 * 3 / 1e6 + 2 * 0.5 / 1e3 + 0.2)
    with pytest.raises(KeyError):
        usd_of({"unheard_of": 1}, "us-east-1", TABLE)


def test_a_call_is_billed_by_what_it_is() -> None:
    assert bill_of(a_call("TransactWriteItems", read=2, write=34)) == {"read_unit": 2, "write_unit": 34}
    assert bill_of(a_call("PutObject", sent=10**6)) == {"s3_put": 1}
    assert bill_of(a_call("Publish")) == {"sms": 1}
    assert bill_of(a_call("SendEmail", sent=7_000)) == {"mail": 1, "mail_gb": 0}
    assert bill_of(a_call("SendEmail", sent=4_000_000)) == {"mail": 1, "mail_gb": pytest.approx(0.003)}
    with pytest.raises(ValueError, match="Scan"):
        bill_of(a_call("Scan"))


def test_bills_add_up() -> None:
    assert total([{"mail": 1}, {"mail": 2, "sms": 0.5}, {}]) == {"mail": 3, "sms": 0.5}


def test_the_least_is_so_many_calls_at_what_one_took_on_average() -> None:
    calls = [a_call("UpdateItem", write=4), a_call("UpdateItem", write=8), a_call("Publish")]

    assert least_of(calls, {"UpdateItem": 1}) == {"read_unit": 0, "write_unit": 6}
    assert least_of(calls, {"UpdateItem": 2, "Publish": 1}) == {"read_unit": 0, "write_unit": 12, "sms": 1}
    with pytest.raises(ValueError, match="Publish: 1 of 2"):
        least_of(calls, {"Publish": 2})


def test_figures_are_of_a_million_and_an_sms_hides_no_call_too_many() -> None:
    bill = {"write_unit": 13, "sms": 1}
    figures = {one.name: one for one in figures_of("alert", Cost(bill, {**bill, "write_unit": 10}, 0.1), TABLE)}

    assert figures["a million: alert, us-east-1"].value == pytest.approx(26 + 100_000)
    assert figures["a million: alert, sa-east-1"].value == pytest.approx(39 + 200_000)
    assert figures["a million: alert, sa-east-1"].note == "prices of 2026-01; sms assumed"
    assert figures["a million: alert, without the SMS"].value == pytest.approx(26)
    ratio = figures["alert ÷ its least calls: cost"]
    assert ratio.value == pytest.approx(1.3)
    assert not ratio.is_met
    assert without_sms(bill) == {"write_unit": 13}


@pytest.mark.parametrize("unit", sorted(prices()))
def test_a_price_says_of_what_since_when_where_and_in_both_regions(unit: str) -> None:
    price = prices()[unit]

    assert price["unit"]
    assert price["per"] > 0
    assert isinstance(price["as_of"], date)
    assert price["source"].startswith("https://aws.amazon.com/")
    assert all(0 < price[region] < 10 for region in cost.REGIONS)
    assert price["us-east-1"] <= price["sa-east-1"]


def test_what_is_done_calls_no_more_than_its_result_needs_and_every_call_has_a_price(world: BenchWorld) -> None:
    table = prices()
    used: set[str] = {"function_gb_s"}
    for work in cost.works(world):
        *_, taken = [cost_of(work, world) for _ in range(cost.ROUNDS)]  # as often as the bench does it
        used |= taken.bill.keys()
        ratio = usd_of(without_sms(taken.bill), "us-east-1", table) / usd_of(
            without_sms(taken.least), "us-east-1", table
        )
        assert ratio <= cost.MOST, (work.name, taken.bill, taken.least)
        assert ratio == pytest.approx(1), work.name

    assert used == table.keys(), "a price of what nothing uses"
