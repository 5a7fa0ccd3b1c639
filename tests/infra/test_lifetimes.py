"""What code and configuration say of time fits together."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.bootstrap.alert import PROCESSES
from chalicelib.domain.alert.retry import LEASE
from chalicelib.handlers.jobs import JOBS
from chalicelib.handlers.operator.alert import RESENDING_TIME
from chalicelib.handlers.workers.reports import SWEEP_TIME
from infra.operate import WAITS

FUNCTIONS = json.loads((Path(__file__).parents[2] / ".chalice" / "config.json").read_text("utf-8"))["lambda_functions"]
GATEWAY_WAITS = timedelta(seconds=29)


def timeout_of(function: str) -> timedelta:
    return timedelta(seconds=FUNCTIONS[function]["lambda_timeout"])


@pytest.mark.parametrize("function", ["send_alerts", "sweep_alerts", "send_reminders"])
def test_a_lease_on_alerts_outlives_the_function_that_took_it(function: str) -> None:
    assert timeout_of(function) < LEASE


@pytest.mark.parametrize(
    "function",
    [
        "send_alerts",
        "sweep_alerts",
        "send_reminders",
        "finish_registrations",
        "clean_registrations",
        "clean_tokens",
        "sweep_orphans",
        "index_receipts",
        "expire_uploads",
        "watch_access",
        "watch_addresses",
        "prepare_audits",
        "send_digests",
        "watch_keys",
        "close_statements",
        "watch_agreements",
    ],
)
def test_a_job_that_stops_by_the_clock_has_a_minute_left_to_end_what_it_began(function: str) -> None:
    assert function in {job.name for job in JOBS}
    assert timeout_of(function) >= SWEEP_TIME + timedelta(minutes=1)


def test_alerts_share_the_providers_rate_among_all_processes_that_send() -> None:
    sending = ("send_alerts", "sweep_alerts", "send_reminders")
    reserved = [FUNCTIONS[name].get("reserved_concurrency") for name in sending]
    assert sum(reserved) == PROCESSES


def test_what_sends_beside_the_alerts_does_so_in_one_process() -> None:
    sending = ("watch_addresses", "send_digests", "watch_keys", "close_statements", "watch_agreements")
    assert {FUNCTIONS[name].get("reserved_concurrency") for name in sending} == {1}


def test_a_request_is_answered_before_the_gateway_gives_up() -> None:
    assert timeout_of("api_handler") < GATEWAY_WAITS


def test_a_command_ends_before_the_one_who_gave_it_stops_waiting() -> None:
    assert timeout_of("operator") >= RESENDING_TIME + timedelta(seconds=20)
    assert timedelta(seconds=WAITS) > timeout_of("operator")


def test_every_function_has_its_own_time() -> None:
    assert set(FUNCTIONS) == {job.name for job in JOBS} | {"api_handler", "operator"}
    assert all("lambda_timeout" in settings for settings in FUNCTIONS.values())
