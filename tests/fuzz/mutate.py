"""One mutated file: which seed, what was done to it, and what came of it, all by the seed's number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.upload.upload import ODS, PDF, XLSX
from tests.fuzz.bytewise import BYTEWISE, Mutate
from tests.fuzz.chance import Chance
from tests.fuzz.images import JPEGS, PNGS
from tests.fuzz.packages import PACKAGES
from tests.fuzz.pdfs import PDFS
from tests.fuzz.seeds import Seed

_OF_ITS_TYPE: Mapping[str, Sequence[Mutate]] = {
    PDF: PDFS,
    XLSX: PACKAGES,
    ODS: PACKAGES,
    "image/png": PNGS,
    "image/jpeg": JPEGS,
}
_LARGEST = 16 * 1024 * 1024
_STEPS = (1, 1, 1, 2, 2, 3)
_BYTEWISE_SHARE = 0.25
_SPLICED_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutated file; `number` and the seed of all chance make the same one again."""

    number: int
    seed: Seed
    steps: tuple[str, ...]
    content: bytes


def mutant(number: int, seeds: Sequence[Seed], of_all: int) -> Mutant:
    """Return the mutant of a number. Types come equally often but PDFs, which come as often as all others together."""
    chance = Chance(f"{of_all}-{number}")
    pdfs = [seed for seed in seeds if seed.media_type == PDF]
    others = sorted({seed.media_type for seed in seeds} - {PDF})
    if others and (not pdfs or chance.random() < 0.5):
        media_type = chance.choice(others)
        chosen = [seed for seed in seeds if seed.media_type == media_type]
    else:
        chosen = pdfs
    seed = chance.choice(chosen)
    content, steps = seed.content, []
    for _ in range(chance.choice(_STEPS)):
        if chance.random() < _SPLICED_SHARE:
            step, content = "splice", _splice(content, chance.choice(chosen).content, chance)
        else:
            change = _one(seed.media_type, chance)
            step, content = change.__name__, change(content, chance)
        steps.append(step)
        if not content or len(content) > _LARGEST:
            content = content[:_LARGEST] or b"\x00"
            break
    return Mutant(number, seed, tuple(steps), content)


def _one(media_type: str, chance: Chance) -> Mutate:
    own = _OF_ITS_TYPE.get(media_type, ())
    return chance.choice(BYTEWISE if not own or chance.random() < _BYTEWISE_SHARE else own)


def _splice(content: bytes, other: bytes, chance: Chance) -> bytes:
    return content[: chance.place(len(content))] + other[chance.place(len(other)) :]
