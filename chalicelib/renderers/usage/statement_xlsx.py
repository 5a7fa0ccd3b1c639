"""A month's statement as an Excel workbook; no text is ever a formula. Imports openpyxl: import it late."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.styles import Font

from chalicelib.domain.usage.statement import Statement
from chalicelib.domain.usage.tariff import Measure
from chalicelib.renderers.export.xlsx_cells import (
    ACCENT,
    FONT,
    FORMULA_LIKE,
    MEDIA_TYPE,
    begin_sheet,
    heading_cell,
    text_cell,
)
from chalicelib.renderers.spanish import date_and_hour, date_in_words, zone_in_words
from chalicelib.renderers.usage.usage_words import COUNTED, ROUNDING, WITHOUT_AMOUNTS, month_in_words, sum_rows

__all__ = ["MEDIA_TYPE", "write_statement_xlsx"]

_MONEY, _PRICE, _COUNT = '"S/" #,##0.00', '"S/" #,##0.0000', "#,##0"


def write_statement_xlsx(statement: Statement, sha256: str, made_at: datetime, *, zone: ZoneInfo, to: Any) -> None:
    """Write the workbook. Amounts are numbers, so that they can be added up."""
    book = Workbook(write_only=True)
    _amounts(book, statement)
    _days(book, statement)
    _about(book, statement, sha256, made_at, zone)
    book.properties.creator = "Casilla electrónica"
    book.properties.title = f"Estado de consumo de {month_in_words(statement.month)}"
    book.properties.created = book.properties.modified = made_at.replace(tzinfo=None)
    book.save(to)


def _amounts(book: Any, statement: Statement) -> None:
    bill = statement.bill
    columns = ("Concepto", "Cantidad", *(("Precio", "Importe") if bill else ()))
    sheet = begin_sheet(book, "Estado de consumo", [32, *(16 for _ in columns[1:])])
    sheet.append([heading_cell(sheet, column) for column in columns])
    if bill is None:
        for measure in Measure:
            sheet.append([_text(sheet, measure.label), _number(sheet, statement.total(measure), _COUNT)])
        return
    for line in bill.lines:
        cells = ((line.price / 10_000, _PRICE), (line.amount / 100, _MONEY))
        count = _number(sheet, line.quantity, _COUNT)
        sheet.append([_text(sheet, line.measure.label), count, *(_number(sheet, *cell) for cell in cells)])
    amounts = [bill.subtotal, bill.tax, bill.total] if bill.tax_percent else [bill.total]
    for (label, _), amount in zip(sum_rows(statement), amounts, strict=True):
        sheet.append([_text(sheet, label), "", "", _number(sheet, amount / 100, _MONEY)])


def _days(book: Any, statement: Statement) -> None:
    sheet = begin_sheet(book, "Por día", [16, 16, 16, 16])
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.append([heading_cell(sheet, column) for column in ("Día", *(measure.label for measure in Measure))])
    for one in statement.days:
        day = text_cell(sheet)
        day.value, day.number_format = one.day, "dd/mm/yyyy"
        sheet.append([day, *(_number(sheet, one.of(measure), _COUNT) for measure in Measure)])


def _about(book: Any, statement: Statement, sha256: str, made_at: datetime, zone: ZoneInfo) -> None:
    sheet = begin_sheet(book, "Sobre este estado", [24, 90])
    when = f"{date_and_hour(made_at, zone)} ({zone_in_words(zone)})"
    said = [
        ("Entidad", statement.institution_name),
        ("Identificador", statement.institution_id),
        ("Mes", month_in_words(statement.month)),
        *([("Número", statement.number)] if statement.is_closed else []),
        ("Cerrado" if statement.is_closed else "Provisional, generado", when),
        *([("Se paga hasta el", date_in_words(statement.due_on))] if statement.due_on else []),
        *([("SHA-256 de los datos", sha256)] if sha256 else []),
        ("Qué se cuenta", COUNTED),
        ("Importes", WITHOUT_AMOUNTS if statement.bill is None else ROUNDING),
    ]
    for label, value in said:
        name = text_cell(sheet, label, top=True)
        name.font = Font(name=FONT, size=11, bold=True, color=ACCENT)
        sheet.append([name, _text(sheet, value)])


def _text(sheet: Any, text: str) -> Any:
    cell = text_cell(sheet, text, top=True, wrap=True)
    cell.quotePrefix = text.startswith(FORMULA_LIKE)
    return cell


def _number(sheet: Any, value: float, style: str) -> Any:
    cell = text_cell(sheet)
    cell.value, cell.number_format = value, style
    return cell
