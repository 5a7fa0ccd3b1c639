"""A finding needs a reason, and a reason a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.findings.judge import ACCEPTED, Accepted, Finding, judge, read_accepted

LOGGING = Finding("CKV_AWS_18", "AWS::S3::Bucket.DocumentsBucket", "Ensure access logging")
KNOWN = Accepted("CKV_AWS_18", ("AWS::S3::Bucket.*",), "Events say who looked.")


def test_a_finding_with_its_reason_is_none() -> None:
    assert judge([LOGGING], [KNOWN]) == []


@pytest.mark.parametrize("other", [Finding("CKV_AWS_19", LOGGING.resource), Finding("CKV_AWS_18", "AWS::SQS::Queue.A")])
def test_a_finding_of_another_check_or_resource_needs_a_reason_of_its_own(other: Finding) -> None:
    [wrong] = judge([LOGGING, other], [KNOWN])
    assert wrong.startswith(f"{other.check} {other.resource}: ")
    assert ACCEPTED.name in wrong


def test_a_reason_whose_finding_is_gone_has_to_go_too() -> None:
    idle = Accepted("CKV_AWS_18", ("AWS::S3::Bucket.*", "AWS::S3::Bucket.Gone"), "…")
    [wrong] = judge([LOGGING], [idle])
    assert wrong.startswith("CKV_AWS_18 AWS::S3::Bucket.Gone: ya no")


def test_each_check_is_accepted_once_with_a_sentence_that_says_why() -> None:
    accepted = read_accepted()
    assert len({each.check for each in accepted}) == len(accepted)
    assert all(each.reason.endswith(".") and len(each.reason) > 40 and each.resources for each in accepted)


def test_an_entry_without_a_reason_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[[accepted]]\ncheck = "CKV_AWS_18"\nresources = ["*"]\n', "utf-8")
    with pytest.raises(KeyError, match="reason"):
        read_accepted(tmp_path / "a.toml")
