"""A short run finds nothing, and each defect that an inspection could have is seen in one. A long one: `make fuzz`."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.domain.errors import InvalidInput
from tests.fuzz import planted
from tests.fuzz.campaign import Found, campaign, told
from tests.fuzz.judge import MOST_PROBLEMS, Unfit, check_refusal, judge
from tests.fuzz.mutate import Mutant, mutant
from tests.fuzz.seeds import Seed, own_seeds
from tests.fuzz.worker import Judge, Limits

pytestmark = pytest.mark.deep

SHORT = Limits(cpu_s=1, wall_s=20, memory=64 * 1024 * 1024)
TEXTS = [Seed("a.txt", "text/plain", b"%d" % number) for number in range(4)]
CHOSEN = [number for number, seed in enumerate(TEXTS) if planted.is_chosen(seed.content)]


def test_sixty_files_end_in_a_verdict_within_bounds(tmp_path: Path) -> None:
    seeds = own_seeds()
    mutants = [mutant(number, seeds, 1) for number in range(60)]

    found = campaign(mutants, judge, Limits(), tmp_path)

    assert [line for line in told(found) if line.startswith("!")] == []
    assert found.verdicts["accepted"] > 5, "what damages every file reaches nothing behind the first check"
    assert len(found.verdicts) > 5
    assert {one.seed.media_type for one in mutants} == {seed.media_type for seed in seeds}


def test_seeds_are_accepted_as_they_are(tmp_path: Path) -> None:
    found = campaign((Mutant(0, seed, (), seed.content) for seed in own_seeds()), judge, Limits(), tmp_path)

    assert set(found.verdicts) == {"accepted"}


def test_a_number_makes_the_same_file_again() -> None:
    once, again = own_seeds(), own_seeds()

    assert [mutant(number, once, 7) for number in range(40)] == [mutant(number, again, 7) for number in range(40)]


def of_texts(judge_of: Judge, folder: Path, limits: Limits = SHORT) -> Found:
    return campaign(
        (Mutant(number, seed, (), seed.content) for number, seed in enumerate(TEXTS)), judge_of, limits, folder
    )


def test_nothing_is_found_where_nothing_is_wrong(tmp_path: Path) -> None:
    found = of_texts(planted.sound, tmp_path)

    assert found.failures == []
    assert found.starts == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("defect", "where"),
    [
        (planted.raises, "KeyError"),
        (planted.crashes, "SIGSEGV"),
        (planted.computes_without_end, "processor time"),
        (planted.waits_without_end, "hang"),
        (planted.is_slow, "more processor time than it may"),
        (planted.grows, "more memory than it may"),
        (planted.takes_all, "MemoryError"),
        (planted.refuses_without_remedy, "Unfit"),
    ],
)
def test_a_defect_is_seen_and_its_file_kept(defect: Judge, where: str, tmp_path: Path) -> None:
    patience = 1 if defect is planted.waits_without_end else SHORT.wall_s
    found = of_texts(defect, tmp_path, Limits(SHORT.cpu_s, patience, SHORT.memory))

    assert 0 < len(CHOSEN) < len(TEXTS)
    assert [one.number for one, _, _ in found.failures] == CHOSEN
    assert {outcome.where for _, outcome, _ in found.failures} == {where}
    assert [path.read_bytes() for _, _, path in found.failures] == [TEXTS[number].content for number in CHOSEN]
    assert any(line.startswith(f"! {len(CHOSEN)} times {where}: {found.failures[0][2]}") for line in told(found))
    assert [one.verdict for one in found.outcomes if not one.failure] == ["fit"] * (len(TEXTS) - len(CHOSEN))


@pytest.mark.parametrize(
    ("code", "detail", "fault"),
    [
        ("", "Genere de nuevo el PDF.", "no code"),
        ("pdf_damaged", "", "characters"),
        ("pdf_damaged", "Genere de nuevo el PDF. " + "x" * 2000 + ".", "characters"),
        ("pdf_damaged", "Genere de nuevo\x00 el PDF.", "shown"),
        ("pdf_damaged", "Genere de nuevo \ud800 el PDF.", "shown"),
        ("pdf_damaged", "Dice «Genere esto».", "nothing to do"),
        ("pdf_damaged", "Imprima el PDF y envíelo de nuevo.", "harms"),
        ("pdf_damaged", "Ábralo y guárdelo de nuevo. Envíelo.", "harms"),
    ],
)
def test_a_refusal_that_nobody_can_act_on_is_a_fault(code: str, detail: str, fault: str) -> None:
    with pytest.raises(Unfit, match=fault):
        check_refusal(InvalidInput(code, detail, field="file"), "application/pdf")


def test_a_refusal_without_end_is_a_fault() -> None:
    one = InvalidInput("pdf_damaged", "Genere de nuevo el PDF.", field="file")
    one.problems = (one,) * MOST_PROBLEMS
    assert check_refusal(one, "application/pdf") == "pdf_damaged"
    one.problems = (one,) * (MOST_PROBLEMS + 1)
    with pytest.raises(Unfit, match="21 problems"):
        check_refusal(one, "application/pdf")
