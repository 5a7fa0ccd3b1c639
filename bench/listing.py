"""Lists as files: Excel over XlsxWriter in constant memory, the same rows and cells; memory at ten times the rows."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bench.figures import Figure, alternate
from chalicelib.domain.export.listed_notice import COLUMNS, ListedNotice, ListingHead
from chalicelib.domain.reading.search import Search

if TYPE_CHECKING:
    from bench.world import BenchWorld  # what it imports would hide how much memory a list takes

_ROWS, _MANY, _IN_PDF = 10_000, 100_000, 5_000
_ZONE = ZoneInfo("America/Lima")
_NOW = datetime(2026, 3, 9, 15, 15, 30, tzinfo=_ZONE)
_HEAD = ListingHead("1-40000002", "QUISPE DEMO MARÍA ÑUSTA", Search(), _NOW)
_SUBJECTS = (
    "Respuesta a su solicitud de información",
    "Inicio de procedimiento administrativo sancionador y apertura del plazo para presentar descargos",
    "=1+1",
)
_PEAK = """
import json, resource, sys
from bench.listing import rows, write
write(rows(int(sys.argv[1])))
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


def measure(_: BenchWorld) -> Iterator[Figure]:
    """Yield the ratio of CPU, the growth of memory, and what a PDF takes."""
    yield from _over_the_floor()
    few, many = _peak(_ROWS), _peak(_MANY)
    yield Figure("Excel's peak memory, 100,000 ÷ 10,000 rows", many / few, "x", 1.1)
    yield Figure("Excel's peak memory, 100,000 rows", many / 1024, "MB")
    from chalicelib.renderers.export.listing_pdf import render_listing_pdf  # noqa: PLC0415 - not in the other's memory

    started = time.process_time()
    render_listing_pdf(list(rows(_IN_PDF)), _HEAD, zone=_ZONE)
    yield Figure("PDF of 5,000 rows, CPU", (time.process_time() - started) * 1e3, "ms")


def _over_the_floor() -> Iterator[Figure]:
    if importlib.util.find_spec("xlsxwriter") is None:
        print("  without XlsxWriter, which requirements-dev.txt names, there is no ratio")
        return
    taken = alternate(
        lambda count: [lambda: write(rows(_ROWS))] * count,
        lambda count: [lambda: _floor(rows(_ROWS))] * count,
        rounds=2,
        batch=1,
    )
    yield Figure("Excel of 10,000 rows ÷ XlsxWriter", taken.ratio, "x", 3)
    yield Figure("Excel of 10,000 rows, CPU", taken.ours * 1e3, "ms")


def rows(count: int) -> Iterator[ListedNotice]:
    """Make rows as long as real ones."""
    for number in range(count):
        yield ListedNotice(
            year=2026,
            subject=f"{_SUBJECTS[number % len(_SUBJECTS)]} {number}",
            office="Oficina de Atención a la Ciudadanía",
            sender="Entidad de Demostración",
            document_type="CARTA",
            document_number=f"{number:06d}-2026",
            issued_at=_NOW - timedelta(minutes=7 * number),
            sent_at=_NOW - timedelta(minutes=5 * number),
            deadline="Vence el lunes 23 de marzo de 2026 \u2013 te quedan 10 días hábiles",
            due_on=date(2026, 3, 23),
            state="Pendiente",
        )


def write(listed: Iterator[ListedNotice]) -> int:
    """Write our workbook to where it takes no room."""
    from chalicelib.renderers.export.listing_xlsx import write_listing_xlsx  # noqa: PLC0415 - as above

    return write_listing_xlsx(listed, _HEAD, zone=_ZONE, to=_Nowhere())


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None:
        pass


def _floor(listed: Iterator[ListedNotice]) -> None:
    """Write the same cells by XlsxWriter, with the same formats, widths and filter."""
    book: Any = importlib.import_module("xlsxwriter").Workbook(BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(COLUMNS), 30)
    text = book.add_format({"text_wrap": True, "valign": "top", "bottom": 1})
    instant = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "bottom": 1})
    day = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "bottom": 1})
    sheet.write_row(0, 0, (*COLUMNS, "Vence el"))
    number = 0
    for number, row in enumerate(listed, 1):
        sheet.write_number(number, 0, row.year, text)
        texts = (row.subject, row.office, row.sender, row.document_type, row.document_number)
        for column, value in enumerate(texts, 1):
            sheet.write_string(number, column, value, text)
        sheet.write_datetime(number, 6, (row.issued_at or row.sent_at).replace(tzinfo=None), instant)
        sheet.write_datetime(number, 7, row.sent_at.replace(tzinfo=None), instant)
        sheet.write_string(number, 8, row.deadline, text)
        sheet.write_datetime(number, 9, row.due_on, day)
        sheet.write_string(number, 10, row.state, text)
    sheet.autofilter(0, 0, number, len(COLUMNS))
    book.close()


def _peak(count: int) -> int:
    """Return the most kilobytes that a fresh interpreter held while it wrote that many rows."""
    done = subprocess.run([sys.executable, "-c", _PEAK, str(count)], capture_output=True, check=True)
    return int(json.loads(done.stdout))
