"""The receipt with its fonts embedded, as a warm process draws it, over the same layout in the core fonts."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bench.figures import Figure, alternate
from bench.floor import floor_of
from bench.world import BenchWorld
from chalicelib.renderers.deposit.receipt import render_receipt


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield the ratio and both costs."""
    floor = floor_of(world, world.uploaded_body(), is_inline=False)
    url = f"https://casilla.example/verificar/{floor.notice.verification_code}"
    zone = ZoneInfo("America/Lima")

    def embedded() -> bytes:
        return render_receipt(floor.notice, verification_url=url, zone=zone)

    taken = alternate(lambda count: [embedded] * count, lambda count: [floor.draw] * count, rounds=11, batch=8)
    yield Figure("receipt ÷ core fonts, warm", taken.ratio, "x", 2.5)
    yield Figure("receipt CPU", taken.ours * 1e3, "ms")
    yield Figure("receipt CPU in core fonts", taken.floor * 1e3, "ms")
    yield Figure("receipt size", len(embedded()) / 1024, "KB")
