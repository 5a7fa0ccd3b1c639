"""What an institution's people see of what it sent: all of it, or what is from the office that they are limited to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from chalicelib.domain.deposit.sent_search import SentSearch, office_of
from chalicelib.domain.errors import NotFound
from chalicelib.domain.institution.activity import Activity, Period, periods_of
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.notice import Notice
from chalicelib.gateways.files import Files
from chalicelib.services.deposit.list_unreached import UnreachedPage, list_unreached_of
from chalicelib.services.deposit.read_deposit_status import DepositStatus, read_sent_status
from chalicelib.services.deposit.read_deposits import RECEIPT_LINK_LIVES_S, deposit_not_found, deposit_number
from chalicelib.services.together import together
from chalicelib.store.deposit.unreached_store import MOST_AT_ONCE, UnreachedStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution.activity_store import ActivityStore
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.reading.reading_store import ReadingStore

RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Panel:
    """The last days and the last months, oldest first."""

    days: tuple[Period, ...]
    months: tuple[Period, ...]


def within_reach(staff: SignedIn, search: SentSearch) -> SentSearch:
    """Return a search as somebody may make it: of who is limited to an office, in that one, whatever was asked for."""
    office_id = staff.member.office_id
    return search if office_id is None else replace(search, office_id=office_id)


def read_sent(staff: SignedIn, notice_id: str, *, readings: ReadingStore, events: EventStore) -> DepositStatus:
    """Return how a notice stands that somebody may see, by two reads at once.

    Raises:
        NotFound: `notice_not_found`, also for another institution's or office's.

    """
    status = read_sent_status(notice_id, staff.own.institution_id, readings=readings, events=events)
    _require_reach(staff, status.delivered.notice)
    return status


def sent_file_link(staff: SignedIn, notice_id: str, name: str, *, notices: NoticeStore, files: Files) -> str:
    """Return a short-lived link to what was deposited, named as by `Notice.file_names`, or to the `receipt`.

    Raises:
        NotFound: `notice_not_found`, as above; `file_not_found`.

    """
    notice = notices.get(deposit_number(notice_id))
    if notice.sender.institution_id != staff.own.institution_id:
        raise deposit_not_found()
    _require_reach(staff, notice)
    if name == RECEIPT:
        wanted = notice.receipt_key, f"constancia-{notice.notice_id}.pdf", "application/pdf"
    else:
        named = dict(zip(notice.file_names, notice.files, strict=True))
        if name not in named:
            raise NotFound("file_not_found", "Esa notificación no tiene ese documento.")
        wanted = named[name].object_key, named[name].filename, named[name].media_type
    return files.document_link(*wanted, expires_s=RECEIPT_LINK_LIVES_S)


def list_unreached_sent(staff: SignedIn, *, cursor: str | None, store: UnreachedStore) -> UnreachedPage:
    """Return a page of what alerts did not reach and nobody opened, by two calls, as far as somebody may see it.

    What is another office's, was opened or was reached since is left out, so that a page may be shorter, or empty,
    with more behind it.

    Raises:
        InvalidInput: `cursor_invalid`.
        Unavailable: `store_unavailable`.

    """
    page = list_unreached_of(staff.own.institution_id, cursor=cursor, limit=MOST_AT_ONCE, store=store)
    mine = (one for one in page.deposits if reaches(staff.member, Act.SEE_SENT, office_of(one.delivered.notice)))
    return replace(page, deposits=tuple(mine))


def read_panel(staff: SignedIn, today: date, *, counts: ActivityStore) -> Panel:
    """Return what was counted of the institution, or of the office that somebody is limited to: eight calls at once.

    Raises:
        Unavailable: `store_unavailable`.

    """
    found: list[Counter[tuple[date, Activity]]] = []
    together(counts.reads(staff.own.institution_id, staff.member.office_id, today, found))
    return Panel(*periods_of(sum(found, Counter()), today))


def _require_reach(staff: SignedIn, notice: Notice) -> None:
    if not reaches(staff.member, Act.SEE_SENT, office_of(notice)):
        raise deposit_not_found()
