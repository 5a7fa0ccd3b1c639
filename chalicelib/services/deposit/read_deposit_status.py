"""What became of a deposit, for who sent it: alerted, opened, downloaded; when, and not by whom (BOX-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.alert.alert import AlertBatch
from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.services.deposit.deposit_notice import DepositTools
from chalicelib.services.deposit.read_deposits import deposit_not_found
from chalicelib.services.reading.tools import ReadingTools
from chalicelib.services.sender.authenticate_sender import authenticate_sender, wanted_for
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.services.together import together
from chalicelib.store.reading.reading_store import FoundNotice


@dataclass(frozen=True, slots=True)
class DepositStatus:
    """A deposit as it stands; `downloads` has the first time of each file, in that order."""

    delivered: DeliveredNotice
    alerts: AlertBatch | None
    downloads: tuple[tuple[str, datetime], ...]


def read_deposit_status(
    notice_id: str, *, request: SignedRequest, claim: Claim, tools: DepositTools, reading: ReadingTools
) -> DepositStatus:
    """Return how one of the sender's own deposits stands, by two calls at once after the sender is known.

    Raises:
        NotFound: `notice_not_found`, also for another institution's.

    """
    loaded = tools.deposits.load(wanted_for(claim))
    sender = authenticate_sender(request, claim, loaded, authority=tools.config.api_authority, now=tools.clock())
    try:
        number = parse_code(notice_id)
    except InvalidInput as error:
        raise deposit_not_found() from error
    notices: list[FoundNotice] = []
    logs: list[tuple[Event, ...]] = []
    together(
        [
            lambda: notices.append(reading.readings.find(number)),
            lambda: logs.append(reading.events.list_for_subject(f"notice#{number}")),
        ]
    )
    [found], [events] = notices, logs
    delivered = found.delivered
    if delivered is None or delivered.notice.sender.institution_id != sender.institution.institution_id:
        raise deposit_not_found()
    return DepositStatus(delivered, found.alerts, _first_downloads(events))


def _first_downloads(events: tuple[Event, ...]) -> tuple[tuple[str, datetime], ...]:
    first: dict[str, datetime] = {}
    for event in events:
        if event.type is EventType.NOTICE_DOWNLOADED:
            first.setdefault(event.data["file"], event.occurred_at)
    return tuple(first.items())
