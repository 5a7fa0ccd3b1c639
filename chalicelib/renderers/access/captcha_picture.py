"""A captcha's picture. The library is imported where it is used: no other page loads it.

Dark on white, for people; how hard it is for machines matters less than that an answer counts once.
"""

from __future__ import annotations

from pathlib import Path

WIDTH, HEIGHT = 260, 80

_FONT = Path(__file__).parents[1] / "fonts" / "DejaVuSans-Bold.ttf"
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
