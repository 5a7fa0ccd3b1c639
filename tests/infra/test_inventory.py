"""The package's bill of materials lists what is in the archive."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from infra import package
from infra.inventory import write_inventory

EXPRESSED = "Name: Alpha_Beta\nVersion: 1.2\nLicense-Expression: MIT OR Apache-2.0\n\n"
CLASSIFIED = "Name: gamma\nVersion: 3\nLicense: see file\nClassifier: License :: OSI Approved :: BSD License\n\n"
WRITTEN_OUT = "Name: delta\nVersion: 4\nLicense: MPL 2.0\n        and its whole text\n\n"
SILENT = "Name: epsilon\nVersion: 5\n\n"


def inventory(tmp_path: Path, *metadata: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as opened:
        opened.writestr("alpha/METADATA", "Name: none\nVersion: 0\n\n")
        for number, text in enumerate(metadata):
            opened.writestr(f"p{number}.dist-info/METADATA", text)
    write_inventory(
        tmp_path / "a.zip", without_metadata=[Requirement(line) for line in without], to=tmp_path / "inventory.json"
    )
    found: dict[str, Any] = json.loads((tmp_path / "inventory.json").read_text("utf-8"))
    return found


def test_every_package_of_the_archive_is_listed_with_its_version_and_licence(tmp_path: Path) -> None:
    found = inventory(tmp_path, WRITTEN_OUT, EXPRESSED, CLASSIFIED, SILENT, without=("chalice==1.34.0",))

    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert [(one["purl"], one.get("licenses")) for one in found["components"]] == [
        ("pkg:pypi/alpha-beta@1.2", [{"expression": "MIT OR Apache-2.0"}]),
        ("pkg:pypi/chalice@1.34.0", None),
        ("pkg:pypi/delta@4", [{"license": {"name": "MPL 2.0"}}]),
        ("pkg:pypi/epsilon@5", None),
        ("pkg:pypi/gamma@3", [{"license": {"name": "BSD License"}}]),
    ]


def test_the_same_archive_gives_the_same_bytes(tmp_path: Path) -> None:
    inventory(tmp_path, EXPRESSED, SILENT)
    first = (tmp_path / "inventory.json").read_bytes()
    inventory(tmp_path, EXPRESSED, SILENT)

    assert (tmp_path / "inventory.json").read_bytes() == first


def test_what_is_in_the_archive_without_metadata_is_pinned() -> None:
    [chalice] = package.without_metadata()
    assert chalice.name == "chalice"
    assert [one.operator for one in chalice.specifier] == ["=="]


def test_packaging_writes_it_beside_the_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "deployment.zip", "w") as opened:
        opened.writestr("p.dist-info/METADATA", EXPRESSED)

    package.list_components(tmp_path)

    listed = json.loads((tmp_path / "inventory.json").read_text("utf-8"))["components"]
    assert [one["name"] for one in listed] == ["alpha-beta", "chalice"]
    assert "inventory.json: 2 components" in capsys.readouterr().out
