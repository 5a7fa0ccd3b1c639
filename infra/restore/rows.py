"""What the checker notes of each item of a table. An item that cannot be read is noted as such, and stops nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.event import EventType
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import FilingDraft
from chalicelib.domain.mailbox import MailboxState
from chalicelib.domain.notice import Notice
from chalicelib.store.alert.alert_batch_item import batch_from_item
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.institution_keys import OUTAGES
from chalicelib.store.mailbox_store import mailbox_from
from chalicelib.store.tables import AlertBatchItem, MailboxItem
from infra.restore.ledger import Row

LETS_IN = frozenset(
    {
        TokenKind.SESSION,
        TokenKind.STAFF_SESSION,
        TokenKind.LOGIN_CODE,
        TokenKind.RESET_LINK,
        TokenKind.NEW_EMAIL_CODE,
        TokenKind.ADDRESS_CODE,
        TokenKind.IDENTITY,
    }
)
"""Kinds by which somebody gets in, or proves something, who may have used them or been logged out since.

Links that begin an access are not among them: what their use did is as lost as the use.
"""

LEAP = "leap"
"""`leap#<institution>#<year>#<restored tables>`: from number `first` to `last` none was given, because of a restore."""
_OF_FILINGS = {
    EventType.FILING_FILED: "receipt_sha256",
    EventType.FILING_CORRECTED: "receipt_sha256",
    EventType.FILING_ANSWERED: "notice_id",
}
"""What the log tells of a filing beside its number."""

Item = dict[str, dict[str, Any]]
_Noted = Iterator[tuple[str, Row]]


def rows_of(variable: str, item: Item) -> list[tuple[str, Row]]:
    """Return the rows of one item of a table; of tables that are not compared with others there are none."""
    read = _READERS.get(variable)
    if read is None:
        return []
    try:
        return list(read(item))
    except Exception as error:  # noqa: BLE001 - a damaged item may raise whatever it likes
        thing = " ".join(_text(item, name) for name in _KEYS[variable])
        return [("unreadable", (variable, thing, type(error).__name__))]


def _notice(item: Item) -> _Noted:
    notice = from_data(Notice, _data(item))
    yield (
        "notices",
        (
            _text(item, "notice_id"),
            notice.sender.institution_id,
            notice.mailbox_id,
            to_data(notice.deposited_at),
            _text(item, "receipt_sha256") or None,
            _text(item, "opened_at") or None,
            _text(item, "opening_id") or None,
            _number(item, "remind_at") if "remind_shard" in item else None,
        ),
    )
    yield "files", (notice.receipt_key, notice.notice_id, _text(item, "receipt_sha256") or None, None)
    for file in notice.files:
        yield "files", (file.object_key, notice.notice_id, file.sha256, file.size)


def _deposit(item: Item) -> _Noted:
    answer = json.loads(bytes(item["answer"]["B"]))
    notice_id = _text(item, "notice_id")
    if answer["notice_id"] != notice_id:
        raise ValueError(notice_id)
    yield "deposits", (_text(item, "deposit_key"), notice_id, answer["deposited_at"], answer["receipt"]["sha256"])


def _alerts(item: Item) -> _Noted:
    batch = batch_from_item(AlertBatchItem.from_raw_data(item))
    still = [alert.alert_id for alert in batch.open]
    if batch.news is not None:
        yield "filing_alerts", (batch.notice_id, batch.news.filing_id, len(still))
        return
    yield "alerts", (batch.notice_id, to_data(batch.deposited_at), " ".join(still), len(still))


def _event(item: Item) -> _Noted:
    subject, kind, position = _text(item, "subject"), _text(item, "type"), _text(item, "position")
    at, _, event_id = position.partition("#")
    data, (what, _, thing) = _data(item), subject.partition("#")
    if kind == EventType.NOTICE_DEPOSITED:
        yield "deposited", (thing, event_id, at, data["receipt_sha256"])
    elif kind == EventType.NOTICE_OPENED:
        yield "opened", (thing, event_id)
    elif kind == EventType.ALERT_SENT:
        yield "sent", (thing, data["alert_id"])
    elif kind in _OF_FILINGS:
        yield "filing_events", (thing, kind, event_id, data.get(_OF_FILINGS[EventType(kind)], ""))
    elif kind in (EventType.MAILBOX_OPENED, EventType.INSTITUTION_ADDED):
        yield "told", (what, thing)
    elif kind == EventType.STATEMENT_CLOSED:
        yield "told", ("statement", f"{thing} {data['month']}")


def _mailbox(item: Item) -> _Noted:
    mailbox = mailbox_from(MailboxItem.from_raw_data(item))
    if mailbox is None:
        return
    is_open = mailbox.state is MailboxState.OPEN
    yield "mailboxes", (mailbox.mailbox_id, int(is_open))
    for user in mailbox.users if is_open else ():
        yield "users", (mailbox.username_of(user), mailbox.mailbox_id, user.user_id)


def _account(item: Item) -> _Noted:
    username = _text(item, "username")
    if not username.startswith("former#"):
        data = _data(item)
        yield "accounts", (username, data["mailbox_id"], data["user_id"])


def _institution(item: Item) -> _Noted:
    owner, name = _text(item, "institution_id"), _text(item, "item")
    series, _, number = name.partition("#")
    if name == "profile":
        yield "institutions", (owner,)
    elif series == "version" and owner.startswith("calendar#"):
        yield "numbered", (owner, int(number))
    elif series == "audit":
        year, _, own = number.rpartition("-")
        yield "numbered", (f"audit {owner} {year}", int(own))
    elif owner == OUTAGES and series == "outage":
        day, _, own = number.rpartition("-")
        yield "numbered", (f"outage {day}", int(own))


def _draft(item: Item) -> _Noted:
    """Note a person's draft of a filing; what officers write is compared with nothing."""
    series, _, draft_id = _text(item, "composition_id").partition("#")
    if series == "filing":
        draft = from_data(FilingDraft, _data(item))
        yield "drafts", (draft_id, int(draft.is_open), draft.filing_id)


def _filing(item: Item) -> _Noted:
    key = _text(item, "filing_id")
    series, _, name = key.partition("#")
    if series == "count":
        institution, year = name.split("#")
        yield "counts", (institution, year, _number(item, "last"))
    elif series == LEAP:
        institution, year, _ = name.split("#")
        yield "leaps", (institution, year, _number(item, "first"), _number(item, "last"))
    elif series == "answer":
        for told in item["answers"]["SS"]:
            yield "answers", (name, told.partition("#")[0])
    elif "leads_to" in item:
        yield "leads", (key, _text(item, "leads_to"))
    else:
        yield from _whole_filing(from_data(Filing, _data(item)))


def _whole_filing(filing: Filing) -> _Noted:
    year, _, number = filing.number.partition("-")
    correction, answer = filing.correction, filing.answer
    yield (
        "filings",
        (
            filing.filing_id,
            filing.institution_id,
            year,
            int(number),
            filing.mailbox_id,
            filing.draft_id,
            filing.verification_code,
            filing.receipt_sha256,
            None if correction is None else correction.correction_id,
            None if correction is None else correction.receipt_sha256,
            None if answer is None else answer.notice_id,
        ),
    )
    yield "files", (filing.receipt_key, filing.filing_id, filing.receipt_sha256, None)
    if correction is not None:
        yield "files", (correction.receipt_key, filing.filing_id, correction.receipt_sha256, None)
    for document in filing.all_documents:
        yield "files", (document.object_key, filing.filing_id, document.sha256, document.size)


def _statement(item: Item) -> _Noted:
    yield "statements", (_text(item, "institution_id"), _text(item, "month"))


def _token(item: Item) -> _Noted:
    token = _text(item, "token")
    kind = token.partition("#")[0]
    if kind in LETS_IN or kind == TokenKind.WAITING_EMAIL:
        yield "tokens", (token, kind, _number(item, "valid_until"))


_READERS: Mapping[str, Callable[[Item], _Noted]] = {
    "NOTICES_TABLE": _notice,
    "DEPOSITS_TABLE": _deposit,
    "ALERTS_TABLE": _alerts,
    "EVENTS_TABLE": _event,
    "MAILBOXES_TABLE": _mailbox,
    "ACCOUNTS_TABLE": _account,
    "INSTITUTIONS_TABLE": _institution,
    "STATEMENTS_TABLE": _statement,
    "COMPOSITIONS_TABLE": _draft,
    "FILINGS_TABLE": _filing,
    "TOKENS_TABLE": _token,
}
_KEYS: Mapping[str, tuple[str, ...]] = {
    "NOTICES_TABLE": ("notice_id",),
    "DEPOSITS_TABLE": ("deposit_key",),
    "ALERTS_TABLE": ("notice_id",),
    "EVENTS_TABLE": ("subject", "position"),
    "MAILBOXES_TABLE": ("mailbox_id",),
    "ACCOUNTS_TABLE": ("username",),
    "INSTITUTIONS_TABLE": ("institution_id", "item"),
    "STATEMENTS_TABLE": ("institution_id", "month"),
    "COMPOSITIONS_TABLE": ("composition_id",),
    "FILINGS_TABLE": ("filing_id",),
    "TOKENS_TABLE": ("token",),
}
READ = tuple(_READERS)
"""The tables that are compared."""


def _text(item: Item, name: str) -> str:
    return str(item.get(name, {}).get("S", ""))


def _number(item: Item, name: str) -> int:
    return int(float(item[name]["N"]))


def _data(item: Item) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(item["data"]["S"])
    return data
