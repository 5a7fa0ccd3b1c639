"""The QR by which a device is enrolled, as a picture in the page itself: it is fetched from nowhere."""

from __future__ import annotations

import base64
import io


def device_picture(address: str) -> str:
    """Return an `otpauth` address as the data address of an SVG."""
    import segno  # noqa: PLC0415 - only who enrols a device

    buffer = io.BytesIO()
    segno.make(address, error="m").save(buffer, kind="svg", scale=5, border=4, light="#fff", dark="#000")
    return f"data:image/svg+xml;base64,{base64.b64encode(buffer.getvalue()).decode()}"
