"""What ships is under licences that an Apache-2.0 project may hand on; what only tests use, under those it may use."""

from __future__ import annotations

from email.message import Message
from email.parser import Parser
from importlib.metadata import PackageNotFoundError, distribution

import pytest

from infra import licences, locks
from infra.locks import DEVELOPMENT, PACKAGE, PROVIDED, ROOT

DEVELOPERS = pytest.mark.deep
"""What looks at the packages of `requirements-dev.txt` as they are installed, which `make test` does without."""


def installed(names: set[str]) -> list[Message]:
    """Return the metadata of what is installed here; a marker keeps some of a lock away from this machine."""
    found = []
    for name in sorted(names):
        try:
            found.append(Parser().parsestr(distribution(name).read_text("METADATA") or "", headersonly=True))
        except PackageNotFoundError:
            assert locks.locked(DEVELOPMENT)[name].marker is not None, name
    return found


def metadata(*lines: str, name: str = "alpha") -> Message:
    return Parser().parsestr("\n".join((f"Name: {name}", "Version: 1", *lines, "", "")), headersonly=True)


def objections(*lines: str, name: str = "alpha", ships: bool = True) -> list[str]:
    return licences.objections([metadata(*lines, name=name)], ships=ships)


def test_all_that_ships_is_under_an_allowed_licence() -> None:
    found = installed({*locks.locked(PACKAGE), *PROVIDED})
    assert len(found) > 30
    assert licences.objections(found, ships=True) == []
    assert [licences.objection(one.name, one.licence, ships=True) for one in licences.carried()] == [None] * 3


@DEVELOPERS
def test_all_that_tests_and_tools_use_is_under_an_allowed_licence() -> None:
    assert licences.objections(installed(set(locks.locked(DEVELOPMENT))), ships=False) == []


def test_whatever_the_repository_carries_of_others_is_named_with_its_text() -> None:
    named = {one.folder for one in licences.carried()}
    kept = {str(path.parent.relative_to(ROOT)) for path in (ROOT / "chalicelib").rglob("LICENSE*")}
    assert named == kept


def test_what_asks_for_more_is_named_with_a_reason() -> None:
    for name, told in licences.rules()["named"].items():
        assert len(told["reason"]) > 40, name
        assert name in {*locks.locked(PACKAGE), *(one.name for one in licences.carried())}


@DEVELOPERS
def test_the_table_has_nothing_that_nobody_needs() -> None:
    said = {name: licences.expression(one) for name, one in named_metadata().items()}
    used = " ".join([*said.values(), *(one.licence for one in licences.carried())])
    assert [one for one in licences.rules()["allowed"] + licences.rules()["allowed_in_tests"] if one not in used] == []
    assert licences.rules()["read"].keys() <= said.keys()


def named_metadata() -> dict[str, Message]:
    return {str(one["Name"]).lower().replace("_", "-"): one for one in installed(set(locks.locked(DEVELOPMENT)))}


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only", "SSPL-1.0", "LGPL-3.0-only", "MPL-2.0"]
)
def test_what_ships_may_not_be_under_what_is_not_listed(licence: str) -> None:
    [told] = objections(f"License-Expression: {licence}")
    assert told == f"alpha is under {licence}, which licences.toml does not allow in what ships"


@pytest.mark.parametrize("licence", ["MIT OR GPL-3.0-only", "(MIT OR GPL-2.0-only) AND BSD-3-Clause"])
def test_of_several_to_choose_from_one_is_enough(licence: str) -> None:
    assert objections(f"License-Expression: {licence}") == []


def test_an_exception_to_a_licence_does_not_pass_for_the_licence() -> None:
    assert objections("License-Expression: GPL-2.0-only WITH Classpath-exception-2.0") != []


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("License: see file",),
        ("Classifier: License :: OSI Approved :: BSD License",),
        ("License-Expression: LicenseRef-Proprietary",),
        ("License-Expression: MIT AND",),
    ],
)
def test_what_is_not_understood_is_not_allowed(lines: tuple[str, ...]) -> None:
    [told] = objections(*lines)
    assert told.startswith("alpha says ")
    assert told.endswith("read its text, add it to licences.toml")


def test_a_package_that_is_named_for_one_licence_is_not_for_another() -> None:
    assert objections("License-Expression: MPL-2.0", name="pikepdf") == []
    assert objections("License-Expression: AGPL-3.0-only", name="pikepdf") != []


def test_what_was_read_in_a_text_holds_as_long_as_its_makers_say_the_same() -> None:
    assert objections("Classifier: License :: OSI Approved :: BSD License", name="segno") == []
    assert objections("Classifier: License :: Other/Proprietary License", name="segno") != []


def test_tests_may_use_what_may_not_ship() -> None:
    assert objections("License: MPL-2.0", ships=False) == []
    assert objections("License: MPL-2.0") != []
    assert objections("License: GPL-3.0-only", ships=False) != []


def test_its_makers_name_is_taken_where_it_can_mean_one_licence_only() -> None:
    assert licences.expression(metadata("License: Apache License 2.0")) == "Apache-2.0"
    assert licences.expression(metadata("License: MIT\n        and its whole text")) == "MIT"
    with pytest.raises(licences.LicenceError):
        licences.expression(metadata("License: Apache License"))


def test_every_carried_work_has_its_text() -> None:
    for one in licences.carried():
        assert len((ROOT / one.folder / "LICENSE.txt").read_text("utf-8")) > 300, one
