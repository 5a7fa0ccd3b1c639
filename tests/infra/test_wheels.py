"""An archive is made of the locked wheels and of nothing else, and pip downloads none that has another hash."""

from __future__ import annotations

import platform
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra import locks, wheels
from infra.programs import PackageError
from tests.wheel_files import a_wheel, unpacked

OWN = ("app.py", "chalicelib")


def archive(path: Path, files: Mapping[str, bytes]) -> zipfile.ZipFile:
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return zipfile.ZipFile(path)


def told(tmp_path: Path, files: Mapping[str, bytes], *found: wheels.Wheel) -> list[str]:
    with archive(tmp_path / "a.zip", files) as opened:
        return wheels.differences(opened, found, OWN)


def test_an_archive_of_its_wheels_own_files_and_bytecode_differs_in_nothing(tmp_path: Path) -> None:
    alpha = a_wheel(tmp_path, files={"alpha-1.2.data/scripts/alpha": "#!python"})
    installed = {name: content for name, content in unpacked(alpha).items() if ".data/" not in name}
    ours = {"app.py": b"", "chalicelib/config.py": b"", "__pycache__/alpha.cpython-313.pyc": b"", "chalicelib/": b""}

    assert told(tmp_path, {**installed, **ours}, alpha) == []


def test_a_wheel_that_was_left_out_is_told(tmp_path: Path) -> None:
    alpha, beta = a_wheel(tmp_path, "alpha"), a_wheel(tmp_path, "beta")

    assert told(tmp_path, unpacked(alpha), alpha, beta) == [
        "it lacks beta-1.2.dist-info/METADATA of beta-1.2-py3-none-any.whl"
    ]


def test_a_file_that_is_not_as_its_makers_made_it_is_told(tmp_path: Path) -> None:
    alpha = a_wheel(tmp_path)

    assert told(tmp_path, unpacked(alpha) | {"alpha.py": b"import os\n"}, alpha) == [
        "its alpha.py is not that of alpha-1.2-py3-none-any.whl"
    ]


def test_another_version_and_what_nobody_asked_for_are_told(tmp_path: Path) -> None:
    alpha = a_wheel(tmp_path / "locked")
    other, stranger = a_wheel(tmp_path / "other", version="1.3"), a_wheel(tmp_path / "other", "stranger")

    found = told(tmp_path, unpacked(other) | unpacked(stranger), alpha)

    assert "it lacks alpha-1.2.dist-info/METADATA of alpha-1.2-py3-none-any.whl" in found
    assert "it holds alpha-1.3.dist-info/METADATA" in found
    assert "it holds stranger.py" in found


def test_of_what_chalice_adds_itself_a_part_is_enough_and_it_is_compared(tmp_path: Path) -> None:
    chalice = a_wheel(tmp_path, "chalice", files={"chalice/app.py": "APP = 1\n", "chalice/cli.py": "CLI = 1\n"})

    assert told(tmp_path, {"chalice/app.py": b"APP = 1\n"}, chalice) == []
    assert told(tmp_path, {"chalice/app.py": b"APP = 2\n"}, chalice) == [
        "its chalice/app.py is not that of chalice-1.2-py3-none-any.whl"
    ]


def test_a_locked_package_without_a_wheel_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"no wheel was downloaded of .*pikepdf=="):
        wheels.shipped([tmp_path], {"implementation_name": "cpython"})


def test_what_is_for_the_machine_counts_before_what_is_for_this_one(tmp_path: Path) -> None:
    for folder in ("here", "there"):
        for name, one in locks.locked(locks.RUNTIME).items():
            a_wheel(tmp_path / folder, name, locks.version(one))

    found = wheels.shipped([tmp_path / "here", tmp_path / "there"], {"implementation_name": "cpython"})

    assert {one.path.parent.name for one in found} == {"there"}
    assert {one.name for one in found} == {*locks.locked(locks.PACKAGE), "chalice"}


def test_chalice_sees_no_second_wheel_that_fits_the_same_machine(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    own = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    other = "x86_64" if own == "arm64" else "arm64"

    assert wheels.for_chalice([here, there], own) == [there]
    assert wheels.for_chalice([here, there], other) == [here, there]


@pytest.mark.parametrize("changed", [False, True])
def test_chalice_is_given_only_what_has_the_locked_hash(tmp_path: Path, changed: bool) -> None:
    alpha = a_wheel(tmp_path / "a folder")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"alpha==1.2 --hash=sha256:{alpha.digest}\n")
    if changed:
        a_wheel(tmp_path / "a folder", files={"more.py": ""})

    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "pip", "download", "--dest", tmp_path / "got", "--requirement", requirements],
        env=wheels.from_folders([tmp_path / "a folder"]),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (tmp_path / "got" / alpha.path.name).exists() is not changed
    assert ("DO NOT MATCH THE HASHES" in done.stderr) is changed
