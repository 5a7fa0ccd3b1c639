"""Everything about a request that deposits, in one read: who sends it, whether it came before, what it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pynamodb.connection import Connection

from chalicelib.domain.calendar import NO_ENTRIES, CalendarEntries
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.sender.institution import Institution, SigningKey
from chalicelib.domain.sender.office import Office
from chalicelib.domain.upload.upload import Upload
from chalicelib.store.batch_read import ItemKey, read_together
from chalicelib.store.calendar_store import calendar_entries_from
from chalicelib.store.institution_keys import CALENDAR_KEY, CURRENT
from chalicelib.store.mailbox_store import mailbox_from
from chalicelib.store.reading.reading_store import delivered_from_item
from chalicelib.store.sender.institution_store import PROFILE, institution_from, key_item, signing_key_from
from chalicelib.store.sender.office_item import office_from, office_item
from chalicelib.store.tables import DepositItem, InstitutionItem, MailboxItem, NoticeItem, TokenItem, UploadItem
from chalicelib.store.upload_store import UploadStore


@dataclass(frozen=True, slots=True)
class RecordedDeposit:
    """What was answered to an idempotency key, and the fingerprint of the body it came with."""

    fingerprint: str
    answer: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one request asks the store for; None, or empty, for what it does not concern."""

    institution_id: str
    key_id: str = ""
    nonce_token: str = ""
    deposit_key: str | None = None
    mailbox_ids: tuple[str, ...] = ()
    """What the holder's mailbox can be called, the one that receives where there are more first."""
    upload_ids: tuple[str, ...] = ()
    replaces: str | None = None
    """The number of a notice that another one is to be deposited in place of."""
    counter_token: str | None = None
    with_calendar: bool = False
    office_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One consistent picture of all that decides about a request."""

    institution: Institution | None
    signing_key: SigningKey | None
    nonce_digest: str | None
    nonce_expires_at: float
    recorded: RecordedDeposit | None
    mailbox: Mailbox | None
    uploads: Mapping[str, Upload]
    replaced: DeliveredNotice | None = None
    """The notice to be replaced, whosever it is."""
    counted: int = 0
    """What the counter stands at that was asked for."""
    calendar: CalendarEntries = NO_ENTRIES
    """What was entered in the country's calendar."""
    office: Office | None = None


class RequestStore:
    """Reads what decides about a signed request, over one connection."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def load(self, wanted: Wanted) -> Found:
        """Read everything in one strongly consistent round trip.

        Raises:
            Unavailable: `store_unavailable`.

        """
        profile = (InstitutionItem, wanted.institution_id, PROFILE)
        key = (InstitutionItem, wanted.institution_id if wanted.key_id else "", key_item(wanted.key_id))
        office = (
            InstitutionItem,
            wanted.institution_id if wanted.office_id else "",
            office_item(wanted.office_id or ""),
        )
        nonce = (TokenItem, wanted.nonce_token, None)
        recorded = (DepositItem, wanted.deposit_key or "", None)
        mailboxes: list[ItemKey] = [(MailboxItem, mailbox_id, None) for mailbox_id in wanted.mailbox_ids]
        counter = (TokenItem, wanted.counter_token or "", None)
        calendar = (InstitutionItem, CALENDAR_KEY if wanted.with_calendar else "", CURRENT)
        uploads: list[ItemKey] = [(UploadItem, upload_id, None) for upload_id in wanted.upload_ids]
        replaced = (NoticeItem, wanted.replaces or "", None)
        single = (profile, key, office, nonce, recorded, counter, calendar, replaced)
        keys: Iterable[ItemKey] = (*single, *mailboxes, *uploads)
        items = read_together(self._connection, [item_key for item_key in keys if item_key[1]])
        older = items.get(replaced)
        token, counted = items.get(nonce), items.get(counter)
        return Found(
            institution=institution_from(items.get(profile)),
            signing_key=signing_key_from(items.get(key)),
            nonce_digest=token.digest if token else None,
            nonce_expires_at=token.expires_at.timestamp() if token else 0.0,
            recorded=_recorded_from(items.get(recorded)),
            mailbox=mailbox_from(next((items[one] for one in mailboxes if one in items), None)),
            uploads={item_key[1]: UploadStore.from_item(items[item_key]) for item_key in uploads if item_key in items},
            replaced=None if older is None else delivered_from_item(older),
            counted=int(counted.attempts) if counted else 0,
            calendar=calendar_entries_from(items.get(calendar)),
            office=office_from(items.get(office)),
        )


def _recorded_from(item: DepositItem | None) -> RecordedDeposit | None:
    return None if item is None else RecordedDeposit(item.fingerprint, item.answer)
