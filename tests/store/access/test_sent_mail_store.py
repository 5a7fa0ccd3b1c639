from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.access.sent_mail import SHORT, SentMail, next_mail
from chalicelib.store.access.sent_mail_store import SentMailStore
from tests.access_world import PEPPER, access_world, at_once

NOW = datetime(2096, 3, 9, 20, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=61)
ABOUT = "login#1-40000002"


@pytest.fixture
def sent_mails(engine: dict[str, str]) -> SentMailStore:
    access_world(engine)
    return SentMailStore(PEPPER)


def sent(sent_mails: SentMailStore, code: str, at: datetime, last: SentMail | None = None) -> SentMail:
    mail = next_mail(last, sent_mails.digest(ABOUT, code), at, is_proven=False)
    assert mail is not None
    assert sent_mails.keep(ABOUT, mail, instead_of=last)
    return mail


def test_an_email_is_found_as_it_was_kept_and_its_codes_count_to_their_own_end(sent_mails: SentMailStore) -> None:
    assert sent_mails.find(ABOUT) is None
    first = sent(sent_mails, "K7M3QX", NOW)
    assert sent_mails.find(ABOUT) == first
    second = sent(sent_mails, "222222", LATER, first)
    assert sent_mails.look_up(ABOUT, "K7M3QX", LATER).right == first.digest
    assert sent_mails.look_up(ABOUT, "222222", LATER).right == second.digest
    assert sent_mails.look_up(ABOUT, "333333", LATER).right is None
    assert sent_mails.look_up(ABOUT, "K7M3QX", NOW + SHORT + timedelta(seconds=1)).right is None
    assert sent_mails.look_up("login#1-40000003", "K7M3QX", NOW).right is None


def test_of_many_at_once_one_is_kept(sent_mails: SentMailStore) -> None:
    def keep(number: int) -> bool:
        mail = next_mail(None, sent_mails.digest(ABOUT, f"22222{number}"), NOW, is_proven=False)
        assert mail is not None
        return sent_mails.keep(ABOUT, mail, instead_of=None)

    assert sorted(map(str, at_once(8, keep))) == ["False"] * 7 + ["True"]


@pytest.mark.parametrize("has_one_before", [True, False])
def test_what_could_not_be_sent_is_taken_back_and_ends_nothing(sent_mails: SentMailStore, has_one_before: bool) -> None:
    before = sent(sent_mails, "K7M3QX", NOW) if has_one_before else None
    lost = sent(sent_mails, "222222", LATER, before)
    sent_mails.take_back(ABOUT, lost, before=before)
    assert sent_mails.find(ABOUT) == before
    again = sent(sent_mails, "333333", LATER, before)
    sent_mails.take_back(ABOUT, lost, before=before)  # too late: another was sent
    assert sent_mails.find(ABOUT) == again


def test_a_code_that_was_used_counts_once_and_has_the_next_sent_at_once(sent_mails: SentMailStore) -> None:
    mail = sent(sent_mails, "K7M3QX", NOW)
    assert [sent_mails.use_up(mail.digest, until=NOW) for _ in range(2)] == [True, False]
    assert next_mail(sent_mails.find(ABOUT), "x", NOW, is_proven=False) is None
    sent_mails.end_serving(ABOUT, mail.digest, now=NOW)
    assert next_mail(sent_mails.find(ABOUT), "x", NOW, is_proven=False) is not None
    assert sent_mails.look_up(ABOUT, "K7M3QX", NOW).right == mail.digest


def test_what_is_forgotten_counts_no_more(sent_mails: SentMailStore) -> None:
    sent(sent_mails, "K7M3QX", NOW)
    for _ in range(2):
        sent_mails.forget(ABOUT)
    assert sent_mails.look_up(ABOUT, "K7M3QX", NOW).right is None
