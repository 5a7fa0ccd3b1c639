"""Numbered lists of looks: counted with their request, or not at all; found by number, by code and by the PDF's hash.

They lie in the table of institutions: `audit#<year>-<number>`, `audit-count#<year>` with the last number, and
`audit-request#<id>` for each form. `#open-audits` names those that a job has to make, by
when they were asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.audit.audit import Audit, IssuedAudit, MadeAudit, OpenAudit, issued
from chalicelib.domain.event import Event
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution_keys import OPEN_AUDITS
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_AUDIT, _COUNT, _REQUEST = "audit#", "audit-count#", "audit-request#"
_ISSUED = "issued"
_NEW = InstitutionItem.institution_id.does_not_exist()
_OPEN_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lists, the newest first, and the reference after which the next page begins; None at the end."""

    audits: tuple[Audit, ...]
    next_after: str | None


class AuditStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Write over one connection what belongs together."""
        self._connection = connection

    def find_by_request(self, institution_id: str, request_id: str) -> Audit | None:
        """Return the list that a form made, if it did."""
        item = _find(institution_id, f"{_REQUEST}{request_id}")
        return None if item is None else self.find(institution_id, item.data["reference"])

    def last_number(self, institution_id: str, year: int) -> int:
        """Return how many lists an institution has of a year."""
        item = _find(institution_id, f"{_COUNT}{year}")
        return 0 if item is None else int(item.data["last"])

    def add(self, audit: Audit, event: Event) -> bool:
        """Keep a list under the number after the last one, with its event; False where another took that number."""
        own, before = audit.institution_id, audit.number - 1
        count = InstitutionItem(own, f"{_COUNT}{audit.year}", data={"last": audit.number}, version=audit.number)
        is_last: Condition = InstitutionItem.version == before if before else _NEW

        def write_in(transaction: TransactWrite) -> None:
            transaction.save(count, condition=is_last)
            transaction.save(_item(audit), condition=_NEW)
            asked = InstitutionItem(own, f"{_REQUEST}{audit.request_id}", data={"reference": audit.reference})
            transaction.save(asked, condition=_NEW)
            transaction.save(InstitutionItem(OPEN_AUDITS, _open_key(audit), data={}))
            EventStore().add_in(transaction, event)

        return is_written(self._connection, write_in)

    def find(self, institution_id: str, reference: str) -> Audit | None:
        """Return an institution's list by its reference, read with strong consistency."""
        item = _find(institution_id, f"{_AUDIT}{reference}")
        return None if item is None else from_data(Audit, item.data)

    @staticmethod
    def list_for_institution(institution_id: str, *, after: str | None, limit: int) -> AuditPage:
        """Return up to `limit` lists of an institution, the newest first, by one Query."""
        # `~` lies behind every number
        before = InstitutionItem.item.between(_AUDIT, f"{_AUDIT}{after or '~'}")
        try:
            found = InstitutionItem.query(
                institution_id,
                before,
                scan_index_forward=False,
                limit=limit + 2,
                page_size=limit + 2,
                consistent_read=True,
            )
            audits = [audit for item in found if (audit := from_data(Audit, item.data)).reference != after]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        shown = tuple(audits[:limit])
        return AuditPage(shown, shown[-1].reference if len(audits) > limit else None)

    @staticmethod
    def list_open() -> tuple[OpenAudit, ...]:
        """Return which lists have to be made, a thousand at most: those asked for first before others."""
        try:
            found = InstitutionItem.query(OPEN_AUDITS, limit=_OPEN_AT_ONCE, consistent_read=True)
            return tuple(from_data(OpenAudit, {**item.data, "key": item.item}) for item in found)
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def begin(self, one: OpenAudit, at: datetime) -> bool:
        """Count a try before it is begun; False where another run began it since, or it is open no more."""
        tried = replace(one, tries=one.tries + 1, tried_at=at)
        item = InstitutionItem(OPEN_AUDITS, one.key, data=to_data(tried), version=tried.tries)
        before: Condition = InstitutionItem.version == one.tries
        if not one.tries:
            before = InstitutionItem.version.does_not_exist() & InstitutionItem.institution_id.exists()
        return is_written(self._connection, lambda transaction: transaction.save(item, condition=before))

    def find_open(self, key: str) -> Audit | None:
        """Return one of them."""
        _, institution_id, reference = key.split("#")
        return self.find(institution_id, reference)

    def finish(self, audit: Audit, made: MadeAudit, event: Event) -> bool:
        """Say what a list came to, once and for ever; False where that was said before, or its code is taken."""
        public = to_data(issued(audit, made))

        def write_in(transaction: TransactWrite) -> None:
            transaction.save(_item(replace(audit, made=made), version=2), condition=InstitutionItem.version == 1)
            for name in (_code_key(made.code), _file_key(made.pdf.sha256)):
                transaction.save(InstitutionItem(name, _ISSUED, data=public), condition=_NEW)
            transaction.delete(InstitutionItem(OPEN_AUDITS, _open_key(audit)))
            EventStore().add_in(transaction, event)

        return is_written(self._connection, write_in)

    def refuse(self, audit: Audit, event: Event) -> bool:
        """Say that a list has too many looks to be made; False where what became of it was said before."""

        def write_in(transaction: TransactWrite) -> None:
            transaction.save(_item(replace(audit, is_too_long=True), version=2), condition=InstitutionItem.version == 1)
            transaction.delete(InstitutionItem(OPEN_AUDITS, _open_key(audit)))
            EventStore().add_in(transaction, event)

        return is_written(self._connection, write_in)

    @staticmethod
    def find_issued(code: str | None, sha256: str | None) -> IssuedAudit | None:
        """Return what is public of a list, by its code or else by its PDF's hash; one call.

        The CSV's finds nothing: two lists may have the same looks, or none.
        """
        item = _find(_code_key(code) if code else _file_key(sha256 or ""), _ISSUED)
        return None if item is None else from_data(IssuedAudit, item.data)


def _item(audit: Audit, *, version: int = 1) -> InstitutionItem:
    data: dict[str, Any] = to_data(audit)
    return InstitutionItem(audit.institution_id, f"{_AUDIT}{audit.reference}", data=data, version=version)


def _open_key(audit: Audit) -> str:
    return f"{audit.asked_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}#{audit.institution_id}#{audit.reference}"


def _code_key(code: str) -> str:
    return f"audit-code#{code}"


def _file_key(sha256: str) -> str:
    return f"audit-file#{sha256}"


def _find(institution_id: str, item: str) -> InstitutionItem | None:
    try:
        return InstitutionItem.get(institution_id, item, consistent_read=True)
    except InstitutionItem.DoesNotExist:
        return None
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error
