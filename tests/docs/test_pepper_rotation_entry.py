"""What the runbook says of a change of the pepper holds for everything that lives under one."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

from chalicelib.domain.access.pepper import MIN_PEPPER_BYTES
from chalicelib.domain.access.token import KEPT_FOR, VALID_FOR
from chalicelib.domain.registration.registration import LIFETIME, REGISTRY_LIFETIME
from chalicelib.gateways import secret_texts
from infra.template import load_template

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
[ENTRY] = re.findall(r"^## Changing the pepper\n(.+?)^## ", RUNBOOK, re.MULTILINE | re.DOTALL)
RESOURCES = load_template()["Resources"]


def test_a_former_pepper_is_kept_for_longer_than_anything_made_under_it() -> None:
    [days] = re.findall(r"no earlier than (\d+) days", ENTRY)
    [longest] = re.findall(r"for (\d+) days can be opened", ENTRY)
    lives = [VALID_FOR.get(kind, timedelta(0)) + kept for kind, kept in KEPT_FOR.items()]

    assert max(lives) == timedelta(days=int(longest))
    assert timedelta(days=int(days)) > max(*lives, REGISTRY_LIFETIME + LIFETIME)


def test_the_wait_after_the_first_step_is_longer_than_the_age_of_a_secret_and_the_longest_run_together() -> None:
    [wait] = re.findall(r"Wait (\d+) minutes", ENTRY)
    functions = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))["lambda_functions"].values()
    longest = timedelta(seconds=max(function.get("lambda_timeout", 0) for function in functions))

    assert "within five minutes" in ENTRY
    assert timedelta(minutes=5) == secret_texts.GOOD_FOR
    assert timedelta(minutes=int(wait)) >= secret_texts.GOOD_FOR + secret_texts.TRIED_EVERY + longest


def test_what_it_says_of_a_line_that_is_too_short_is_so() -> None:
    assert f"less than {MIN_PEPPER_BYTES} characters" in ENTRY
    assert "for twelve hours" in ENTRY
    assert timedelta(hours=12) == secret_texts.KEPT_FOR


def test_every_function_that_reads_a_secret_rings_where_it_cannot_read_it_again() -> None:
    readers = {
        path.stem.removeprefix("policy-")
        for path in (ROOT / ".chalice").glob("policy-*.json")
        if "secretsmanager:GetSecretValue" in path.read_text("utf-8")
    }
    metric = RESOURCES["SecretsFailing"]["Properties"]["MetricName"]
    watched = {
        resource["Properties"]["LogGroupName"]["Ref"].removesuffix("LogGroup")
        for resource in RESOURCES.values()
        if resource.get("Type") == "AWS::Logs::MetricFilter"
        and resource["Properties"]["MetricTransformations"][0]["MetricName"] == metric
    }

    assert watched == {reader.title().replace("_", "") for reader in readers}
