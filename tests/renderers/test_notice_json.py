from __future__ import annotations

from chalicelib.renderers.notice_json import notice_as_json
from tests.builders import a_notice


def test_keys_keep_their_order() -> None:
    assert list(notice_as_json(a_notice())) == [
        *("notice_id", "verification_code", "recipient", "institution", "case_file", "document", "regime", "norm"),
        *("term", "distance", "deposited_at", "effective_on", "term_starts_on", "term_ends_on", "starts_by", "ends_by"),
        *("calendar_version", "calendar_confirmed_until", "office_hours", "legal_text_version", "files", "alerts"),
    ]


def test_instants_are_utc_and_legal_dates_are_days() -> None:
    answer = notice_as_json(a_notice())
    assert answer["deposited_at"] == "2026-03-09T20:15:30Z"
    assert answer["document"]["issued_at"] == "2026-03-06T16:05:00Z"
    assert answer["term_ends_on"] == "2026-03-23"
    assert answer["term"] == {"amount": 10, "unit": "business_days"}


def test_what_a_notice_lacks_is_null() -> None:
    assert notice_as_json(a_notice(term=None))["term"] is None


def test_where_files_are_stored_is_not_told() -> None:
    assert list(notice_as_json(a_notice())["files"][0]) == ["role", "filename", "media_type", "sha256", "size"]
