"""An institution's emblem as it is served: text, so that the gateway passes it on, in which nothing runs."""

from __future__ import annotations

import base64


def emblem_picture(png: bytes, width: int, height: int) -> str:
    """Write a picture of our own, of which the PNG inside is all that is seen."""
    data = base64.b64encode(png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )
