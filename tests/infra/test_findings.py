"""A finding needs a reason, and a reason a finding."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import infra.findings.__main__ as program
from infra import package
from infra.findings.judge import ACCEPTED, Accepted, Finding, judge, read_accepted
from infra.programs import PackageError

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


def test_checkov_is_installed_by_its_hashes_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tmp_path / "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as made:
        made.writestr("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
        made.writestr("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr("demo-1.0.dist-info/RECORD", "")
    unlocked = tmp_path / "lock.txt"
    unlocked.write_text(f"demo @ {wheel.as_uri()}\n", encoding="utf-8")
    monkeypatch.setattr(package, "ROOT", tmp_path)
    monkeypatch.setattr(package, "BUILD", tmp_path)
    monkeypatch.setattr(program, "_LOCK", unlocked)

    with pytest.raises(PackageError, match=r"(?i)hashes are required"):
        program.checkov()
    assert not list(tmp_path.glob("checkov-*/ready"))
