"""`make fuzz`: mutate files, have each inspected, and tell what did not end in a verdict within bounds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz.campaign import campaign, told
from tests.fuzz.judge import judge
from tests.fuzz.mutate import Mutant, mutant
from tests.fuzz.seeds import LARGEST, own_seeds, seeds_of
from tests.fuzz.worker import Limits

KEPT = Path(__file__).parents[2] / "build" / "fuzz"
_MB = 1024 * 1024


def main() -> None:
    """Print the figures; 1 where a file failed."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Does every file end in a verdict?")
    parser.add_argument("folders", nargs="*", type=Path, help="of more files to mutate")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutation, to play one again")
    parser.add_argument("--only", default="", help="files whose name has this in it")
    parser.add_argument("--largest", type=int, default=LARGEST, help="bytes of a file in a folder")
    parser.add_argument("--unchanged", action="store_true", help="judge the files of the folders as they are")
    parser.add_argument("--cpu", type=int, default=Limits().cpu_s, help="seconds a file")
    parser.add_argument("--memory", type=int, default=Limits().memory // _MB, help="MB a file")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where files that fail are kept")
    options = parser.parse_args()
    more = seeds_of(options.folders, options.largest)
    seeds = [seed for seed in (more if options.unchanged else [*own_seeds(), *more]) if options.only in seed.name]
    if not seeds:
        parser.error("there is no such file")
    numbers = range(options.first, options.first + options.count)
    mutants = (
        (Mutant(number, seed, (), seed.content) for number, seed in enumerate(seeds))
        if options.unchanged
        else (mutant(number, seeds, options.seed) for number in numbers)
    )
    limits = Limits(options.cpu, memory=options.memory * _MB)
    found = campaign(mutants, judge, limits, options.kept / str(options.seed))
    for line in told(found):
        print(line)  # noqa: T201 - it speaks to a terminal
    sys.exit(bool(found.failures))


if __name__ == "__main__":
    main()
