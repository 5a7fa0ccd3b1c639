"""What a panel counts as bars (INS-9): a picture of each kind, whose table stands beside it and says the same.

Each kind has a picture of its own, and a pattern, so that nothing is told by colour. Sizes and paints are attributes
of the drawing: the pages' policy lets no style in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.institution.activity import Activity, Period
from chalicelib.domain.typed import MONTHS

WIDTH, HEIGHT = 280, 120
_TOP, _BOTTOM = 22, 22
"""Room for the largest number above, and for the names of the first and last bar below."""
_MOST_SHOWN = 12
_GAP = 0.25
"""Of a bar's room."""
PATTERNS = {Activity.DEPOSITED: "lleno", Activity.OPENED: "rayas", Activity.FAILED: "cuadros"}
"""How bars are filled; the template draws them."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the picture's own units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture: its name for who looks and its sentence for who listens, its bars, and what stands at its edges."""

    key: str
    pattern: str
    kind: str
    title: str
    description: str
    bars: tuple[Bar, ...]
    largest: int
    first: str
    last: str

    @property
    def outline(self) -> str:
        """All bars as one path, which is a third as long as a shape for each; empty where there is none."""
        return "".join(f"M{bar.x:g} {bar.y:g}h{bar.width:g}v{bar.height:g}h-{bar.width:g}z" for bar in self._drawn)

    @property
    def _drawn(self) -> list[Bar]:
        return [bar for bar in self.bars if bar.height]


@dataclass(frozen=True, slots=True)
class Size:
    """Of every picture, in pixels: it fits a screen of 320."""

    width: int = WIDTH
    height: int = HEIGHT
    top: int = _TOP
    floor: int = HEIGHT - _BOTTOM


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """A row of the table: the day or month, for machines too, and how much there was of each kind, in their order."""

    name: str
    machine_name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ActivityTold:
    """The days, or the months: pictures, and the table that says the same, the newest first."""

    key: str
    title: str
    charts: tuple[Chart, ...]
    rows: tuple[ActivityRow, ...]
    totals: tuple[int, ...]
    size: Size = Size()

    @property
    def is_long(self) -> bool:
        """Whether the table is unfolded on demand."""
        return len(self.rows) > _MOST_SHOWN


def tell_days(days: Sequence[Period]) -> ActivityTold:
    """Lay out days."""
    return _told(
        "dias", f"Últimos {len(days)} días", [(f"{day.begins:%d/%m/%Y}", f"{day.begins}") for day in days], days
    )


def tell_months(months: Sequence[Period]) -> ActivityTold:
    """Lay out months."""
    names = [
        (f"{MONTHS[month.begins.month - 1]} de {month.begins.year}".capitalize(), f"{month.begins:%Y-%m}")
        for month in months
    ]
    return _told("meses", f"Últimos {len(months)} meses", names, months)


def _told(key: str, title: str, names: Sequence[tuple[str, str]], periods: Sequence[Period]) -> ActivityTold:
    rows = [
        ActivityRow(name, machine, tuple(period.of(activity) for activity in Activity))
        for (name, machine), period in zip(names, periods, strict=True)
    ]
    charts = (_chart(key, title, activity, periods, [name for name, _ in names]) for activity in Activity)
    totals = tuple(sum(column) for column in zip(*(row.counts for row in rows), strict=True))
    return ActivityTold(key, title, tuple(charts), tuple(reversed(rows)), totals)


def _chart(key: str, title: str, activity: Activity, periods: Sequence[Period], names: Sequence[str]) -> Chart:
    counts = [period.of(activity) for period in periods]
    largest, total = max(counts), sum(counts)
    when = names[counts.index(largest)].lower()
    most = f", con un máximo de {largest} en {when}" if total else ""
    return Chart(
        key=f"{key}-{activity}",
        pattern=PATTERNS[activity],
        kind=activity.label,
        title=f"{activity.label}, {title.lower()}",
        description=f"En total {total}{most}. La tabla que sigue tiene los números.",
        bars=tuple(_bars(counts, largest)),
        largest=largest,
        first=names[0],
        last=names[-1],
    )


def _bars(counts: Sequence[int], largest: int) -> list[Bar]:
    room, floor = WIDTH / len(counts), HEIGHT - _BOTTOM
    bars = []
    for place, count in enumerate(counts):
        height = round((floor - _TOP) * count / largest, 1) if count else 0.0
        height = max(height, 2.0) if count else 0.0
        x, width = round(room * (place + _GAP / 2), 1), round(room * (1 - _GAP), 1)
        bars.append(Bar(x, round(floor - height, 1), width, height))
    return bars
