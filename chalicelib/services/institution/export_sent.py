"""Have an institution's people download what it sent as an Excel: made within the request, so it is bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.deposit.sent_search import SentSearch
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.limit import Limit
from chalicelib.gateways.export.export_files import ExportFiles
from chalicelib.services.deposit.find_sent import SentTools, each_sent
from chalicelib.services.institution.read_sent import within_reach
from chalicelib.store.limit_store import LimitStore

LINK_LIVES_S = 300
_FILES_EACH = Limit("export-staff", 60, 60 * 60)


@dataclass(frozen=True, slots=True)
class ExportSentTools:
    """What is listed, where the file lies for two days, and how often somebody may ask for one."""

    sent: SentTools
    files: ExportFiles
    limits: LimitStore
    new_id: Callable[[], str]


def export_sent(staff: SignedIn, search: SentSearch, *, tools: ExportSentTools) -> str:
    """Return a short-lived link to the file.

    Raises:
        TooManyRequests: `limit_reached`.
        TooLarge: `sent_too_many`, with what to do.
        Unavailable: `store_unavailable` or `files_unavailable`.

    """
    from chalicelib.renderers.institution import sent_xlsx  # noqa: PLC0415 - openpyxl

    now, zone, wanted = tools.sent.clock(), tools.sent.zone, within_reach(staff, search)
    member = staff.member.staff_id
    tools.limits.spend(_FILES_EACH.key(member), limit=_FILES_EACH.limit, window_s=_FILES_EACH.window_s, now=now)
    rows = [(row.notice, row.state) for row in each_sent(staff.own.institution_id, wanted, tools=tools.sent)]
    made_at = now.astimezone(zone)
    key = f"sent/{now:%Y/%m/%d}/{tools.new_id()}"
    with tools.files.writing(key) as sink:
        sent_xlsx.write_sent_xlsx(rows, sent_xlsx.SentHead(staff.own.name, wanted, made_at), zone=zone, to=sink)
    name = f"enviadas-{staff.own.institution_id}-{wanted.month}-{made_at:%Y%m%d-%H%M}.xlsx"
    return tools.files.link(key, name, sent_xlsx.MEDIA_TYPE, expires_s=LINK_LIVES_S)
