from __future__ import annotations

import json
import platform
import sys
import zipfile
from pathlib import Path

import pytest

from infra import package
from infra.inventory import validate
from infra.programs import PackageError
from infra.pythons import find_python
from infra.wheels import Wheel
from tests.wheel_files import a_wheel, unpacked


def archive(path: Path, *wheels: Wheel, **files: bytes) -> Path:
    """Write a deployment archive that holds these wheels and files."""
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in {**files, **{k: v for one in wheels for k, v in unpacked(one).items()}}.items():
            opened.writestr(name, content)
    return path


def a_text(folder: Path, name: str = "words") -> Wheel:
    """Return a wheel in which there is nothing to compile."""
    wheel = a_wheel(folder, name)
    content = {file: text for file, text in unpacked(wheel).items() if not file.endswith((".py", "RECORD"))}
    record = f"{name}-1.2.dist-info/RECORD"
    with zipfile.ZipFile(wheel.path, "w") as opened:
        for file, text in content.items():
            opened.writestr(file, text)
        opened.writestr(record, "".join(f"{file},,\n" for file in (*content, record)))
    return Wheel(wheel.path)


def check(path: Path, *wheels: Wheel) -> None:
    package.check_archive(path, Path(sys.executable), list(wheels))


def test_a_complete_archive_passes_and_its_hash_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = a_text(tmp_path)

    check(archive(tmp_path / "a.zip", words), words)

    assert "1 packages, sha256 " in capsys.readouterr().out


def test_an_archive_without_a_locked_package_is_refused(tmp_path: Path) -> None:
    words, more = a_text(tmp_path), a_text(tmp_path, "more")

    with pytest.raises(PackageError, match=r"not what its lock says: it lacks more-1\.2\.dist-info/METADATA"):
        check(archive(tmp_path / "a.zip", words), words, more)


def test_an_archive_with_what_no_lock_names_is_refused(tmp_path: Path) -> None:
    words, more = a_text(tmp_path), a_text(tmp_path, "more")

    with pytest.raises(PackageError, match=r"it holds more-1\.2\.dist-info/METADATA"):
        check(archive(tmp_path / "a.zip", words, more), words)


def test_an_archive_that_lambda_would_not_take_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "LIMIT", 10)
    words = a_text(tmp_path)
    with pytest.raises(PackageError, match="MB unzipped"):
        check(archive(tmp_path / "a.zip", words), words)


def test_an_archive_with_a_module_that_every_process_would_compile_is_refused(tmp_path: Path) -> None:
    alpha = a_wheel(tmp_path)
    with pytest.raises(PackageError, match=r"would compile alpha\.py$"):
        check(archive(tmp_path / "a.zip", alpha), alpha)


def test_the_archive_says_what_it_is_made_of_and_so_does_what_stands_beside_it(tmp_path: Path) -> None:
    archive(tmp_path / "deployment.zip")

    package.describe(tmp_path, [a_wheel(tmp_path)])

    with zipfile.ZipFile(tmp_path / "deployment.zip") as opened:
        for name in ("LICENSE", package.NOTICES, package.INVENTORY):
            assert opened.read(name) == (tmp_path / name).read_bytes()
    validate((tmp_path / package.INVENTORY).read_text("utf-8"))
    notices = (tmp_path / package.NOTICES).read_text("utf-8")
    assert "Whoever has alpha may have it." in notices
    assert "Bitstream Vera is a trademark" in notices


def test_a_licence_that_is_not_allowed_stops_the_packaging(tmp_path: Path) -> None:
    archive(tmp_path / "deployment.zip")

    with pytest.raises(PackageError, match=r"alpha is under GPL-3\.0-only.*beta says «»"):
        package.describe(
            tmp_path,
            [
                a_wheel(tmp_path, "alpha", says="License-Expression: GPL-3.0-only"),
                a_wheel(tmp_path, "beta", says="Summary: nothing"),
            ],
        )


def test_a_dependency_that_chalice_leaves_out_with_a_notice_is_an_error(tmp_path: Path) -> None:
    chalice = tmp_path / "chalice"
    chalice.write_text("#!/bin/sh\necho 'Could not install dependencies:'\necho 'pillow==13.0.0'\n")
    chalice.chmod(0o755)
    with pytest.raises(PackageError, match="pillow==13"):
        package.run_chalice(chalice, tmp_path, "prod", tmp_path / "out", {})


def test_a_missing_interpreter_is_told_with_what_to_do() -> None:
    with pytest.raises(PackageError, match=r"Python 9\.9 is not installed.*--python"):
        package.build("9.9")


def test_an_interpreter_that_runs_is_found() -> None:
    found = find_python(platform.python_version().rpartition(".")[0])
    assert found is not None
    assert found.exists()


@pytest.mark.deep
def test_a_template_that_cloudformation_would_refuse_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "sam.json"
    bad.write_text(json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"Colour": "red"}}}}))
    with pytest.raises(PackageError, match="Colour"):
        package.lint(bad)
