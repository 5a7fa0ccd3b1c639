"""Plant a sample of small defects in each module and tell which no test saw: `make mutants`, or `make mutants OF=…`."""

from __future__ import annotations

import argparse
import json
import os
import random  # noqa: TID251 - a seed makes its chance the same each time
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.mutants.plant import Mutant, mutants_of
from tests.mutants.trial import ROOT, Outcome, Stages, is_refused_by_types, try_all, warm_up

HERE = Path(__file__).parent
SETTINGS: dict[str, Any] = tomllib.loads((HERE / "mutants.toml").read_text("utf-8"))
NOTES = ROOT / "build" / "mutants"
TYPES = "make lint"
_CONTROL = 20
_MARKS = "not deep and not browser"


@dataclass
class Notes:
    """Which tests run which line of which file, how long each test takes in seconds, and its fixtures.

    Lines that run while tests are loaded have an empty name among those of tests: any test may use what was made then.
    """

    lines: dict[str, dict[int, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    durations: dict[str, float] = field(default_factory=dict)
    fixtures: dict[str, str] = field(default_factory=dict)


def main() -> None:
    """Try them; 1 where a defect survives that is not accepted, or too few are seen."""
    parser = argparse.ArgumentParser(prog="make mutants", description="Do the tests see small defects?")
    parser.add_argument("modules", nargs="*", default=SETTINGS["modules"], help="paths below chalicelib/, without .py")
    parser.add_argument("--sample", type=int, default=SETTINGS["sample"], help="how many a module")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="take it from the last run which tests run which lines")
    parser.add_argument("--survivors", action="store_true", help="try only what survived the last run, after new tests")
    options = parser.parse_args()
    paths = [ROOT / "chalicelib" / f"{module}.py" for module in options.modules]
    if not options.again:
        note_touched({*paths, *(ROOT / "chalicelib" / f"{module}.py" for module in SETTINGS["modules"])})
    notes = read_notes()
    warm_up()
    is_well = True
    for module, path in zip(options.modules, paths, strict=True):
        sample = sample_of(mutants_of(path, ROOT), options.sample)
        hold_control(path, notes)
        known = seen_before(module, sample) if options.survivors else []
        seen = {outcome.mutant.name for outcome in known}
        chosen = [(mutant, tests_for(mutant, notes)) for mutant in sample if mutant.name not in seen]
        outcomes = known + [typed(outcome) for outcome in try_all(chosen, notes.durations, options.jobs)]
        is_well &= tell(module, outcomes)
    sys.exit(0 if is_well else 1)


def hold_control(path: Path, notes: Notes) -> None:
    """Have the nearest tests pass on the module as it is: else their failing would say nothing.

    Raises:
        RuntimeError: they do not, or there are none.

    """
    source = path.read_text("utf-8")
    untouched = Mutant(str(path.relative_to(ROOT)), range(0), "", range(0), "", "", source)
    nearest = [stage[:_CONTROL] for stage in tests_for(untouched, notes)]
    if not nearest:
        raise RuntimeError(f"no test runs {path}")
    [outcome] = try_all([(untouched, nearest)], notes.durations, 1)
    if outcome.killer is not None:
        raise RuntimeError(f"{outcome.killer} fails without a defect")


def sample_of(mutants: list[Mutant], size: int) -> list[Mutant]:
    """Choose by the fixed seed, in the file's order; all where there are fewer."""
    if len(mutants) <= size:
        return mutants
    chance = random.Random(SETTINGS["seed"])  # noqa: S311 - the same sample each time
    return [mutants[number] for number in sorted(chance.sample(range(len(mutants)), size))]


def note_touched(paths: Iterable[Path]) -> None:
    """Run every test once and note what it touches."""
    NOTES.mkdir(parents=True, exist_ok=True)
    for old in NOTES.glob("gw*.json"):
        old.unlink()
    environment = {
        **os.environ,  # noqa: TID251 - what pytest needs to run
        "MUTANTS_OF": "\n".join(map(str, paths)),
        "MUTANTS_NOTES": str(NOTES),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "tests.mutants.touched", "-m", _MARKS]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)  # noqa: S603 - arguments of our own


def read_notes() -> Notes:
    """Put the workers' notes together."""
    notes = Notes()
    for file in NOTES.glob("gw*.json"):
        told = json.loads(file.read_text("utf-8"))
        for path, lines in told["lines"].items():
            for line, tests in lines.items():
                notes.lines[path][int(line)] |= set(tests)
        notes.durations |= told["durations"]
        notes.fixtures |= told["fixtures"]
    return notes


def tests_for(mutant: Mutant, notes: Notes) -> Stages:
    """Return the tests that run the lines that changed; else the function; where there is none, the module.

    First those of the same name, then those of the same wing, then the rest, at last the rest of those on the second
    engine, which takes a process of its own; the quickest first, and no more than some seconds of them.
    """
    ran = notes.lines[str(ROOT / mutant.path)]
    path = Path(mutant.path)

    def stage(test: str) -> int:
        file = Path(test.partition("::")[0])
        if path.stem in file.stem:
            return 0
        if "ministack" in notes.fixtures.get(test, ""):
            return 3
        return 1 if path.parent.name in file.parent.parts else 2

    def cost(test: str) -> float:
        return notes.durations.get(test, 0.0)

    whole = set[str]().union(*ran.values())
    places = [set[str]().union(*(ran.get(line, ()) for line in lines)) for lines in (mutant.lines, mutant.body)]
    touched = next((tests for tests in places if tests), set[str]()) if mutant.body else whole
    touched = (whole if "" in touched else touched) - {""}
    stages: list[list[str]] = [[], [], [], []]
    spent = 0.0
    for test in sorted(touched, key=lambda test: (stage(test), cost(test), test)):
        spent += cost(test)
        if spent > SETTINGS["seconds"]:
            break
        stages[stage(test)].append(test)
    return [tests for tests in stages if tests]


def typed(outcome: Outcome) -> Outcome:
    """Ask the types about a survivor."""
    is_seen = outcome.killer is None and is_refused_by_types(outcome.mutant, NOTES)
    return replace(outcome, killer=TYPES) if is_seen else outcome


def seen_before(module: str, sample: list[Mutant]) -> list[Outcome]:
    """Return those of a sample that a test saw in the last run."""
    file = _outcomes_file(module)
    last = json.loads(file.read_text("utf-8")) if file.exists() else []
    told = {one["name"]: one for one in last if one["killer"]}
    named = {mutant.name: mutant for mutant in sample}
    return [Outcome(named[name], one["killer"], one["seconds"]) for name, one in told.items() if name in named]


def _outcomes_file(module: str) -> Path:
    return NOTES / f"{module.replace('/', '-')}.outcomes.json"


def tell(module: str, outcomes: list[Outcome]) -> bool:
    """Print how many were seen and which were not; False where that is not well."""
    accepted: dict[str, str] = SETTINGS["accepted"].get(module, {})
    survivors = [outcome.mutant for outcome in outcomes if outcome.killer is None]
    new = [mutant for mutant in survivors if mutant.name not in accepted]
    killed = len(outcomes) - len(survivors)
    rate = killed / len(outcomes)
    by_types = sum(outcome.killer == TYPES for outcome in outcomes)
    print(  # noqa: T201 - it speaks to a terminal
        f"{module}: {killed} of {len(outcomes)} seen, {rate:.1%}, {by_types} of them by types; "
        f"{len(new)} survivors not accepted",
        flush=True,
    )
    for mutant in new:
        print(f"  {mutant.lines.start}: {mutant.name}", flush=True)  # noqa: T201
    record = [
        {
            "line": one.mutant.lines.start,
            "name": one.mutant.name,
            "killer": one.killer,
            "seconds": round(one.seconds, 2),
        }
        for one in outcomes
    ]
    _outcomes_file(module).write_text(json.dumps(record, indent=1, ensure_ascii=False), "utf-8")
    return not new and rate >= SETTINGS["floor"]


if __name__ == "__main__":
    main()
