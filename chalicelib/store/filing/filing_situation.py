"""Everything that decides about filing a draft, in one read: the draft, its files, whose it is, whom it goes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pynamodb.connection import Connection

from chalicelib.domain.calendar import CalendarEntries
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import FilingDraft
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.sender.office import Office
from chalicelib.domain.upload.upload import Upload
from chalicelib.store.batch_read import ItemKey, read_together
from chalicelib.store.calendar_store import calendar_entries_from
from chalicelib.store.codec import from_data
from chalicelib.store.filing.filing_draft_store import FilingDraftStore
from chalicelib.store.filing.filing_store import FilingStore
from chalicelib.store.institution_keys import CALENDAR_KEY, CURRENT
from chalicelib.store.mailbox_store import mailbox_from
from chalicelib.store.sender.institution_store import PROFILE, institution_from
from chalicelib.store.sender.office_item import office_from, office_item
from chalicelib.store.tables import FilingItem, InstitutionItem, MailboxItem
from chalicelib.store.upload_store import UploadStore


@dataclass(frozen=True, slots=True)
class FilingSituation:
    """One consistent picture. `counted` is the last number of the institution's year; `corrected` what is corrected."""

    draft: FilingDraft | None
    mailbox: Mailbox | None
    institution: Institution | None
    office: Office | None
    calendar: CalendarEntries
    uploads: Mapping[str, Upload]
    counted: int
    corrected: Filing | None = None

    @property
    def open_office(self) -> Office | None:
        """The office that receives; the institution itself, None, where that one closed meanwhile."""
        return None if self.office is None or self.office.is_closed else self.office


class FilingSituationStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Read over one connection."""
        self._connection = connection

    def load(self, seen: FilingDraft, year: int) -> FilingSituation:
        """Read, with strong consistency, what decides about a draft that was just seen; one call.

        A correction is received by the office that has its filing, which is read after it where that is another one
        than when the draft was begun.
        """
        draft = FilingDraftStore.key(seen.draft_id)
        mailbox = (MailboxItem, seen.mailbox_id, None)
        profile = (InstitutionItem, seen.institution_id, PROFILE)
        office = _office_key(seen.institution_id, seen.office_id)
        calendar = (InstitutionItem, CALENDAR_KEY, CURRENT)
        counter = FilingStore.counter_key(seen.institution_id, year)
        corrected = (FilingItem, seen.corrects or "", None)
        uploads = [UploadStore.key(file.upload_id) for file in seen.files]
        keys: list[ItemKey] = [draft, mailbox, profile, office, calendar, counter, corrected, *uploads]
        items = read_together(self._connection, [key for key in keys if key[1]])
        item = items.get(corrected)
        filing = None if item is None else from_data(Filing, item.data)
        if filing is not None and filing.office_id != seen.office_id:
            office = _office_key(seen.institution_id, filing.office_id)
            items |= read_together(self._connection, [office]) if office[1] else {}
        return FilingSituation(
            FilingDraftStore.from_item(items.get(draft)),
            mailbox_from(items.get(mailbox)),
            institution_from(items.get(profile)),
            office_from(items.get(office)),
            calendar_entries_from(items.get(calendar)),
            {key[1]: UploadStore.from_item(items[key]) for key in uploads if key in items},
            FilingStore.counted_in(items.get(counter)),
            filing,
        )


def _office_key(institution_id: str, office_id: str | None) -> ItemKey:
    return InstitutionItem, institution_id if office_id else "", office_item(office_id or "")
