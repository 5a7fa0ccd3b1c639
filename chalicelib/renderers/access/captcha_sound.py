"""A captcha's sound: recordings put one after the other, over a murmur that was recorded before as well.

Nothing is computed sample by sample: loudness goes by a table, and the murmur is added as one long number, in which
no sum of two samples reaches the next. The Spanish recordings are made by `infra/voices/build_voices.py`.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from pathlib import Path

RATE = 8000
LOUD, MURMUR = 100, 18
"""Greatest distance from 128, in 8 bits, of what is said and of what murmurs. Together they stay below 128."""
VOICES = ("f1", "f2", "m1", "m2")
PAUSE_S = (0.9, 2.0)
"""Between two symbols: time to type, and at no instant that could be foretold."""
QUIETEST_PERCENT = 75

_RECORDED = Path(__file__).parents[1] / "voices"
_SILENCE = b"\x80"


def captcha_sound(answer: str, below: Callable[[int], int]) -> bytes:
    """Speak the answer as a WAV, 8 kHz mono, some twelve seconds; `below` draws a number below another.

    Each symbol has one of four voices, a loudness and a pause drawn for it.
    """
    tone = _recorded("tone")
    said = [tone, _pause(below)]
    for symbol in answer:
        word = _recorded(f"{symbol}/{VOICES[below(len(VOICES))]}")
        said += [word.translate(_LOUDNESS[below(len(_LOUDNESS))]), _pause(below)]
    return _wave(_over_murmur(b"".join([*said, tone]), below))


def _pause(below: Callable[[int], int]) -> bytes:
    shortest, longest = (int(seconds * RATE) for seconds in PAUSE_S)
    return _SILENCE * (shortest + below(longest - shortest + 1))


def _over_murmur(said: bytes, below: Callable[[int], int]) -> bytes:
    murmur = _recorded("murmur")
    start = below(len(murmur))
    under = (murmur * (len(said) // len(murmur) + 2))[start : start + len(said)]
    mixed = int.from_bytes(said.translate(_LOWERED), "big") + int.from_bytes(under.translate(_FROM_ZERO), "big")
    return mixed.to_bytes(len(said), "big")


def _recorded(name: str) -> bytes:
    with wave.open(str(_RECORDED / f"{name}.wav")) as opened:
        return bytes(opened.readframes(opened.getnframes()))


def _wave(samples: bytes) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as opened:
        opened.setparams((1, 1, RATE, 0, "NONE", "not compressed"))
        opened.writeframes(samples)
    return written.getvalue()


def _table(change: Callable[[int], int]) -> bytes:
    return bytes(min(255, max(0, change(sample))) for sample in range(256))


_LOUDNESS = [
    _table(lambda sample, percent=percent: 128 + (sample - 128) * percent // 100)  # type: ignore[misc]
    for percent in range(QUIETEST_PERCENT, 101, 5)
]
_LOWERED = _table(lambda sample: sample - MURMUR)
_FROM_ZERO = _table(lambda sample: sample - 128 + MURMUR)
