"""The package's bill of materials and its notices tell what is in the archive, and under which licences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.inventory import inventory, validate
from infra.licences import Carried, LicenceError
from infra.notices import notices
from infra.programs import PackageError
from tests.wheel_files import a_wheel

FONTS = Carried("dejavu-fonts", "2.37", "Bitstream-Vera", "fonts")


def test_every_package_of_the_archive_is_listed_with_its_version_and_licence(tmp_path: Path) -> None:
    wheels = [
        a_wheel(tmp_path, "Alpha_Beta", says="License-Expression: MIT OR Apache-2.0"),
        a_wheel(tmp_path, "jinja2", "3", says="Classifier: License :: OSI Approved :: BSD License"),
    ]

    found = json.loads(inventory(wheels, [FONTS], version="0.1.0"))

    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert {(one["bom-ref"], one["version"], one["licenses"][0]["expression"]) for one in found["components"]} == {
        ("fonts", "2.37", "Bitstream-Vera"),
        ("pkg:pypi/alpha-beta@1.2", "1.2", "MIT OR Apache-2.0"),
        ("pkg:pypi/jinja2@3", "3", "BSD-3-Clause"),
    }
    assert [one["content"] for component in found["components"] for one in component.get("hashes", ())] == [
        one.digest for one in wheels
    ]


def test_it_tells_whose_it_is_and_that_all_of_it_is_used(tmp_path: Path) -> None:
    found = json.loads(inventory([a_wheel(tmp_path)], [FONTS], version="0.1.0"))

    ours = found["metadata"]["component"]
    assert (ours["type"], ours["name"], ours["version"]) == ("application", "casilla", "0.1.0")
    assert found["dependencies"] == [{"ref": ours["bom-ref"], "dependsOn": ["fonts", "pkg:pypi/alpha@1.2"]}]


def test_a_bill_that_is_not_by_the_schema_is_refused(tmp_path: Path) -> None:
    found = json.loads(inventory([a_wheel(tmp_path)], [], version="0.1.0"))
    validate(json.dumps(found))
    for broken in ({"bomFormat": "CycloneDX 2"}, {"components": [{"type": "library"}]}, {"colour": "red"}):
        with pytest.raises(PackageError, match=r"no CycloneDX 1\.6"):
            validate(json.dumps(found | broken))


def test_a_package_of_an_unknown_licence_cannot_be_listed(tmp_path: Path) -> None:
    with pytest.raises(LicenceError, match="alpha says «»"):
        inventory([a_wheel(tmp_path, says="Summary: nothing")], [], version="0.1.0")


def test_the_notices_have_every_text(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "LICENSE.txt").write_text("Fonts may be embedded.")
    wheel = a_wheel(tmp_path, files={"alpha/NOTICE": "By Alpha, with love.", "alpha/notice_parser.py": "CODE = 1"})

    text = notices([wheel], [FONTS], tmp_path)

    for told in ("alpha 1.2\nMIT", "Whoever has alpha may have it.", "By Alpha, with love.", "Fonts may be embedded."):
        assert told in text
    assert "CODE" not in text


def test_what_asks_for_more_is_told_with_the_reason_why_it_is_here(tmp_path: Path) -> None:
    text = notices([a_wheel(tmp_path, "fpdf2", says="License-Expression: LGPL-3.0-only")], [], tmp_path)

    assert "LGPL-3.0-only\nImported unmodified" in text


def test_a_package_without_the_text_of_its_licence_is_refused(tmp_path: Path) -> None:
    silent = a_wheel(tmp_path, files={"alpha-1.2.dist-info/licenses/LICENSE": ""})

    with pytest.raises(PackageError, match=r"alpha 1\.2 comes without the text of its licence"):
        notices([silent], [], tmp_path)
