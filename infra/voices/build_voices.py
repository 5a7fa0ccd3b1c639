"""Make the captcha's Spanish voices with Debian's espeak-ng: same package version, same bytes.

Run `python -m infra.voices.build_voices` after `apt-get install espeak-ng`. A man's and a woman's voice of Latin
America say each symbol, in the form the captcha library mixes: 8 kHz, 8 bits, mono, without silence at the ends.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import wave
from array import array
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.domain.access.captcha import SPOKEN

TARGET = Path(__file__).parents[2] / "chalicelib" / "renderers" / "voices"
VOICES = {"m": "es-419+m3", "f": "es-419+f2"}
WORDS_A_MINUTE = 130
RATE = 8000
TAPS = 48
SILENT = 400
"""Amplitude, of 32,767, below which a sample counts as silence."""
LOUD = 110
"""Greatest distance from 128 in 8 bits, the same for every sound."""


def speak(text: str, voice: str, place: Path) -> tuple[int, array[int]]:
    """Return the sample rate and the samples of a spoken word."""
    file = place / "spoken.wav"
    command = [shutil.which("espeak-ng") or "espeak-ng", "-v", voice, "-s", str(WORDS_A_MINUTE), "-w", str(file), text]
    subprocess.run(command, check=True)
    with wave.open(str(file)) as opened:
        return opened.getframerate(), array("h", opened.readframes(opened.getnframes()))


def trimmed(samples: array[int]) -> array[int]:
    """Cut the silence at both ends."""
    loud = [place for place, sample in enumerate(samples) if abs(sample) > SILENT]
    return samples[loud[0] : loud[-1] + 1]


def resampled(samples: array[int], rate: int) -> list[float]:
    """Bring samples down to `RATE` through a windowed sinc, which keeps out what would fold back as noise."""
    ratio = rate / RATE
    result = []
    for number in range(int(len(samples) / ratio)):
        centre = number * ratio
        first = max(0, math.ceil(centre) - TAPS)
        near = range(first, min(len(samples), math.ceil(centre) + TAPS))
        weights = [_weight(place - centre, ratio) for place in near]
        result.append(sum(samples[place] * weight for place, weight in zip(near, weights, strict=True)))
    return result


def _weight(distance: float, ratio: float) -> float:
    turn = math.pi * distance / ratio
    sinc = 1.0 if not turn else math.sin(turn) / turn
    window = 0.5 + 0.5 * math.cos(math.pi * distance / (TAPS + 1))
    return sinc * window / ratio


def as_bytes(samples: list[float]) -> bytes:
    """Scale to the same loudness and to unsigned 8 bits."""
    peak = max(abs(sample) for sample in samples)
    return bytes(128 + round(LOUD * sample / peak) for sample in samples)


def build() -> None:
    """Write every symbol's voices."""
    with TemporaryDirectory() as place:
        for symbol, text in SPOKEN.items():
            (TARGET / symbol).mkdir(parents=True, exist_ok=True)
            for name, voice in VOICES.items():
                rate, samples = speak(text, voice, Path(place))
                with wave.open(str(TARGET / symbol / f"{name}.wav"), "wb") as written:
                    written.setparams((1, 1, RATE, 0, "NONE", "not compressed"))
                    written.writeframes(as_bytes(resampled(trimmed(samples), rate)))


if __name__ == "__main__":
    build()
