"""Deposit a notice: the use case the service exists for.

Three round trips: everything is read at once; files, receipt and nonce are written at once; one transaction
commits. What was stored before the transaction is invisible without it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.alert.plan_alerts import plan_alerts
from chalicelib.domain.alert.reminder_day import plan_reminder
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.deadline import legal_date
from chalicelib.domain.deposit.deposit import DepositCommand, DepositHint
from chalicelib.domain.deposit.deposit_warning import warnings_of
from chalicelib.domain.deposit.recipient import require_receiving
from chalicelib.domain.errors import CasillaError, Conflict, Unavailable, refusals
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.identity_document import mailboxes_of_holder
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.mailbox.channels import SmsReach
from chalicelib.domain.notice import Notice, NoticeReference, StoredFile
from chalicelib.domain.sender.consultation_policy import UNDELIVERED, limit_refusal
from chalicelib.domain.typed import is_garbled
from chalicelib.domain.upload.upload import Upload
from chalicelib.gateways.files import Files
from chalicelib.renderers.deposit.deposit_answer import render_deposit_answer
from chalicelib.renderers.deposit.receipt import render_receipt
from chalicelib.renderers.printable import is_printable
from chalicelib.services.deposit.compose_notice import Terms, check_dates, compose_notice, settle_terms
from chalicelib.services.deposit.depositor import Depositor, Known, require_may_deposit
from chalicelib.services.deposit.record_consultation import Asked, ConsultationTools, led_on, tell_after_record
from chalicelib.services.deposit.replaced_notice import find_replaced, replaced_event
from chalicelib.services.deposit.settle_files import InlineFile, settle_files
from chalicelib.services.sender.authenticate_sender import SenderTools, claim_nonce
from chalicelib.services.together import together
from chalicelib.store.deposit.deposit_store import CommitUncertain, Deposit, DepositStore
from chalicelib.store.request_store import Found, Wanted
from chalicelib.store.sender.count_store import Counter, counter_of

_MAX_TRIES = 4
_PAUSE_S = 0.1
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Sources of new identifiers, injected."""

    new_code: Callable[[], str]
    """A code that can be read aloud."""
    new_event_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class DepositTools:
    """What a deposit needs to do its work."""

    sender: SenderTools
    consultations: ConsultationTools
    deposits: DepositStore
    files: Files
    calendar: BusinessCalendar
    clock: Callable[[], datetime]
    identifiers: Identifiers
    pause: Callable[[float], None]
    """Wait some seconds before another try."""
    api_base_url: str
    portal_url: str
    """Where the portal's pages begin, for the address on the receipt."""
    reach: SmsReach


@dataclass(frozen=True, slots=True)
class DepositAnswer:
    """The 201 body, and whether it repeats an earlier answer."""

    body: bytes
    is_replay: bool


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A deposit ready to be stored: what to commit, and the bytes to store before."""

    deposit: Deposit
    receipt: bytes
    inline: tuple[InlineFile, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A deposit whose request is right by itself, whatever its mailbox is."""

    command: DepositCommand
    terms: Terms
    notice_id: str
    deposited_at: datetime
    files: tuple[StoredFile, ...]
    inline: tuple[InlineFile, ...]
    uploads: tuple[Upload, ...]
    replaces: NoticeReference | None


def deposit_notice(
    read: Callable[[], DepositCommand], *, by: Depositor, hint: DepositHint, tools: DepositTools
) -> DepositAnswer:
    """Deposit once, however often it is asked for.

    What was sent is read once, after the proof of who sends it. `hint` says what to read of the store before; where it
    was wrong, the store is read a second time. The request is judged before its mailbox is looked at, and what is
    refused then is recorded before it is told.

    Raises:
        NotAuthenticated: the signature, its key or its nonce.
        Forbidden: `institution_inactive`.
        Conflict: `office_closed`, `idempotency_key_reused`, `consent_revoked`, `mailbox_frozen`, `mailbox_disabled`,
            `recipient_channel_missing`, `upload_not_checked`, `replaced_already`; what `by` refuses of a filing that it
            answers.
        InvalidInput: what was sent; nothing is stored. `recipient_without_mailbox` is recorded, as the mailbox's
            conflicts are.
        TooManyRequests: `undelivered_limit`.
        Unavailable: `deposit_unavailable`, after every try; the same request can be sent again.

    """
    counter = counter_of(UNDELIVERED, by.institution_id, by.spread, tools.clock())
    wanted = _wanted(by, hint, counter, tools)
    fingerprint, command = "", None
    for attempt in range(_MAX_TRIES):
        tools.pause(attempt * _PAUSE_S)
        found = tools.sender.requests.load(wanted)
        sender = by.known(found)
        fingerprint = fingerprint or by.fingerprint()
        if found.recorded is not None:
            if found.recorded.fingerprint != fingerprint:
                raise _key_reused()
            return DepositAnswer(found.recorded.answer, is_replay=True)
        require_may_deposit(sender)
        if found.counted >= counter.most:
            raise limit_refusal(UNDELIVERED, counter.ends_at - tools.clock())
        if command is None:
            command = read()
            wanted = replace(
                wanted,
                mailbox_ids=_of_holder(command.mailbox_id, tools),
                upload_ids=command.upload_ids,
                replaces=command.replaces,
            )
            found = found if hint.covers(command) else tools.sender.requests.load(wanted)
        judged = _judge(command, sender, found, tools)
        beside = by.beside(command, sender)
        try:
            prepared = _prepare(judged, sender, found.mailbox, wanted=wanted, fingerprint=fingerprint, tools=tools)
            _store(prepared, sender, tools)
        except Unavailable:
            raise
        except CasillaError as refusal:
            data = {"way": "deposit", "refused": refusal.code, **led_on(command.mailbox_id, found.mailbox)}
            asked = Asked(command.mailbox_id, sender, data)
            tell_after_record(refusal, asked, counter, counted=found.counted, tools=tools.consultations)
        if _has_date_changed(judged, tools):
            continue
        try:
            tools.deposits.commit(replace(prepared.deposit, beside=beside))
        except CommitUncertain:
            continue
        _tell_garbled_name(prepared.deposit.notice)
        return DepositAnswer(prepared.deposit.answer, is_replay=False)
    raise Unavailable(
        "deposit_unavailable",
        "No se pudo confirmar el depósito. Envíe el mismo pedido, con la misma Idempotency-Key, en unos segundos.",
        retry_after=5,
    )


def _tell_garbled_name(notice: Notice) -> None:
    """Tell the operator of a holder whose name came from a registry without its letters; the notice leads to it."""
    if is_garbled(notice.holder.name) or not is_printable(notice.holder.name):
        _logger.warning("name garbled", extra={"notice_id": notice.notice_id})


def _wanted(by: Depositor, hint: DepositHint, counter: Counter, tools: DepositTools) -> Wanted:
    key_digest = hashlib.sha256(by.idempotency_key.encode()).hexdigest()
    return replace(
        by.wanted(),
        deposit_key=f"{by.institution_id}#{key_digest}",
        mailbox_ids=_of_holder(hint.mailbox_id, tools),
        upload_ids=hint.upload_ids,
        replaces=hint.replaces,
        with_calendar=True,
        counter_token=counter.token,
    )


def _of_holder(mailbox_id: str | None, tools: DepositTools) -> tuple[str, ...]:
    return () if mailbox_id is None else mailboxes_of_holder(mailbox_id, tools.consultations.prefixes)


def _judge(command: DepositCommand, sender: Known, found: Found, tools: DepositTools) -> _Judged:
    """Decide all that the request itself decides; nothing here may depend on the mailbox."""
    deposited_at = tools.clock().replace(microsecond=0)
    notice_id = tools.identifiers.new_code()
    calendar = tools.calendar.with_entries(found.calendar)
    settle = partial(settle_terms, command, sender.institution, calendar)
    older = partial(find_replaced, command, sender.institution.institution_id, found, tools.consultations.prefixes)
    files, inline = settle_files(
        command.files,
        found.uploads,
        sender.institution,
        notice_id,
        deposited_at,
        beside=refusals(lambda: check_dates(command, deposited_at, tools.calendar), settle, older),
    )
    uploads = tuple(found.uploads[upload_id] for upload_id in command.upload_ids)
    return _Judged(command, settle(), notice_id, deposited_at, files, inline, uploads, older())


def _prepare(  # noqa: PLR0913 - the facts of one deposit
    judged: _Judged,
    sender: Known,
    found: Mailbox | None,
    *,
    wanted: Wanted,
    fingerprint: str,
    tools: DepositTools,
) -> _Prepared:
    """Decide what the mailbox decides, store nothing."""
    required = sender.institution.required_channels(judged.terms.regime)
    mailbox = require_receiving(found, required, zone=tools.calendar.zone, reach=tools.reach)
    notice = compose_notice(
        judged.command,
        mailbox,
        sender.institution,
        judged.terms,
        office=sender.office,
        notice_id=judged.notice_id,
        verification_code=tools.identifiers.new_code(),
        deposited_at=judged.deposited_at,
        files=judged.files,
        replaces=judged.replaces,
        reach=tools.reach,
    )
    receipt = render_receipt(
        notice,
        verification_url=f"{tools.portal_url}/verificar/{notice.verification_code}",
        zone=tools.calendar.zone,
    )
    receipt_sha256 = hashlib.sha256(receipt).hexdigest()
    alerts = plan_alerts(
        mailbox,
        notice_id=notice.notice_id,
        institution=sender.institution,
        deposited_at=notice.deposited_at,
        receipt_key=notice.receipt_key,
        reach=tools.reach,
    )
    event = _event(notice, sender, receipt_sha256, alerts.receipt_key, tools.identifiers.new_event_id())
    deposit = Deposit(
        deposit_key=wanted.deposit_key or "",
        fingerprint=fingerprint,
        answer=render_deposit_answer(
            notice,
            receipt_sha256=receipt_sha256,
            receipt_size=len(receipt),
            api_base_url=tools.api_base_url,
            warnings=warnings_of(notice, judged.terms.counting.calendar),
        ),
        evidence=dict(sender.evidence),
        notice=notice,
        receipt_sha256=receipt_sha256,
        mailbox=mailbox,
        alerts=alerts,
        event=replace(event, data={**event.data, **led_on(judged.command.mailbox_id, mailbox)}),
        uploads=judged.uploads,
        reminder=plan_reminder(
            notice.regime, notice.deadline, deposited_at=notice.deposited_at, calendar=judged.terms.counting.calendar
        ),
        replaced=replaced_event(notice, event, tools.identifiers.new_event_id),
    )
    return _Prepared(deposit, receipt, judged.inline)


def _event(notice: Notice, sender: Known, receipt_sha256: str, attached: str | None, event_id: str) -> Event:
    """Return what the log says; `attached` is the key of what goes with the alerts, read early by who sends them."""
    return Event(
        subject=f"notice#{notice.notice_id}",
        type=EventType.NOTICE_DEPOSITED,
        occurred_at=notice.deposited_at,
        event_id=event_id,
        actor=sender.actor,
        origin=sender.origin,
        data={
            "notice_id": notice.notice_id,
            "receipt_sha256": receipt_sha256,
            "files_sha256": " ".join(file.sha256 for file in notice.files),
            **sender.told,
            **({} if attached is None else {"attached": attached}),
        },
    )


def _store(prepared: _Prepared, sender: Known, tools: DepositTools) -> None:
    """Write the nonce, if there is one, the receipt and the files sent inside the deposit, at once."""

    def put(key: str, content: bytes, media_type: str) -> Callable[[], None]:
        return lambda: tools.files.put_document(key, content, media_type)

    def writes() -> Iterator[Callable[[], None]]:
        if (nonce := sender.nonce) is not None:
            yield lambda: claim_nonce(nonce, tools=tools.sender)
        yield put(prepared.deposit.notice.receipt_key, prepared.receipt, "application/pdf")
        for file in prepared.inline:
            yield put(file.object_key, file.content, file.media_type)

    together(writes())


def _has_date_changed(judged: _Judged, tools: DepositTools) -> bool:
    """Tell whether midnight or closing time passed while files were stored: nothing is dated before its commit."""
    counting, local = judged.terms.counting, tools.calendar.local
    since, now = judged.deposited_at, tools.clock().replace(microsecond=0)
    dates = [(local(at).date(), legal_date(at, counting.calendar, counting.hours)) for at in (since, now)]
    return dates[0] != dates[1]


def _key_reused() -> Conflict:
    return Conflict(
        "idempotency_key_reused",
        "Esta Idempotency-Key ya se usó con otro contenido. Use una clave nueva para cada depósito distinto.",
    )
