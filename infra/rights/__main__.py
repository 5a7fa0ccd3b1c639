"""Write the table of rights anew, or choose witnesses of rights that the end-to-end run does not reach.

Witnesses are chosen out of what tests see: `WITNESSES=build/witnesses .venv/bin/pytest tests/handlers tests/faults`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from infra.rights import witnesses
from infra.rights.calls import Call, kept_calls
from infra.rights.judge import judged
from infra.rights.policies import Allowance, policy_of
from infra.rights.table import write_table
from infra.rights.use import all_allowances, asked_of, uses


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m infra.rights", description=__doc__)
    parser.add_argument("what", choices=("table", "witnesses"))
    parser.add_argument("seen", nargs="*", type=Path, help="files that tests wrote")
    options = parser.parse_args()
    if options.what == "table":
        write_table()
    else:
        witnesses.keep(_chosen(options.seen))


def _chosen(files: Iterable[Path]) -> list[tuple[Call, str]]:
    """Return for each allowance that the run did not use the first test that sees it used; those before, if they do."""
    seen: dict[Call, str] = {}
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            written, _, test = line.rpartition("  ")
            known = Call.read(written)
            seen[known] = min(test, seen.get(known, test), key=witnesses.rank)
    seen |= dict(witnesses.witnesses())
    answers = judged([asked_of(policy_of(call.function), call) for call in seen])
    refused = [f"{call}  {seen[call]}" for call, said in zip(seen, answers, strict=True) if said != "Allow"]
    if refused:  # by a job's service that a test lets meet somebody else, or by a policy that lacks something
        sys.stderr.write("policies refuse what these tests see asked for: is it that function's?\n")
        sys.stderr.write("\n".join(sorted(refused)) + "\n")
    run = {*kept_calls()}
    used = {each for each, _ in uses(all_allowances(), run)}
    unused = [each for each in all_allowances() if each not in used]
    chosen: dict[Allowance, Call] = {}
    for each, call in uses(unused, sorted({*seen} - run, key=lambda call: (witnesses.has_cases(seen[call]), call))):
        chosen.setdefault(each, call)
    return [(call, seen[call]) for call in chosen.values()]


if __name__ == "__main__":
    main()
