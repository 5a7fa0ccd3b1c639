"""Make the captcha's Spanish voices with Debian's espeak-ng: same package version, same bytes.

Run `python -m infra.voices.build_voices` after `apt-get install espeak-ng`. A man and a woman of Latin America
say each symbol at two paces. The murmur is the same words backwards, two at once. A tone tells where the symbols begin
and end. All are 8 kHz, 8 bits, mono, without silence at the ends.
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
from chalicelib.renderers.access.captcha_sound import LOUD, MURMUR, RATE, VOICES

TARGET = Path(__file__).parents[2] / "chalicelib" / "renderers" / "voices"
SPEAKERS = {
    "f1": ("es-419+f2", 130, 50),
    "f2": ("es-419+f2", 116, 58),
    "m1": ("es-419+m3", 130, 50),
    "m2": ("es-419+m3", 116, 42),
}
"""espeak-ng's voice, words a minute, and pitch."""
TAPS = 48
SILENT = 400
"""Amplitude, of 32,767, below which a sample counts as silence."""
MURMUR_S = 8
TONE_S, TONE_HZ = 0.15, 660


def speak(text: str, speaker: str, place: Path) -> tuple[int, array[int]]:
    """Return the sample rate and the samples of a spoken word."""
    file = place / "spoken.wav"
    voice, pace, pitch = SPEAKERS[speaker]
    program = shutil.which("espeak-ng") or "espeak-ng"
    subprocess.run([program, "-v", voice, "-s", str(pace), "-p", str(pitch), "-w", str(file), text], check=True)
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


def as_bytes(samples: list[float], loud: int) -> bytes:
    """Scale to the same loudness and to unsigned 8 bits."""
    peak = max(abs(sample) for sample in samples)
    return bytes(128 + round(loud * sample / peak) for sample in samples)


def murmur(spoken: dict[tuple[str, str], list[float]]) -> list[float]:
    """Return words said backwards by a woman and a man at once."""
    forth, back = list(SPOKEN), list(reversed(SPOKEN))
    layers = []
    for speaker, symbols in ("f1", forth), ("m1", back):
        words = [[sample / max(map(abs, spoken[one, speaker])) for sample in spoken[one, speaker]] for one in symbols]
        layers.append([sample for word in words for sample in reversed(word)])
    return [sum(samples) for samples in zip(*layers, strict=False)][: MURMUR_S * RATE]


def tone() -> list[float]:
    """Return a tone that swells and fades."""
    length = int(TONE_S * RATE)
    return [
        math.sin(math.pi * place / length) * math.sin(2 * math.pi * TONE_HZ * place / RATE) for place in range(length)
    ]


def write(name: str, samples: list[float], loud: int) -> None:
    """Write a recording below the voices' folder."""
    file = TARGET / f"{name}.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as written:
        written.setparams((1, 1, RATE, 0, "NONE", "not compressed"))
        written.writeframes(as_bytes(samples, loud))


def build() -> None:
    """Write every symbol's recordings, the murmur and the tone."""
    spoken = {}
    with TemporaryDirectory() as place:
        for symbol, text in SPOKEN.items():
            for speaker in VOICES:
                rate, samples = speak(text, speaker, Path(place))
                spoken[symbol, speaker] = resampled(trimmed(samples), rate)
    for (symbol, speaker), words in spoken.items():
        write(f"{symbol}/{speaker}", words, LOUD)
    write("murmur", murmur(spoken), MURMUR)
    write("tone", tone(), LOUD // 2)


if __name__ == "__main__":
    build()
