"""A captcha's picture and sound. The library is imported where it is used: no other page loads it.

Dark on white, for people; how hard it is for machines matters less than that an answer counts once. The voices are
Spanish, made by `infra/voices/build_voices.py`.
"""

from __future__ import annotations

from pathlib import Path

WIDTH, HEIGHT = 260, 80

_HERE = Path(__file__).parents[1]
_FONT = _HERE / "fonts" / "DejaVuSans-Bold.ttf"
_VOICES = _HERE / "voices"
_WHITE = (255, 255, 255)
_INK = (16, 40, 84, 255)
_SOLID = [min(255, brightness * 7) for brightness in range(256)]
"""The library takes a letter's brightness for its opacity, which would leave dark ink pale."""


def captcha_picture(answer: str) -> bytes:
    """Draw the answer as a PNG, differently each time."""
    from captcha.image import ImageCaptcha  # noqa: PLC0415 - cold start

    captcha = ImageCaptcha(width=WIDTH, height=HEIGHT, fonts=[str(_FONT)], font_sizes=(42, 48, 54))
    captcha.lookup_table = _SOLID
    return captcha.generate(answer, format="png", bg_color=_WHITE, fg_color=_INK).getvalue()


def captcha_sound(answer: str) -> bytes:
    """Speak the answer over a murmur as a WAV, 8 kHz mono, some fifteen seconds."""
    from captcha.audio import AudioCaptcha  # noqa: PLC0415 - cold start

    return bytes(AudioCaptcha(voicedir=str(_VOICES)).generate(answer))
