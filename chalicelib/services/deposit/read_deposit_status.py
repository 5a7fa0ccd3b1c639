"""What became of a deposit, for who sent it: alerted, opened, downloaded; when, and not by whom (BOX-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.alert.alert import AlertBatch
from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.services.deposit.read_deposits import deposit_not_found
from chalicelib.services.sender.authenticate_sender import SenderTools, find_sender
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.services.together import together
from chalicelib.store.event_store import EventStore
from chalicelib.store.reading.reading_store import FoundNotice, ReadingStore


@dataclass(frozen=True, slots=True)
class DepositStatus:
    """A deposit as it stands; `downloads` has the first time of each file, in that order."""

    delivered: DeliveredNotice
    alerts: AlertBatch | None
    downloads: tuple[tuple[str, datetime], ...]


def read_deposit_status(  # noqa: PLR0913 - a deposit, who asks, and where it stands
    notice_id: str,
    *,
    request: SignedRequest,
    claim: Claim,
    tools: SenderTools,
    readings: ReadingStore,
    events: EventStore,
) -> DepositStatus:
    """Return how one of the sender's own deposits stands, by two calls at once after the sender is known.

    Raises:
        NotFound: `notice_not_found`, also for another institution's.

    """
    sender = find_sender(request, claim, tools=tools)
    try:
        number = parse_code(notice_id)
    except InvalidInput as error:
        raise deposit_not_found() from error
    notices: list[FoundNotice] = []
    logs: list[tuple[Event, ...]] = []
    together(
        [
            lambda: notices.append(readings.find(number)),
            lambda: logs.append(events.list_for_subject(f"notice#{number}")),
        ]
    )
    [found], [logged] = notices, logs
    delivered = found.delivered
    if delivered is None or delivered.notice.sender.institution_id != sender.institution.institution_id:
        raise deposit_not_found()
    return DepositStatus(delivered, found.alerts, _first_downloads(logged))


def _first_downloads(events: tuple[Event, ...]) -> tuple[tuple[str, datetime], ...]:
    first: dict[str, datetime] = {}
    for event in events:
        if event.type is EventType.NOTICE_DOWNLOADED:
            first.setdefault(event.data["file"], event.occurred_at)
    return tuple(first.items())
