"""Have officers download what their offices got as an Excel: made within the request, so it is bounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.domain.filing.filing import FilingState
from chalicelib.domain.limit import Limit
from chalicelib.gateways.export.export_files import ExportFiles
from chalicelib.services.filing.attend_filing import AttendTools, ByOfficerAct
from chalicelib.services.filing.list_received import all_received
from chalicelib.store.limit_store import LimitStore

LINK_LIVES_S = 300
_FILES_EACH = Limit("export-staff", 60, 60 * 60)
"""Together with what somebody asks for of what was sent."""


@dataclass(frozen=True, slots=True)
class ExportInboxTools:
    """What is listed, where the file lies for two days, and how often somebody may ask for one."""

    attend: AttendTools
    files: ExportFiles
    limits: LimitStore
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class InboxCalled:
    """What the file calls the institution, the office and the state."""

    institution: str
    office: str
    state: str


def export_inbox(
    by: ByOfficerAct,
    office_ids: Sequence[str | None],
    state: FilingState,
    called: InboxCalled,
    *,
    tools: ExportInboxTools,
) -> str:
    """Return a short-lived link to the file.

    Raises:
        NotFound: `office_unknown`.
        TooManyRequests: `limit_reached`.
        TooLarge: `inbox_too_many`, with what to do.
        Unavailable: `store_unavailable` or `files_unavailable`.

    """
    from chalicelib.renderers.filing import inbox_xlsx  # noqa: PLC0415 - openpyxl

    now, zone = tools.attend.clock(), tools.attend.calendar.zone
    key = _FILES_EACH.key(by.member.staff_id)
    tools.limits.spend(key, limit=_FILES_EACH.limit, window_s=_FILES_EACH.window_s, now=now)
    rows = all_received(by, office_ids, state, tools=tools.attend)
    made_at = now.astimezone(zone)
    head = inbox_xlsx.InboxHead(called.institution, called.office, called.state, made_at)
    place = f"received/{now:%Y/%m/%d}/{tools.new_id()}"
    with tools.files.writing(place) as sink:
        inbox_xlsx.write_inbox_xlsx(rows, head, zone=zone, to=sink)
    name = f"presentadas-{by.member.institution_id}-{made_at:%Y%m%d-%H%M}.xlsx"
    return tools.files.link(place, name, inbox_xlsx.MEDIA_TYPE, expires_s=LINK_LIVES_S)
