from __future__ import annotations

import json
import platform
import sys
import zipfile
from pathlib import Path

import pytest

from infra import package
from infra.programs import PackageError
from infra.pythons import find_python

REQUIREMENTS = [str(requirement) for requirement in package.requirements()]


def archive(path: Path, distributions: dict[str, tuple[str, list[str]]], **files: bytes) -> Path:
    """Write a deployment archive that holds nothing but the metadata of these distributions, and these files."""
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
        for name, (version, requires) in distributions.items():
            lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {line}" for line in requires)]
            opened.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines) + "\n\n")
    return path


def complete() -> dict[str, tuple[str, list[str]]]:
    pins = dict(line.split("==") for line in REQUIREMENTS)
    return {name: (version, []) for name, version in pins.items() if name not in package.PROVIDED}


def check(path: Path) -> None:
    package.check_archive(path, Path(sys.executable), "arm64")


def test_a_complete_archive_passes(tmp_path: Path) -> None:
    check(archive(tmp_path / "a.zip", complete()))


def test_an_archive_without_a_pinned_requirement_is_refused(tmp_path: Path) -> None:
    distributions = complete()
    del distributions["pikepdf"]
    with pytest.raises(PackageError, match="lacks pikepdf=="):
        check(archive(tmp_path / "a.zip", distributions))


def test_an_archive_with_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="lacks segno=="):
        check(archive(tmp_path / "a.zip", complete() | {"segno": ("0.1", [])}))


def test_what_a_requirement_requires_in_turn_must_be_there(tmp_path: Path) -> None:
    requires = ["Pillow>=8", "colorama; sys_platform == 'win32'", "rich; extra == 'pretty'"]
    with pytest.raises(PackageError, match=r"lacks Pillow>=8$"):
        check(archive(tmp_path / "a.zip", complete() | {"fpdf2": (complete()["fpdf2"][0], requires)}))


def test_an_archive_that_lambda_would_not_take_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "LIMIT", 10)
    with pytest.raises(PackageError, match="MB unzipped"):
        check(archive(tmp_path / "a.zip", complete()))


def test_an_archive_with_a_module_that_every_process_would_compile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"would compile six\.py$"):
        check(archive(tmp_path / "a.zip", complete(), **{"six.py": b""}))


def test_a_dependency_that_chalice_leaves_out_with_a_notice_is_an_error(tmp_path: Path) -> None:
    chalice = tmp_path / "chalice"
    chalice.write_text("#!/bin/sh\necho 'Could not install dependencies:'\necho 'pillow==13.0.0'\n")
    chalice.chmod(0o755)
    with pytest.raises(PackageError, match="pillow==13"):
        package.run_chalice(chalice, tmp_path, "prod", tmp_path / "out")


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
