"""The firewall refuses no thousand people who share an address, no system that keeps to its share, and no file."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.handlers.door import SIGNED
from chalicelib.handlers.doors import DOORS
from chalicelib.services.access.identify_person import CODE
from infra.package import ROOT
from infra.template import load_template
from infra.throttling import DEPOSITS

TEMPLATE = load_template()
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
RULES: dict[str, dict[str, Any]] = {rule["Name"]: rule for rule in RESOURCES["Firewall"]["Properties"]["Rules"]}
BY_ADDRESS = {name: rule["Statement"]["RateBasedStatement"] for name, rule in RULES.items() if "ByAddress" in name}
MANAGED = {name: rule for name, rule in RULES.items() if "ManagedRuleGroupStatement" in rule["Statement"]}
SIGNED_DOORS = BY_ADDRESS["SignedByAddress"]["ScopeDownStatement"]["RegexMatchStatement"]
STATIC = [*(ROOT / "chalicelib" / "renderers" / "static").iterdir()]
CROWD = 1000
STEPS = 20
"""Requests of somebody who logs in by a code, reads a notice and fetches its files; redirects count as well."""
OF_A_BODY = re.compile("_BODY$")
SENDER_RATE = int(TEMPLATE["Parameters"]["SenderRate"]["Default"])


def test_a_thousand_people_behind_one_address_do_half_of_what_it_takes_to_be_met() -> None:
    rule = BY_ADDRESS["PeopleByAddress"]
    of_one = STEPS + len(STATIC)  # everything once: a browser keeps it for a year
    assert rule["EvaluationWindowSec"] == 300
    assert rule["Limit"] >= 2 * CROWD * of_one


def test_three_systems_behind_one_address_may_send_their_whole_share_and_no_address_all_deposits() -> None:
    rule = BY_ADDRESS["SignedByAddress"]
    window = rule["EvaluationWindowSec"]
    assert 3 * SENDER_RATE * window <= rule["Limit"] < DEPOSITS.a_second * window


def test_the_signed_doors_are_those_of_the_map_and_all_others_are_peoples() -> None:
    pattern = re.compile(SIGNED_DOORS["RegexString"])
    for door in DOORS:
        real = re.sub(r"{\w+}", "x", door.path)
        for base in ("", "/api"):
            assert bool(pattern.search(base + real)) is (door.access == SIGNED), door.path
    scope = BY_ADDRESS["PeopleByAddress"]["ScopeDownStatement"]["NotStatement"]["Statement"]
    assert scope == {"RegexMatchStatement": SIGNED_DOORS}


@pytest.mark.parametrize("name", RULES)
def test_at_first_it_only_counts(name: str) -> None:
    assert TEMPLATE["Parameters"]["WafMode"]["Default"] == "count"
    assert TEMPLATE["Conditions"]["WafBlocks"] == {"Fn::Equals": [{"Ref": "WafMode"}, "block"]}
    said = RULES[name].get("Action") or RULES[name]["OverrideAction"]
    condition, past_it, before = said["Fn::If"]
    assert (condition, before) == ("WafBlocks", {"Count": {}})
    assert list(past_it) == (["Block"] if name in BY_ADDRESS else ["None"])


@pytest.mark.parametrize("name", MANAGED)
def test_no_body_is_judged_whatever_the_mode(name: str) -> None:
    overridden = {
        each["Name"]: each["ActionToUse"]
        for each in MANAGED[name]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    }
    assert set(map(json.dumps, overridden.values())) == {'{"Count": {}}'}
    assert {each for each in overridden if OF_A_BODY.search(each)} == BODY_RULES[name]


LONGEST_QUERY = 2048
"""Bytes past which `SizeRestrictions_QUERYSTRING` meets a request, by AWS's manual; nothing in a set changes it."""


@pytest.mark.parametrize("sign", ["x", "/"])
def test_a_provider_that_comes_back_with_the_longest_code_that_is_taken_is_not_met(sign: str) -> None:
    longest = next(length for length in range(1, 5000) if not CODE.fullmatch(sign * length)) - 1
    answer = urlencode({"code": sign * longest, "state": "s" * 43, "iss": "https://identidad.example"})
    overridden = MANAGED["Common"]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    counted = {each["Name"] for each in overridden}
    assert "GenericRFI_QUERYARGUMENTS" in counted
    assert len(answer) <= LONGEST_QUERY or "SizeRestrictions_QUERYSTRING" in counted


BODY_RULES = {
    "Common": {
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "EC2MetaDataSSRF_BODY",
    },
    "KnownBadInputs": {"Log4JRCE_BODY", "JavaDeserializationRCE_BODY", "ReactJSRCE_BODY"},
}
"""As AWS's manual lists the rules of each set that look at bodies."""


@pytest.mark.parametrize("name", BY_ADDRESS)
def test_who_sends_too_much_is_told_as_the_gateway_tells_it(name: str) -> None:
    response = RULES[name]["Action"]["Fn::If"][1]["Block"]["CustomResponse"]
    body = RESOURCES["Firewall"]["Properties"]["CustomResponseBodies"][response["CustomResponseBodyKey"]]
    throttled = RESOURCES["RestAPI"]["Properties"]["GatewayResponses"]["THROTTLED"]
    assert json.loads(body["Content"]) == json.loads(throttled["ResponseTemplates"]["application/json"])
    assert response["ResponseCode"] == throttled["StatusCode"]
    assert [header["Name"] for header in response["ResponseHeaders"]] == ["Retry-After"]


def test_no_list_of_addresses_decides() -> None:
    kinds = {next(iter(rule["Statement"])) for rule in RULES.values()}
    names = {rule["Statement"]["ManagedRuleGroupStatement"]["Name"] for rule in MANAGED.values()}
    assert kinds == {"RateBasedStatement", "ManagedRuleGroupStatement"}
    assert not [name for name in names if "Ip" in name or "IP" in name]


@pytest.mark.deep
def test_it_stands_in_front_of_the_one_stage(transformed: dict[str, Any]) -> None:
    resources = transformed["Resources"]
    [stage] = [name for name, r in resources.items() if r["Type"] == "AWS::ApiGateway::Stage"]
    [association] = [r["Properties"] for r in resources.values() if r["Type"] == "AWS::WAFv2::WebACLAssociation"]
    assert association["ResourceArn"]["Fn::Sub"].endswith(f"::/restapis/${{RestAPI}}/stages/${{{stage}}}")
    assert association["WebACLArn"] == {"Fn::GetAtt": ["Firewall", "Arn"]}
