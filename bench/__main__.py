"""Take every measurement in one run, print the table, write build/bench.json. It reports; tests hold the calls."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import (
    access_calls,
    access_cpu,
    agreements,
    audit,
    call_ledger,
    compose,
    cost,
    deposit_cpu,
    filing,
    first_answer,
    growth,
    inbox,
    list_cpu,
    listing,
    mailbox_calls,
    receipt_render,
    reminders,
    sent,
    size,
    staff_calls,
    usage,
)
from bench.figures import Figure
from bench.world import BenchWorld, bench_world

REPORT = Path("build/bench.json")
_MEASUREMENTS: Sequence[tuple[str, Callable[[BenchWorld], Iterator[Figure]]]] = (
    ("Calls", call_ledger.measure),
    ("Calls of people", access_calls.measure),
    ("Calls in a mailbox", mailbox_calls.measure),
    ("Calls of the staff", staff_calls.measure),
    ("What a million costs at AWS's list prices (bench/prices.toml: look them up again)", cost.measure),
    ("Request with a session over its floor", access_cpu.measure),
    ("Page of the list over its floor", list_cpu.measure),
    ("What was sent, in the console", sent.measure),
    ("A notice written at a page", compose.measure),
    ("Deposit over its floor", deposit_cpu.measure),
    ("Where a deposit's CPU goes", deposit_cpu.stages),
    ("A filing", filing.measure),
    ("Filings in lists", inbox.measure),
    ("Receipt", receipt_render.measure),
    ("Lists as files", listing.measure),
    ("Size of the file", size.measure),
    ("Bursts on one key, and growth of the mailbox", growth.measure),
)
"""Each over a world of its own: what one leaves behind weighs on no other."""


def main() -> None:
    """Measure, print, write."""
    started = time.monotonic()
    figures: list[Figure] = []
    for title, measure in _MEASUREMENTS:
        with bench_world() as world:
            figures += _printed(title, measure(world))
    figures += _printed("What was sent among few and many, and its counts", sent.growth())
    figures += _printed("Lists of filings, and a filing, among few and many", inbox.growth())
    figures += _printed("A month's statement", usage.growth())
    figures += _printed("A night over agreements", agreements.growth())
    figures += _printed("Lists of looks among few and many", audit.growth())
    logging.disable(logging.INFO)  # each of hundreds of jobs ends with a line
    figures += _printed("Reminders of unread notices", reminders.measure())
    logging.disable(logging.NOTSET)
    figures += _printed("First answer of a fresh process", first_answer.measure())
    REPORT.parent.mkdir(exist_ok=True)
    report = {
        f.name: {"value": round(f.value, 4), "goal": f.goal, "unit": f.unit} | ({"note": f.note} if f.note else {})
        for f in figures
    }
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    missed = [figure.name for figure in figures if not figure.is_met]
    print(f"\n{len(figures)} figures in {time.monotonic() - started:.0f} s, in {REPORT}.")
    print("Every goal is met." if not missed else f"Over their goal: {'; '.join(missed)}.")


def _printed(title: str, figures: Iterator[Figure]) -> list[Figure]:
    print(f"\n{title}", flush=True)
    found = []
    for figure in figures:
        print(_line(figure), flush=True)
        found.append(figure)
    return found


def _line(figure: Figure) -> str:
    goal = "" if figure.goal is None else f"goal {figure.goal:g}"
    mark = "" if figure.goal is None else "met" if figure.is_met else "MISSED"
    number = f"{figure.value:.0f}" if figure.value == round(figure.value) else f"{figure.value:.2f}"
    return f"  {figure.name:<76}{number:>10} {figure.unit:<6}{goal:<10}{mark:<8}{figure.note}".rstrip()


if __name__ == "__main__":
    main()
