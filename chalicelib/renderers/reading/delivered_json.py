"""A notice as its reader's JSON: the envelope that lists show, and everything once it was opened."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from chalicelib.domain.deadline import Deadline
from chalicelib.domain.notice import Document, FileRole
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.timeline import Timeline, TimelineEntry
from chalicelib.renderers.notice_json import told_notice_as_json

_OF_ENVELOPE = (
    "reading",
    "opening_fixes_dates",
    "opened_at",
    "replaces",
    "replaced_by",
    "reading_suspended",
    "deadline",
    "links",
)


def envelope_as_json(delivered: DeliveredNotice, *, today: date, api_base_url: str) -> dict[str, Any]:
    """Write what a list shows; of the documents, only how many there are. `today` is the country's date.

    Of one whose reading is suspended nothing is told of its document.
    """
    notice = delivered.notice
    opening = delivered.opening
    address = f"{api_base_url}/v1/notices/{notice.notice_id}"
    return {
        "notice_id": notice.notice_id,
        "reading": delivered.reading.value,
        "institution": {"id": notice.sender.institution_id, "name": notice.sender.name},
        "document": None if delivered.suspension else _document(notice.document),
        "case_file": None if delivered.suspension else {"number": notice.case_file.number},
        "deposited_at": _instant(notice.deposited_at),
        "annexes": None if delivered.suspension else sum(file.role is FileRole.ANNEX for file in notice.files),
        "regime": notice.regime.value,
        "opening_fixes_dates": delivered.is_fixed_by_opening,
        "opened_at": opening and _instant(opening.opened_at),
        **_replacement(delivered),
        "deadline": deadline_as_json(delivered.deadline_on(today)),
        "deadline_if_opened_today": deadline_as_json(delivered.deadline_if_opened_on(today)),
        "links": {"self": address, **_ways_on(delivered, address)},
    }


def _document(document: Document) -> dict[str, str]:
    return {
        "type": document.type,
        "number": document.number,
        "subject": document.subject,
        "office": document.office,
        "issued_at": _instant(document.issued_at),
    }


def _ways_on(delivered: DeliveredNotice, address: str) -> dict[str, str]:
    if delivered.suspension is not None:
        return {}
    return {"opening": f"{address}/opening", "receipt": f"{address}/files/receipt"}


def details_as_json(
    delivered: DeliveredNotice, timeline: Timeline, *, today: date, api_base_url: str
) -> dict[str, Any]:
    """Write everything about an opened notice; its own dates are those of the receipt, `deadline` those in force."""
    whole = told_notice_as_json(delivered.notice)
    envelope = envelope_as_json(delivered, today=today, api_base_url=api_base_url)
    address = envelope["links"]["self"]
    files = [
        {"name": name, **file, "link": f"{address}/files/{name}"}
        for name, file in zip(delivered.notice.file_names, whole["files"], strict=True)
    ]
    return {
        **whole,
        **{key: envelope[key] for key in _OF_ENVELOPE},
        "files": files,
        **_history(delivered, timeline),
    }


def standing_as_json(delivered: DeliveredNotice, timeline: Timeline, *, today: date) -> dict[str, Any]:
    """Write how a notice stands: read or not, by whom, what happened when, and the dates in force on `today`."""
    return {
        "notice_id": delivered.notice.notice_id,
        "as_of": today.isoformat(),
        "reading": delivered.reading.value,
        "opened_at": delivered.opening and _instant(delivered.opening.opened_at),
        **_replacement(delivered),
        "deadline": deadline_as_json(delivered.deadline_on(today)),
        **_history(delivered, timeline),
    }


def status_as_json(
    delivered: DeliveredNotice,
    timeline: Timeline,
    downloads: tuple[tuple[str, datetime | None], ...],
    *,
    today: date,
) -> dict[str, Any]:
    """Write how a notice stands for its sender: when, and never who of the mailbox's users."""
    standing = standing_as_json(delivered, timeline.for_sender(), today=today)
    return {
        **{name: value for name, value in standing.items() if name != "seen_by"},
        "deposited_at": _instant(delivered.notice.deposited_at),
        "downloads": [{"file": name, "first_at": at and _instant(at)} for name, at in downloads],
    }


def _replacement(delivered: DeliveredNotice) -> dict[str, Any]:
    """Write which notice it replaces, and which replaces it, by their numbers; and whether its reading is suspended."""
    older, newer = delivered.notice.replaces, delivered.replaced_by
    return {
        "replaces": None if older is None else older.notice_id,
        "replaced_by": None if newer is None else newer.notice_id,
        "reading_suspended": _suspension(delivered),
    }


def _suspension(delivered: DeliveredNotice) -> dict[str, str] | None:
    """Write since when nobody reads it and why; who decided it is the institution's."""
    found = delivered.suspension
    if found is None:
        return None
    return {"at": _instant(found.at), "cause": found.request.cause.value, "detail": found.cause_in_words}


def _history(delivered: DeliveredNotice, timeline: Timeline) -> dict[str, Any]:
    return {
        "opening_contested": delivered.is_opening_contested,
        "timeline": [_entry(entry) for entry in timeline.entries],
        "timeline_extent": timeline.extent.value,
        "alerts": [_alert(entry) for entry in timeline.alerts],
        "seen_by": [
            {
                "name": seen.name,
                "first_at": _instant(seen.first_at),
                "contested": delivered.is_contested_at(seen.first_at),
            }
            for seen in delivered.seen
        ],
    }


def _entry(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "step": entry.step.value,
        "at": entry.at and _instant(entry.at),
        "who": entry.who,
        "channel": entry.channel and entry.channel.value,
        "purpose": entry.purpose and entry.purpose.value,
        "outcome": entry.outcome and entry.outcome.value,
        "reason": entry.reason,
        "file": entry.file,
        "contested": entry.is_contested,
    }


def _alert(entry: TimelineEntry) -> dict[str, Any]:
    told = {"who", "channel", "purpose", "outcome", "reason", "at"}
    return {name: value for name, value in _entry(entry).items() if name in told}


def deadline_as_json(deadline: Deadline) -> dict[str, str | int | None]:
    """Write legal dates, and what they were counted with."""
    names = ("effective_on", "term_starts_on", "term_ends_on", "starts_by", "ends_by")
    days = {name: getattr(deadline, name) for name in names}
    return {
        **{name: day and day.isoformat() for name, day in days.items()},
        "calendar_version": deadline.calendar_version,
        "unconfirmed_year": deadline.unconfirmed_year,
    }


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
