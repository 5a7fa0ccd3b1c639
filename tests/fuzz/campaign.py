"""Judge many files, keep those that fail, and tell the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from tests.fuzz.mutate import Mutant
from tests.fuzz.worker import Judge, Limits, Outcome, working

_MB = 1024 * 1024


@dataclass(slots=True)
class Found:
    """What became of all files."""

    outcomes: list[Outcome] = field(default_factory=list)
    failures: list[tuple[Mutant, Outcome, Path]] = field(default_factory=list)
    starts: int = 0

    @property
    def verdicts(self) -> Counter[str]:
        """How many files had each verdict."""
        return Counter(outcome.verdict for outcome in self.outcomes)


def campaign(mutants: Iterable[Mutant], judge: Judge, limits: Limits, folder: Path) -> Found:
    """Judge all, and keep the failures in a folder: the file, and beside it what was done and what went wrong."""
    found = Found()
    with working(judge, limits) as worker:
        for mutant in mutants:
            outcome = worker.outcome(mutant.content, mutant.seed.media_type)
            found.outcomes.append(outcome)
            if outcome.failure:
                found.failures.append((mutant, outcome, _keep(mutant, outcome, folder)))
        found.starts = worker.starts
    return found


def told(found: Found) -> Iterator[str]:
    """Yield the figures, then one line for each kind of failure with the first file that shows it."""
    spent = [outcome.cpu_s for outcome in found.outcomes] or [0.0]
    late = quantiles(spent, n=20)[-1] if len(spent) > 1 else spent[0]
    memory = max((outcome.memory for outcome in found.outcomes), default=0)
    for verdict, count in found.verdicts.most_common():
        yield f"{count:7} {verdict}"
    yield f"CPU a file: median {median(spent) * 1000:.0f} ms, p95 {late * 1000:.0f} ms, max {max(spent) * 1000:.0f} ms"
    yield f"memory a file: at most {memory // _MB} MB; {found.starts} processes"
    kinds: dict[str, list[tuple[Mutant, Outcome, Path]]] = {}
    for failure in found.failures:
        kinds.setdefault(failure[1].where, []).append(failure)
    for where, alike in kinds.items():
        mutant, outcome, path = alike[0]
        last = outcome.failure.strip().splitlines()[-1]
        yield f"! {len(alike)} times {where}: {path} ({mutant.seed.name}, {', '.join(mutant.steps)}): {last}"
    yield f"{len(found.failures)} failures among {len(found.outcomes)} files"


def _keep(mutant: Mutant, outcome: Outcome, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    ending = Path(mutant.seed.name).suffix
    path = folder / f"{mutant.number}-{outcome.verdict}-{Path(mutant.seed.name).stem[:60]}{ending}"
    path.write_bytes(mutant.content)
    why = f"{mutant.seed.name}: {', '.join(mutant.steps)}\n{outcome.failure}\n"
    path.with_name(f"{path.name}.why").write_text(why, "utf-8")
    return path
