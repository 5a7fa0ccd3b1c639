"""The planter makes the defects that matter, and the trial tells a survivor from one that a test sees."""

from __future__ import annotations

import tomllib
from pathlib import Path
from textwrap import dedent

import pytest

from tests.mutants import plant

pytestmark = pytest.mark.deep

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text("utf-8"))
SOURCE = '''
    """What is written for people."""

    LIMIT = 5

    @dataclass(frozen=True)
    class Door:
        is_open: bool = False

        @property
        def width(self) -> int | None:
            """Say how wide it is."""
            return save(self, condition=LIMIT > 2)

    def refuse() -> None:
        raise Refused("door_closed", "La puerta está cerrada. Vuelva mañana.", field="door")
    '''


def planted(tmp_path: Path) -> set[str]:
    file = tmp_path / "door.py"
    file.write_text(dedent(SOURCE), "utf-8")
    return {mutant.name for mutant in plant.mutants_of(file, tmp_path)}


def test_constants_properties_defaults_and_dropped_conditions_are_planted(tmp_path: Path) -> None:
    assert planted(tmp_path) >= {
        "module: LIMIT = 5 -> LIMIT = 6",
        "Door: is_open: bool = False -> is_open: bool = True",
        "Door.width: return save(self, condition=LIMIT > 2) -> return save(self, condition=LIMIT >= 2)",
        "Door.width: return save(self, condition=LIMIT > 2) -> return save(self, )",
        "Door.width: return save(self, condition=LIMIT > 2) -> return save(self, condition=None)",
    }


def test_sentences_annotations_and_decorators_are_left_alone(tmp_path: Path) -> None:
    names = planted(tmp_path)

    assert not [name for name in names if "XX" in name and "puerta" in name.partition("XX")[2].partition("XX")[0]]
    assert not [name for name in names if "frozen=False" in name or "int & None" in name]
    assert [name for name in names if "XXdoor_closedXX" in name]


def test_every_mutant_differs_compiles_and_has_a_name_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "door.py"
    file.write_text(dedent(SOURCE), "utf-8")
    mutants = plant.mutants_of(file, tmp_path)

    assert len({mutant.name for mutant in mutants}) == len({mutant.source for mutant in mutants}) == len(mutants)
    assert all(compile(mutant.source, "door", "exec") for mutant in mutants)


@pytest.mark.parametrize("module", sorted(SETTINGS["accepted"]))
def test_every_survivor_that_is_let_be_can_still_be_planted_and_has_its_reason(module: str) -> None:
    names = {mutant.name for mutant in plant.mutants_of(ROOT / "chalicelib" / f"{module}.py", ROOT)}

    assert set(SETTINGS["accepted"][module]) <= names
    assert all(SETTINGS["accepted"][module].values())


def test_every_module_to_be_mutated_exists() -> None:
    assert all((ROOT / "chalicelib" / f"{module}.py").is_file() for module in SETTINGS["modules"])
