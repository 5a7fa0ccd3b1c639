"""The domain that mail is sent from, and the DNS records that an operator has to set for it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.package import ROOT
from infra.transform import REGIONS, transformed

DOMAIN = {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "MailFrom"}]}]}
RECORDS = {"MailDkim1", "MailDkim2", "MailDkim3", "MailBouncesMx", "MailBouncesSpf", "MailDmarc"}


def test_the_stack_creates_the_identity_of_the_domain_it_sends_from(seen: dict[str, Any]) -> None:
    identity = seen["Resources"]["MailDomain"]
    assert identity["Properties"]["EmailIdentity"] == DOMAIN
    assert identity["Properties"]["DkimSigningAttributes"] == {"NextSigningKeyLength": "RSA_2048_BIT"}
    assert identity["Properties"]["MailFromAttributes"]["BehaviorOnMxFailure"] == "USE_DEFAULT_VALUE"
    assert (identity["Condition"], identity["DeletionPolicy"]) == ("CreatesMailIdentity", "RetainExceptOnCreate")


def test_each_record_that_ses_waits_for_is_told_with_its_name_kind_and_value(seen: dict[str, Any]) -> None:
    told = {name: output["Value"]["Fn::Sub"] for name, output in seen["Outputs"].items() if name in RECORDS}
    assert told.keys() == RECORDS
    for number in "123":
        named = f"${{MailDomain.DkimDNSTokenName{number}}} CNAME ${{MailDomain.DkimDNSTokenValue{number}}}"
        assert told[f"MailDkim{number}"] == named
    for name in ("MailBouncesMx", "MailBouncesSpf", "MailDmarc"):
        text, variables = told[name]
        assert re.fullmatch(
            r"[\w.]*\$\{Domain\} (MX 10 feedback-smtp\.\$\{AWS::Region\}\.amazonses\.com|TXT \".+\")", text
        )
        assert variables == {"Domain": DOMAIN}
    sub, _ = seen["Resources"]["MailDomain"]["Properties"]["MailFromAttributes"]["MailFromDomain"]["Fn::Sub"]
    assert told["MailBouncesMx"][0].startswith(f"{sub} MX")
    assert told["MailBouncesSpf"][0].startswith(f"{sub} TXT")


def test_nothing_of_an_identity_that_exists_is_asked_for(merged_template: dict[str, Any]) -> None:
    seen = transformed(merged_template, REGIONS[0], {"MailIdentity": "existing"})
    assert seen["Conditions"]["CreatesMailIdentity"] == {"Fn::Equals": [{"Ref": "MailIdentity"}, "created"]}
    unconditional = {
        **{name: one for name, one in seen["Resources"].items() if one.get("Condition") != "CreatesMailIdentity"},
        **{name: one for name, one in seen["Outputs"].items() if one.get("Condition") != "CreatesMailIdentity"},
    }
    assert "MailDomain" not in json.dumps(unconditional)


@pytest.mark.parametrize("path", sorted((ROOT / ".chalice").glob("policy-*.json")), ids=lambda path: path.name)
def test_who_may_send_may_do_so_by_that_identity(path: Any) -> None:
    for statement in json.loads(path.read_text(encoding="utf-8"))["Statement"]:
        if any(action.startswith("ses:Send") for action in statement["Action"]):
            assert "identity/${Domain}" in json.dumps(statement["Resource"]), path.name
            assert json.dumps(DOMAIN) in json.dumps(statement["Resource"]), path.name
