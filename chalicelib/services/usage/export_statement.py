"""A statement as a file: PDF, Excel, or its very text, whose SHA-256 is printed on the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import NotFound
from chalicelib.domain.limit import Limit
from chalicelib.domain.usage.settlement import Account
from chalicelib.domain.usage.statement import content_of
from chalicelib.gateways.export.export_files import ExportFiles
from chalicelib.store.limit_store import LimitStore

LINK_LIVES_S = 300
PDF, EXCEL, TEXT = "pdf", "excel", "datos"
_FILES_EACH = Limit("usage-file", 60, 60 * 60)
_ENDINGS: Mapping[str, tuple[str, str]] = {
    PDF: ("pdf", "application/pdf"),
    EXCEL: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    TEXT: ("json", "application/json"),
}


@dataclass(frozen=True, slots=True)
class StatementFileTools:
    """Where the file lies for two days, and how often somebody may ask for one."""

    files: ExportFiles
    limits: LimitStore
    zone: ZoneInfo
    now: Callable[[], datetime]
    new_id: Callable[[], str]


def export_statement(account: Account, kind: str, *, asked_by: str, tools: StatementFileTools) -> str:
    """Return a short-lived link to the file. `asked_by` is the id of who asks.

    Raises:
        NotFound: `statement_file_unknown`; the text of a month that is not closed is none either.
        TooManyRequests: `limit_reached`.
        Unavailable: `store_unavailable` or `files_unavailable`.

    """
    statement = account.statement
    if kind not in _ENDINGS or (kind == TEXT and not statement.is_closed):
        raise NotFound("statement_file_unknown", "De ese mes no hay ese archivo.")
    now = tools.now()
    tools.limits.spend(_FILES_EACH.key(asked_by), limit=_FILES_EACH.limit, window_s=_FILES_EACH.window_s, now=now)
    content = _content(account, kind, tools.zone, now)
    ending, media_type = _ENDINGS[kind]
    key = f"usage/{now:%Y/%m/%d}/{tools.new_id()}"
    with tools.files.writing(key) as sink:
        sink.write(content)
    provisional = "" if statement.is_closed else "-provisional"
    name = f"consumo-{statement.institution_id}-{statement.month}{provisional}.{ending}"
    return tools.files.link(key, name, media_type, expires_s=LINK_LIVES_S)


def _content(account: Account, kind: str, zone: ZoneInfo, now: datetime) -> bytes:
    """Return the file; of a closed month its bytes depend on nothing but the month."""
    from chalicelib.renderers.usage import statement_pdf, statement_xlsx  # noqa: PLC0415 - fpdf2, openpyxl

    made_at = account.statement.closed_at or now
    if kind == TEXT:
        return content_of(account.statement).encode()
    if kind == PDF:
        return statement_pdf.render_statement_pdf(account.statement, account.sha256, made_at, zone=zone)
    target = BytesIO()
    statement_xlsx.write_statement_xlsx(account.statement, account.sha256, made_at, zone=zone, to=target)
    return target.getvalue()
