from __future__ import annotations

import itertools
import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.body import body_for, parameters_for
from infra.deploy.cloud import Cloud, DeployError
from infra.deploy.packages import (
    CHANGED,
    PackageStore,
    built,
    commit_of,
    content_hash,
    sources_digest,
)
from infra.deploy.stage import read_stage
from infra.local.cloud import REGION
from tests.infra.deploy.packages import a_built_one, a_package, a_template, an_archive

ACCOUNT = "000000000000"
NOW = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)


def test_the_same_sources_built_on_another_day_are_the_same_package(tmp_path: Path) -> None:
    one = an_archive(tmp_path / "a.zip", app="1", other="2")
    later = an_archive(tmp_path / "b.zip", (2027, 3, 4, 5, 6, 8), other="2", app="1")
    assert one.read_bytes() != later.read_bytes()
    assert content_hash(one) == content_hash(later)


def test_another_content_name_or_right_is_another_package(tmp_path: Path) -> None:
    hashes = {
        content_hash(an_archive(tmp_path / "a.zip", app="1")),
        content_hash(an_archive(tmp_path / "b.zip", app="2")),
        content_hash(an_archive(tmp_path / "c.zip", apq="1")),
    }
    entry = zipfile.ZipInfo("app.py", (2026, 1, 5, 9, 0, 0))
    entry.external_attr = 0o755 << 16
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as opened:
        opened.writestr(entry, "1")
    assert len({*hashes, content_hash(tmp_path / "d.zip")}) == 4


def test_a_package_is_built_again_only_for_other_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds: list[int] = []

    def build() -> None:
        builds.append(1)
        a_built_one(tmp_path)

    first = built(build, tmp_path, print)
    assert (built(build, tmp_path, print), len(builds)) == (first, 1)
    monkeypatch.setattr("infra.deploy.packages.sources_digest", lambda: "others")
    built(build, tmp_path, print)
    assert len(builds) == 2


def test_what_goes_into_a_package_changes_the_digest_of_its_sources(tmp_path: Path) -> None:
    for name in ("app.py", "chalicelib/a.py", ".chalice/config.json", ".chalice/policy-a.json", "infra/package.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1", encoding="utf-8")
    (tmp_path / "infra/resources").mkdir()
    (tmp_path / "requirements.txt").write_text("a==1", encoding="utf-8")
    digests = [sources_digest(tmp_path)]
    changed = ("app.py", "chalicelib/a.py", ".chalice/policy-a.json", "infra/resources/a.yaml", "requirements.txt")
    for name in changed:
        (tmp_path / name).write_text("2", encoding="utf-8")
        digests.append(sources_digest(tmp_path))
    assert len(set(digests)) == len(changed) + 1
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/a.py").write_text("2", encoding="utf-8")
    assert sources_digest(tmp_path) == digests[-1]


_NUMBERS = itertools.count(1)


@pytest.fixture
def store(ministack: dict[str, str]) -> PackageStore:
    """A bucket that is not there yet. The other engine denies all of what its policy denies without TLS."""
    del ministack
    return PackageStore(Cloud(REGION), f"casilla-packages-{next(_NUMBERS)}", ACCOUNT)


@pytest.mark.ministack
def test_the_bucket_is_private_encrypted_versioned_and_takes_tls_only_however_often_it_is_prepared(
    store: PackageStore,
) -> None:
    s3 = store.cloud.client("s3")
    store.prepare()
    store.prepare()
    closed = s3.get_public_access_block(Bucket=store.bucket)["PublicAccessBlockConfiguration"]
    assert set(closed.values()) == {True}
    assert len(closed) == 4
    assert s3.get_bucket_versioning(Bucket=store.bucket)["Status"] == "Enabled"
    [rule] = s3.get_bucket_encryption(Bucket=store.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    [denied] = json.loads(s3.get_bucket_policy(Bucket=store.bucket)["Policy"])["Statement"]
    assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.ministack
def test_a_bucket_that_a_run_left_half_made_is_completed(store: PackageStore) -> None:
    s3 = store.cloud.client("s3")
    s3.create_bucket(Bucket=store.bucket)
    store.prepare()
    assert s3.get_bucket_versioning(Bucket=store.bucket)["Status"] == "Enabled"


@pytest.mark.ministack
def test_a_kept_package_comes_back_as_it_was(store: PackageStore, tmp_path: Path) -> None:
    store.prepare()
    package = a_built_one(tmp_path)
    store.keep(package, now=NOW, commit="abc")
    assert store.get(package.package_id) == replace(package, archive=None, inventory=None)
    assert store.manifests() == [
        {"package": package.package_id, "code": package.code, "commit": "abc", "kept_at": "2026-01-05T14:00:00Z"}
    ]
    assert store.cloud.client("s3").head_object(
        Bucket=store.bucket, Key=f"packages/{package.package_id}/inventory.json"
    )


@pytest.mark.ministack
def test_what_is_kept_is_kept_once_and_the_newest_comes_first(store: PackageStore, tmp_path: Path) -> None:
    store.prepare()
    one, other = a_built_one(tmp_path / "a"), a_built_one(tmp_path / "b", app="2")
    store.keep(one, now=NOW, commit="abc")
    store.keep(one, now=NOW + timedelta(days=2), commit="later")
    store.keep(other, now=NOW + timedelta(days=1), commit="def")
    assert [manifest["commit"] for manifest in store.manifests()] == ["def", "abc"]


@pytest.mark.ministack
def test_a_run_that_died_before_the_manifest_is_finished_by_the_next(store: PackageStore, tmp_path: Path) -> None:
    store.prepare()
    package = a_built_one(tmp_path)
    store.keep(package, now=NOW, commit="abc")
    store.cloud.client("s3").delete_object(Bucket=store.bucket, Key=f"packages/{package.package_id}/manifest.json")
    with pytest.raises(DeployError, match="No hay un paquete"):
        store.get(package.package_id)
    store.keep(package, now=NOW, commit="abc")
    assert store.get(package.package_id).template == package.template


@pytest.mark.ministack
@pytest.mark.parametrize(
    "planted", ["without its archive", "with another archive", "with a torn archive", "with another template"]
)
def test_a_package_that_is_not_whole_is_refused(store: PackageStore, tmp_path: Path, planted: str) -> None:
    store.prepare()
    package = a_built_one(tmp_path)
    store.keep(package, now=NOW, commit="abc")
    s3 = store.cloud.client("s3")
    if planted == "without its archive":
        s3.delete_object(Bucket=store.bucket, Key=f"code/{package.code}.zip")
    elif planted == "with another archive":
        other = an_archive(tmp_path / "other.zip", app="2")
        s3.put_object(Bucket=store.bucket, Key=f"code/{package.code}.zip", Body=other.read_bytes())
    elif planted == "with a torn archive":
        s3.put_object(Bucket=store.bucket, Key=f"code/{package.code}.zip", Body=b"PK")
    else:
        s3.put_object(Bucket=store.bucket, Key=f"packages/{package.package_id}/template.json", Body=b"{}")
    with pytest.raises(DeployError, match="no está entero"):
        store.get(package.package_id)


@pytest.mark.ministack
@pytest.mark.parametrize("is_kept", [False, True])
def test_an_archive_that_lies_there_is_read_before_it_is_trusted(
    store: PackageStore, tmp_path: Path, *, is_kept: bool
) -> None:
    store.prepare()
    package = a_built_one(tmp_path)
    if is_kept:
        store.keep(package, now=NOW, commit="abc")
    other = an_archive(tmp_path / "other.zip", app="2")
    s3 = store.cloud.client("s3")
    s3.put_object(Bucket=store.bucket, Key=f"code/{package.code}.zip", Body=other.read_bytes())
    with pytest.raises(DeployError, match="alguien lo cambió"):
        store.keep(package, now=NOW, commit="abc")
    later = an_archive(tmp_path / "later.zip", (2027, 3, 4, 5, 6, 8), app="1")
    s3.put_object(Bucket=store.bucket, Key=f"code/{package.code}.zip", Body=later.read_bytes())
    store.keep(package, now=NOW, commit="abc")
    assert store.get(package.package_id).code == package.code


@pytest.mark.ministack
def test_every_call_says_whose_bucket_it_has_to_be(store: PackageStore, tmp_path: Path) -> None:
    asked: list[str] = []
    nobodys: list[str] = []

    def look(params: dict[str, Any], model: Any, **_: object) -> None:
        asked.append(model.name)
        if model.name != "CreateBucket" and params["headers"].get("x-amz-expected-bucket-owner") != ACCOUNT:
            nobodys.append(model.name)

    store.cloud.client("s3").meta.events.register("before-call.s3", look)
    package = a_built_one(tmp_path)
    store.prepare()
    store.keep(package, now=NOW, commit="abc")
    store.keep(package, now=NOW, commit="abc")
    store.get(package.package_id)
    store.mark_served(package.package_id, NOW)
    store.put_body(b"{}")
    assert (nobodys, len(set(asked)) > 5) == ([], True)


@pytest.mark.ministack
def test_what_was_only_uploaded_never_served(store: PackageStore, tmp_path: Path) -> None:
    store.prepare()
    one, other = a_built_one(tmp_path / "a"), a_built_one(tmp_path / "b", app="2")
    store.keep(one, now=NOW, commit="abc")
    store.keep(other, now=NOW + timedelta(days=1), commit="def")
    store.mark_served(one.package_id, NOW)
    assert store.served() == [one.package_id]
    assert len(store.manifests()) == 2


def git(root: Path, *arguments: str) -> None:
    command = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@t.example", *arguments]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - ours


def test_a_file_that_no_revision_has_is_a_change_where_it_goes_into_the_package(tmp_path: Path) -> None:
    (tmp_path / "chalicelib").mkdir()
    (tmp_path / "app.py").write_text("1", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "app.py")
    git(tmp_path, "commit", "-qm", "one")
    (tmp_path / "notes.txt").write_text("1", encoding="utf-8")
    assert not commit_of(tmp_path).endswith(CHANGED)
    (tmp_path / "chalicelib" / "new.py").write_text("1", encoding="utf-8")
    assert commit_of(tmp_path).endswith(CHANGED)
    (tmp_path / "chalicelib" / "new.py").unlink()
    (tmp_path / "app.py").write_text("2", encoding="utf-8")
    assert commit_of(tmp_path).endswith(CHANGED)


def test_a_body_points_to_its_archive_and_says_what_it_is_and_how_long_logs_stay() -> None:
    package = a_package()
    stage = replace(read_stage("local"), name="prod", log_retention_days=400)
    body = json.loads(body_for(stage, package, "s3://there/code/1.zip"))
    assert body["Resources"]["Operator"]["Properties"]["CodeUri"] == "s3://there/code/1.zip"
    assert body["Resources"]["OperatorLog"]["Properties"]["RetentionInDays"] == 400
    assert body["Outputs"]["Package"]["Value"] == package.package_id
    assert package.template["Resources"]["Operator"]["Properties"]["CodeUri"] == "./deployment.zip"


def test_every_parameter_is_given_so_that_an_update_keeps_none_of_before() -> None:
    stage = replace(read_stage("local"), parameters={"ApiAuthority": "api.example", "Unknown": "x"})
    values = parameters_for(stage, a_package())
    assert values["ApiAuthority"] == "api.example"
    assert (values["Country"], values["LockDays"], values["PageListener"]) == ("PE", "7", "")
    assert "Unknown" not in values


def test_each_release_has_a_name_of_its_own_and_the_same_one_as_long_as_nothing_changes() -> None:
    template = a_template()
    template["Parameters"]["Release"] = {"Type": "String", "Default": ""}
    package, stage = a_package(template), read_stage("local")
    name = parameters_for(stage, package)["Release"]
    assert name == parameters_for(stage, package)["Release"] != ""
    assert name != parameters_for(stage, package, again="2026-01-05")["Release"]
    other = replace(stage, parameters={**stage.parameters, "MailRate": "20"})
    assert name != parameters_for(other, package)["Release"]
