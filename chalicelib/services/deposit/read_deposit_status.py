"""What became of a deposit, for who sent it: alerted, opened, downloaded; when, and not by whom (BOX-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.timeline import MOST_READ, Extent, NoticeLog, Timeline, timeline
from chalicelib.services.deposit.read_deposits import deposit_not_found, deposit_number
from chalicelib.services.sender.authenticate_sender import SenderTools, find_sender, read_beside_nonce
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.services.together import together
from chalicelib.store.event_store import EventStore
from chalicelib.store.reading.reading_store import FoundNotice, ReadingStore


@dataclass(frozen=True, slots=True)
class DepositStatus:
    """A deposit as it stands.

    `downloads` has the first time of each file, in that order; None where it lies in the part of the log nobody read.
    """

    delivered: DeliveredNotice
    alerts: AlertBatch | None
    timeline: Timeline
    downloads: tuple[tuple[str, datetime | None], ...]


def read_deposit_status(  # noqa: PLR0913 - a deposit, who asks, and where it stands
    notice_id: str,
    *,
    request: SignedRequest,
    claim: Claim,
    tools: SenderTools,
    readings: ReadingStore,
    events: EventStore,
) -> DepositStatus:
    """Return how one of the sender's own deposits stands, by two reads at once beside the taking of the nonce.

    Of a log that is longer than a timeline, its beginning is read as well, by a call more.

    Raises:
        Unavailable: `store_unavailable`: a system asks again, and must not take silence for nothing downloaded.
        NotFound: `notice_not_found`, also for another institution's.

    """
    sender = find_sender(request, claim, tools=tools)
    number = deposit_number(notice_id)
    notices: list[FoundNotice] = []
    logs: list[tuple[Event, ...]] = []
    reads = (
        lambda: notices.append(readings.find(number)),
        lambda: logs.append(events.newest_for_subject(f"notice#{number}", limit=MOST_READ + 1)),
    )
    read_beside_nonce(sender, reads, tools=tools)
    [found], [newest] = notices, logs
    return _status(number, sender.institution.institution_id, found, newest, events)


def read_sent_status(
    notice_id: str, institution_id: str, *, readings: ReadingStore, events: EventStore
) -> DepositStatus:
    """Return the same to the institution's people, by two reads at once.

    Raises:
        Unavailable: `store_unavailable`.
        NotFound: `notice_not_found`, also for another institution's.

    """
    number = deposit_number(notice_id)
    notices: list[FoundNotice] = []
    logs: list[tuple[Event, ...]] = []
    together(
        [
            lambda: notices.append(readings.find(number)),
            lambda: logs.append(events.newest_for_subject(f"notice#{number}", limit=MOST_READ + 1)),
        ]
    )
    return _status(number, institution_id, notices[0], logs[0], events)


def _status(
    number: str, institution_id: str, found: FoundNotice, newest: tuple[Event, ...], events: EventStore
) -> DepositStatus:
    delivered = found.delivered
    if delivered is None or delivered.notice.sender.institution_id != institution_id:
        raise deposit_not_found()
    log = NoticeLog.of_newest(newest)
    oldest = () if log.extent is Extent.WHOLE else events.list_for_subject(f"notice#{number}")
    told = timeline(delivered, found.alerts, log)
    return DepositStatus(delivered, found.alerts, told, _first_downloads(log.events, oldest))


def _first_downloads(newest: tuple[Event, ...], oldest: tuple[Event, ...]) -> tuple[tuple[str, datetime | None], ...]:
    first: dict[str, datetime | None] = {}
    is_all_read = not oldest or oldest[-1].occurred_at >= newest[0].occurred_at
    for event in oldest:
        if event.type is EventType.NOTICE_DOWNLOADED:
            first.setdefault(event.data["file"], event.occurred_at)
    for event in newest:
        if event.type is EventType.NOTICE_DOWNLOADED:
            first.setdefault(event.data["file"], event.occurred_at if is_all_read else None)
    return tuple(first.items())
