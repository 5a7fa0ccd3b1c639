"""Play the recording on another revision and on this tree, and tell what differs: `make replay BASE=<revision>`."""

from __future__ import annotations

import argparse
import difflib
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from tests.replay import player

ROOT = Path(__file__).parents[2]
_SHOWN = 20
_WIDTH = 200


def main() -> None:
    """Compare; 1 where anything differs."""
    parser = argparse.ArgumentParser(prog="make replay", description="Compare this tree's answers with a revision's.")
    parser.add_argument("base", metavar="BASE", help="revision to compare with")
    parser.add_argument(
        "--without", metavar="ATTRIBUTES", default="", help="attributes of items that may differ, with commas between"
    )
    parser.add_argument("--stray", metavar="FIELD=VALUE", default="", help="a field to add to every form that is sent")
    options = parser.parse_args()
    ignored = {name for name in options.without.split(",") if name}
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder, "before")
        _git("worktree", "add", "--quiet", "--detach", str(before), options.base)
        try:
            with ThreadPoolExecutor(2) as pool:
                told = list(
                    pool.map(
                        partial(_played, stray=options.stray),
                        (before, ROOT),
                        (Path(folder, "0.json"), Path(folder, "1.json")),
                    )
                )
        finally:
            _git("worktree", "remove", "--force", str(before))
    lines = list(differences(told[0], told[1], ignored))
    print("\n".join(lines[:_SHOWN]))  # noqa: T201 - it speaks to a terminal
    steps = len(told[1]["steps"])
    print(f"{steps} steps played on both: {len(lines)} differences, {_without(ignored)}.")  # noqa: T201
    sys.exit(1 if lines else 0)


def differences(before: dict[str, Any], after: dict[str, Any], ignored: set[str]) -> Iterator[str]:
    """Yield each answer, e-mail, item and object that differs."""
    for number, (one, other) in enumerate(zip(before["steps"], after["steps"], strict=True), start=1):
        for part in one.keys() | other.keys():
            if one.get(part) != other.get(part):
                yield f"step {number}, {one['step']}: {part}\n{_diff(one.get(part), other.get(part))}"
    for kind, clean in (("tables", ignored), ("objects", set[str]())):
        for name in sorted(before[kind].keys() | after[kind].keys()):
            kept = [sorted(_cleaned(line, clean) for line in told[kind].get(name, ())) for told in (before, after)]
            if kept[0] != kept[1]:
                yield f"{kind}, {name}\n{_diff(*kept)}"


def _cleaned(line: str, ignored: set[str]) -> str:
    if not ignored:
        return line
    return json.dumps({name: value for name, value in json.loads(line).items() if name not in ignored}, sort_keys=True)


def _diff(before: Any, after: Any) -> str:
    one, other = (json.dumps(value, ensure_ascii=False, indent=1).splitlines() for value in (before, after))
    if len(one) != len(other):
        return "\n".join(line[:_WIDTH] for line in list(difflib.unified_diff(one, other, lineterm="", n=0))[2:12])
    pairs = ((left, right) for left, right in zip(one, other, strict=True) if left != right)
    return "\n".join(_where_they_part(left, right) for left, right in itertools.islice(pairs, 5))


def _where_they_part(left: str, right: str) -> str:
    same = next(at for at, letters in enumerate(itertools.zip_longest(left, right)) if letters[0] != letters[1])
    shown = slice(max(0, same - _WIDTH // 4), same + _WIDTH)
    return f"- {left[shown]}\n+ {right[shown]}"


def _played(tree: Path, to: Path, *, stray: str) -> dict[str, Any]:
    program = Path(player.__file__)
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONWARNINGS": "ignore"}  # noqa: TID251 - for a child
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, program, to, stray], cwd=tree, env=environment, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{tree}:\n{done.stderr.decode()[-3000:]}")
    told: dict[str, Any] = json.loads(to.read_text("utf-8"))
    return told


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=ROOT, check=True)  # noqa: S603, S607 - arguments of our own


def _without(ignored: set[str]) -> str:
    return f"not looking at {', '.join(sorted(ignored))}" if ignored else "nothing left out"


if __name__ == "__main__":
    main()
