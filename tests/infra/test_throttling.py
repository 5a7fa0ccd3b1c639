"""The gateway's rates: generated from the map of doors, in the gateway's spelling, and fit for the processes behind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.domain.access.access_policy import VERIFICATIONS
from chalicelib.handlers.door import JSON, LARGEST_BODY, LARGEST_DEPOSIT, NOTHING, PUBLIC, SIGNED, Door
from chalicelib.handlers.doors import DOORS
from infra.package import ROOT
from infra.template import load_template
from infra.throttling import DEPOSITS, FILES, SIGNED_HEADS, SIGNED_REQUESTS, Rate, method_settings, rate_of

TEMPLATE = load_template()
[OF_PAGES] = TEMPLATE["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
SECONDS = {DEPOSITS: 0.3, SIGNED_REQUESTS: 0.1, SIGNED_HEADS: 0.1, FILES: 0.5}
"""How long a process is taken by one, at most as measured; docs/limits.md has the same numbers."""
SECONDS_OF_A_PAGE = 0.2
JOBS = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))["lambda_functions"].values()
OF_AN_ACCOUNT, UNRESERVED = 1000, 100
"""What an account has without asking for more, and what AWS never lets be reserved."""


def reserved(name: str) -> int:
    default: int = TEMPLATE["Parameters"][name]["Default"]
    return default


def test_an_address_is_named_as_the_gateway_spells_it() -> None:
    deposits = Door("POST", "/v1/deposits", SIGNED, JSON, "api.a:b", LARGEST_DEPOSIT)
    status = Door("GET", "/v1/deposits/{notice_id}/status", SIGNED, NOTHING, "api.a:b")
    page = Door("GET", "/ingresar", PUBLIC, NOTHING, "web.a:b")
    settings = method_settings((deposits, status, page))
    assert [(one["ResourcePath"], one["HttpMethod"]) for one in settings] == [
        ("/~1v1~1deposits", "POST"),
        ("/~1v1~1deposits~1{notice_id}~1status", "GET"),
        ("/~1v1~1deposits~1{notice_id}~1status", "HEAD"),
    ]


def test_every_signed_door_and_whatever_takes_files_has_a_rate_of_its_own() -> None:
    limited = {(door.path, method) for door in DOORS for method in door.methods if rate_of(door, method)}
    signed = {(door.path, method) for door in DOORS for method in door.methods if door.access == SIGNED}
    with_files = {(door.path, door.method) for door in DOORS if door.largest > LARGEST_BODY}
    assert limited == signed | with_files
    assert ("/revisar-archivo", "POST") in with_files
    [deposit] = [door for door in DOORS if (door.method, door.path) == ("POST", "/v1/deposits")]
    assert rate_of(deposit, "POST") == DEPOSITS


def test_no_method_loses_its_metrics_with_its_own_rate() -> None:
    assert {one["MetricsEnabled"] for one in [*method_settings(), OF_PAGES]} == {True}


@pytest.mark.deep
def test_the_stage_has_every_rate_once(transformed: dict[str, Any]) -> None:
    [stage] = [r["Properties"] for r in transformed["Resources"].values() if r["Type"] == "AWS::ApiGateway::Stage"]
    settings = stage["MethodSettings"]
    assert settings == [OF_PAGES, *method_settings()]
    assert len({(one["ResourcePath"], one["HttpMethod"]) for one in settings}) == len(settings)


def test_what_the_gateway_lets_through_finds_a_process() -> None:
    every = [(door, method, rate_of(door, method)) for door in DOORS for method in door.methods]
    by_senders = sum(busy(rate) for door, _, rate in every if rate and door.access == SIGNED)
    by_people = OF_PAGES["ThrottlingRateLimit"] * SECONDS_OF_A_PAGE + OF_PAGES["ThrottlingBurstLimit"]
    assert 100 < by_senders <= reserved("SendersConcurrency")
    assert busy(DEPOSITS) + DEPOSITS.at_once <= reserved("SendersConcurrency")
    assert by_people <= reserved("PagesConcurrency")


def busy(rate: Rate) -> float:
    """Return how many processes a rate takes while it lasts."""
    return rate.a_second * SECONDS[rate]


def test_what_is_kept_for_some_leaves_the_others_what_the_account_must_have() -> None:
    by_jobs = sum(job.get("reserved_concurrency", 0) for job in JOBS)
    kept = reserved("SendersConcurrency") + reserved("PagesConcurrency") + by_jobs
    assert by_jobs > 0
    assert kept <= OF_AN_ACCOUNT - UNRESERVED


def test_files_are_let_through_as_often_as_verifications_may_be_looked_at() -> None:
    assert FILES.a_second == VERIFICATIONS.total // VERIFICATIONS.window_s


@pytest.mark.deep
@pytest.mark.parametrize(
    ("function", "parameter"), [("APIHandler", "PagesConcurrency"), ("SenderHandler", "SendersConcurrency")]
)
def test_the_functions_of_the_api_keep_their_processes(
    transformed: dict[str, Any], function: str, parameter: str
) -> None:
    assert transformed["Resources"][function]["Properties"]["ReservedConcurrentExecutions"] == {"Ref": parameter}


@pytest.mark.parametrize(
    ("doors", "rate"),
    [
        ("`POST /v1/deposits`", DEPOSITS),
        ("other signed doors, each", SIGNED_REQUESTS),
        ("the same by `HEAD`, each", SIGNED_HEADS),
        ("whatever takes a file that is not deposited, each", FILES),
    ],
)
def test_the_documented_rates_are_these(doors: str, rate: Rate) -> None:
    row = f"| {doors} | {rate.a_second} | {rate.at_once} | {SECONDS[rate]} s |"
    assert row in (ROOT / "docs" / "limits.md").read_text("utf-8")
