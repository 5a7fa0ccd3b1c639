"""`make siege`: attackers against the ways in, and who of the innocent got in, as the table of `docs/limits.md`."""

from __future__ import annotations

import argparse
import logging
import sys
from dataclasses import replace

from tests.cloud import moto_engine_of_this_process
from tests.siege.scenarios import SCENARIOS
from tests.siege.siege import REGISTRATION, WAYS, besieged


def main() -> None:
    """Print the table; 1 where somebody was kept out, or somebody else got in."""
    parser = argparse.ArgumentParser(prog="make siege", description="Do strangers keep anybody out?")
    parser.add_argument("--requests", type=int, default=0, help="of the attackers, each minute")
    parser.add_argument("--only", default="", help="scenarios whose name has this in it")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    complaints = 0
    ways = (*WAYS, REGISTRATION)
    print(f"| attackers | requests | {' | '.join(ways)} | kept out | strangers in | e-mails to one, at most |")  # noqa: T201 - it speaks to a terminal
    print("|" + "---|" * (len(ways) + 5))  # noqa: T201 - as above
    for scenario in SCENARIOS:
        if options.only not in scenario.name:
            continue
        told = besieged(
            moto_engine_of_this_process(), replace(scenario, requests=options.requests or scenario.requests)
        )
        steps = [", ".join(f"{n} in {s}" for s, n in sorted(told.steps[way].items())) or "-" for way in ways]
        figures = [scenario.name, told.strikes, *steps, len(told.kept_out), told.strangers_in, told.most_mails]
        print("| " + " | ".join(map(str, figures)) + " |", flush=True)  # noqa: T201 - as above
        for complaint in told.complaints[:20]:
            print(f"! {complaint}", flush=True)  # noqa: T201 - as above
        complaints += len(told.complaints)
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
