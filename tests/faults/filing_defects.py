"""Defects that filing a draft could have, each put into a container, to see that the matrix finds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import file_tools
from chalicelib.gateways.files import Files
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.filing import filing_store as kept
from chalicelib.store.filing.filing_draft_store import FilingDraftStore
from chalicelib.store.filing.filing_store import CorrectionCommit, FilingCommit, FilingStore, FilingUncertain
from chalicelib.store.tables import FilingItem
from chalicelib.store.upload_store import UploadStore
from tests.faults.defects import Defect

_NEW = FilingItem.filing_id.does_not_exist()


def _tools(box: Container, **changes: Any) -> None:
    box.made[file_tools] = replace(file_tools(box), **changes)


class _Parted(FilingStore):
    """Writes what `counts`, `closes`, `keeps` and `logs` say outside of the transaction, or not at all."""

    counts_before = False
    closes_after = False
    keeps_files = True
    logs_after = False
    is_blind = False
    """Takes the number that was read, whoever took it since."""

    def commit(self, commit: FilingCommit) -> None:
        filing = commit.filing
        own = f"count#{filing.institution_id}#{commit.year}"
        try:
            if self.counts_before:
                FilingItem(own, last=commit.count).save()
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(kept._item(filing), condition=_NEW)  # noqa: SLF001 - as it is kept
                for lead in (filing.number, filing.verification_code, filing.receipt_sha256):
                    transaction.save(FilingItem(f"lead#{lead}", leads_to=filing.filing_id))
                if not self.counts_before:
                    is_next = (
                        FilingItem.last == commit.count - 1 if commit.count > 1 else FilingItem.last.does_not_exist()
                    )
                    condition = None if self.is_blind else is_next
                    transaction.save(FilingItem(own, last=commit.count), condition=condition)
                if not self.closes_after:
                    FilingDraftStore.close_in(transaction, commit.draft)
                if not self.logs_after:
                    EventStore().add_in(transaction, commit.event)
                for upload in commit.uploads if self.keeps_files else ():
                    UploadStore.use_in(transaction, upload)
            if self.closes_after:
                FilingDraftStore.update(commit.draft)
            if self.logs_after:
                EventStore().add(commit.event)
        except PynamoDBException as error:
            raise FilingUncertain from error


class _CountsBefore(_Parted):
    counts_before = True


class _ClosesAfter(_Parted):
    closes_after = True


class _ForgetsFiles(_Parted):
    keeps_files = False


class _LogsAfter(_Parted):
    logs_after = True


class _Blind(_Parted):
    is_blind = True


class _Later(Files):
    """Keeps the receipt only once something else is asked for."""

    waiting: tuple[str, bytes, str] | None = None

    def put_document(self, key: str, content: bytes, media_type: str) -> None:
        self.waiting = (key, content, media_type)


class _ReceiptAfter(FilingStore):
    def __init__(self, box: Container, later: _Later) -> None:
        super().__init__(connection(box))
        self._box, self._later = box, later

    def commit(self, commit: FilingCommit) -> None:
        super().commit(commit)
        if self._later.waiting is not None:
            files(self._box).put_document(*self._later.waiting)


def _receipt_after(box: Container) -> None:
    config = box.config
    client = files(box)._client  # noqa: SLF001 - the process has one
    own = _Later(client, uploads_bucket=config.uploads_bucket, documents_bucket=config.documents_bucket)
    _tools(box, files=own, filings=_ReceiptAfter(box, own))


FOUND_BY_FAULTS = (
    Defect("the number is counted before", lambda box: _tools(box, filings=_CountsBefore(connection(box))), "gap"),
    Defect("the draft is closed after", lambda box: _tools(box, filings=_ClosesAfter(connection(box))), "doubled"),
    Defect("the event is written after", lambda box: _tools(box, filings=_LogsAfter(connection(box))), "half done"),
    Defect("files are not kept", lambda box: _tools(box, filings=_ForgetsFiles(connection(box))), "files"),
    Defect("the receipt is kept after", _receipt_after, "receipt"),
)
BLIND = Defect("a number that was taken", lambda box: _tools(box, filings=_Blind(connection(box))), "doubled")


class _PartedCorrection(FilingStore):
    """Writes what these say of a correction outside of its transaction, or not at all."""

    closes_after = False
    keeps_files = True
    logs_after = False
    alerts_after = False
    is_blind = False
    """Overwrites what was made of the filing since it was read."""

    def correct(self, commit: CorrectionCommit) -> None:
        filing, correction = commit.filing, commit.filing.correction
        assert correction is not None
        before = None if self.is_blind else FilingItem.version == filing.version - 1
        own = (correction.correction_id, f"code#{correction.verification_code}", f"receipt#{correction.receipt_sha256}")
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(kept._item(filing), condition=before)  # noqa: SLF001 - as it is kept
                for lead in own:
                    transaction.save(FilingItem(lead, leads_to=filing.filing_id))
                if not self.closes_after:
                    FilingDraftStore.close_in(transaction, commit.draft)
                if not self.logs_after:
                    EventStore().add_in(transaction, commit.event)
                if not self.alerts_after:
                    AlertBatchStore.add_in(transaction, commit.alerts)
                for upload in commit.uploads if self.keeps_files else ():
                    UploadStore.use_in(transaction, upload)
            if self.closes_after:
                FilingDraftStore.update(commit.draft)
            if self.logs_after:
                EventStore().add(commit.event)
            if self.alerts_after:
                with TransactWrite(connection=self._connection) as transaction:
                    AlertBatchStore.add_in(transaction, commit.alerts)
        except PynamoDBException as error:
            raise FilingUncertain from error


def _corrects(**how: bool) -> Callable[[Container], None]:
    store = type("_Corrects", (_PartedCorrection,), how)
    return lambda box: _tools(box, filings=store(connection(box)))


class _CorrectionReceiptAfter(FilingStore):
    def __init__(self, box: Container, later: _Later) -> None:
        super().__init__(connection(box))
        self._box, self._later = box, later

    def correct(self, commit: CorrectionCommit) -> None:
        super().correct(commit)
        if self._later.waiting is not None:
            files(self._box).put_document(*self._later.waiting)


def _correction_receipt_after(box: Container) -> None:
    config = box.config
    client = files(box)._client  # noqa: SLF001 - the process has one
    own = _Later(client, uploads_bucket=config.uploads_bucket, documents_bucket=config.documents_bucket)
    filed = file_tools(box).files

    class Once(_Later):
        """The filing itself is kept at once: what is struck is its correction."""

        def put_document(self, key: str, content: bytes, media_type: str) -> None:
            if own.waiting is None and not list(filed.list_documents("filings/")):
                filed.put_document(key, content, media_type)
            else:
                own.put_document(key, content, media_type)

    later = Once(client, uploads_bucket=config.uploads_bucket, documents_bucket=config.documents_bucket)
    _tools(box, files=later, filings=_CorrectionReceiptAfter(box, own))


FOUND_IN_CORRECTIONS = (
    Defect("the correction's draft is closed after", _corrects(closes_after=True), "half done"),
    Defect("the correction's event is written after", _corrects(logs_after=True), "half done"),
    Defect("the correction's alerts are written after", _corrects(alerts_after=True), "half done"),
    Defect("the correction's files are not kept", _corrects(keeps_files=False), "files"),
    Defect("the correction's receipt is kept after", _correction_receipt_after, "receipt"),
)
BLIND_CORRECTION = Defect("a correction over what an officer did", _corrects(is_blind=True), "doubled")
