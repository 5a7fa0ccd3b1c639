"""What can be heard: every symbol, in order, well above the murmur, and cheap to make."""

from __future__ import annotations

import io
import itertools
import random  # noqa: TID251 - the same sound at every run
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chalicelib.domain.access.captcha import LENGTH, SPOKEN
from chalicelib.renderers.access import captcha_sound as sound
from chalicelib.renderers.access.captcha_sound import LOUD, MURMUR, PAUSE_S, RATE, VOICES, captcha_sound

RECORDED = Path(sound.__file__).parents[1] / "voices"
QUIET_S = 0.4
"""Longer than any stop inside a word, shorter than any pause between two."""


def samples_of(content: bytes | Path) -> bytes:
    with wave.open(str(content) if isinstance(content, Path) else io.BytesIO(content)) as opened:
        assert (opened.getnchannels(), opened.getsampwidth(), opened.getframerate()) == (1, 1, RATE)
        return bytes(opened.readframes(opened.getnframes()))


def recording(symbol: str, voice: str) -> bytes:
    return samples_of(RECORDED / symbol / f"{voice}.wav")


def stretches(samples: bytes, above: int) -> Iterator[tuple[int, int]]:
    """Yield where it is loud, from when to when; a lull shorter than `QUIET_S` interrupts nothing."""
    loud = [place for place, sample in enumerate(samples) if abs(sample - 128) > above]
    gaps = [number for number, (one, two) in enumerate(itertools.pairwise(loud)) if two - one > QUIET_S * RATE]
    for first, last in zip([0, *(gap + 1 for gap in gaps)], [*gaps, len(loud) - 1], strict=True):
        yield loud[first], loud[last]


def drawn(*, seed: int) -> Callable[[int], int]:
    return random.Random(seed).randrange  # noqa: S311 - as above


@pytest.mark.parametrize("seed", range(4))
def test_between_two_tones_each_symbol_is_heard_in_order_over_the_murmur(seed: int) -> None:
    answer = "".join(random.Random(seed).sample(list(SPOKEN), LENGTH))  # noqa: S311 - as above
    heard = list(stretches(samples_of(captcha_sound(answer, drawn(seed=seed))), MURMUR))
    assert len(heard) == LENGTH + 2
    for symbol, (start, end) in zip(answer, heard[1:-1], strict=True):
        lengths = [last - first for first, last in (next(stretches(recording(symbol, v), MURMUR)) for v in VOICES)]
        assert min(abs(end - start - length) for length in lengths) < 0.15 * RATE, symbol


@pytest.mark.parametrize("symbol", SPOKEN)
def test_what_is_said_is_the_recording_and_nothing_cuts_or_wraps_a_sample(symbol: str) -> None:
    def loudest(number: int) -> int:
        return number - 1

    spoken = samples_of(captcha_sound(symbol, loudest))
    said, pause = recording(symbol, VOICES[-1]), int(PAUSE_S[1] * RATE)
    start = len(samples_of(RECORDED / "tone.wav")) + pause
    over = [heard - one for heard, one in zip(spoken[start : start + len(said)], said, strict=True)]
    assert max(map(abs, over)) <= MURMUR
    assert max(map(abs, over)) > 0


def test_every_symbol_has_every_voice_at_the_same_loudness_and_no_other_recording_is_packed() -> None:
    words = {f"{symbol}/{voice}.wav" for symbol in SPOKEN for voice in VOICES}
    found = {path.relative_to(RECORDED).as_posix() for path in RECORDED.rglob("*.wav")}
    assert found == words | {"murmur.wav", "tone.wav"}
    for name in words:
        loudest = max(abs(sample - 128) for sample in samples_of(RECORDED / name))
        assert loudest == LOUD, name
    assert max(abs(sample - 128) for sample in samples_of(RECORDED / "murmur.wav")) == MURMUR
    assert sum(path.stat().st_size for path in RECORDED.rglob("*.wav")) < 450_000


def test_pauses_and_voices_vary_and_it_lasts_seconds() -> None:
    spoken = [samples_of(captcha_sound("22222", drawn(seed=seed))) for seed in range(8)]
    assert len(set(spoken)) == 8
    pauses = {one[0] - other[1] for other, one in itertools.pairwise(stretches(spoken[0], MURMUR))}
    assert len(pauses) == LENGTH + 1
    assert all(5 < len(samples) / RATE < 20 for samples in spoken)


def test_a_sound_costs_less_than_thirty_milliseconds() -> None:
    times = []
    for seed in range(11):
        below, started = drawn(seed=seed), time.process_time()
        captcha_sound("WYWYW", below)
        times.append(time.process_time() - started)
    assert sorted(times)[len(times) // 2] < 0.030
