"""`make weekend`: 72 hours of alerts, and the time until all is at rest; `SEED=` for others."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from time import perf_counter

from tests.cloud import moto_engine_of_this_process
from tests.weekend.plan import SHORT, WEEKEND
from tests.weekend.report import passed


def main() -> None:
    """Print the figures; 1 where something does not hold."""
    parser = argparse.ArgumentParser(prog="make weekend", description="Does every alert arrive over a bad weekend?")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="the short day that the tests take")
    options = parser.parse_args()
    begun = perf_counter()
    found = passed(moto_engine_of_this_process(), replace(SHORT if options.short else WEEKEND, seed=options.seed))
    for figure in found.figures:
        print(f"- {figure}")  # noqa: T201 - it speaks to a terminal
    for complaint in found.complaints[:40]:
        print(f"! {complaint}")  # noqa: T201 - as above
    print(f"{len(found.complaints)} complaints, in {perf_counter() - begun:.0f} s")  # noqa: T201 - as above
    sys.exit(bool(found.complaints))


if __name__ == "__main__":
    main()
