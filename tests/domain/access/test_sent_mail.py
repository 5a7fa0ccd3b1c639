from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.access.sent_mail import DAY, FEW, LONG, SHORT, SentCode, SentMail, next_mail

NOW = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def asked_every(seconds: int, during: timedelta, *, is_proven: bool = False) -> tuple[list[datetime], list[timedelta]]:
    """When an e-mail is sent to who is asked about so often, and how long it still serves whenever asked."""
    last: SentMail | None = None
    sent, left, now = [], [], NOW
    while now < NOW + during:
        wanted = next_mail(last, f"{now}", now, is_proven=is_proven)
        if wanted is not None:
            last = wanted
            sent.append(now)
        assert last is not None
        left.append(last.serves_until - now)
        now += timedelta(seconds=seconds)
    return sent, left


def test_strangers_cause_few_mails_a_day_and_there_is_always_one_that_serves() -> None:
    sent, left = asked_every(20, DAY)
    assert len(sent) < 36
    assert [at - NOW for at in sent[:FEW]] == [MINUTE * number for number in range(FEW)]
    assert min(left) >= timedelta(minutes=9)


def test_another_day_begins_anew() -> None:
    sent, _ = asked_every(60, DAY + 10 * MINUTE)
    assert [at - NOW - DAY for at in sent if at >= NOW + DAY][:3] == [timedelta(0), MINUTE, 2 * MINUTE]


def test_who_proved_something_waits_a_minute_at_most_whatever_strangers_did() -> None:
    last = SentMail("x", NOW, NOW + LONG, NOW - timedelta(hours=2), 40)
    assert next_mail(last, "y", NOW + timedelta(seconds=59), is_proven=True) is None
    assert next_mail(last, "y", NOW + MINUTE, is_proven=False) is None
    mail = next_mail(last, "y", NOW + MINUTE, is_proven=True)
    codes = (SentCode("y", NOW + MINUTE + SHORT),)
    assert mail == SentMail("y", NOW + MINUTE, NOW + MINUTE + SHORT, last.day_began, 40, codes=codes)


@pytest.mark.parametrize("is_proven", [True, False])
def test_the_first_one_is_sent_at_once(is_proven: bool) -> None:
    mail = next_mail(None, "x", NOW, is_proven=is_proven)
    assert mail == SentMail("x", NOW, NOW + SHORT, NOW, int(not is_proven), codes=(SentCode("x", NOW + SHORT),))


def test_each_code_counts_to_its_own_end_whatever_was_sent_after_it() -> None:
    first = next_mail(None, "x", NOW, is_proven=False)
    second = next_mail(first, "y", NOW + MINUTE, is_proven=False)
    assert second is not None
    assert [code.digest for code in second.counting(NOW + SHORT)] == ["x", "y"]
    assert [code.digest for code in second.counting(NOW + SHORT + MINUTE)] == ["y"]


def test_what_went_to_somebody_else_serves_nobody() -> None:
    last = SentMail("x", NOW, NOW + LONG, NOW, 40, "before", (SentCode("x", NOW + LONG),))
    mail = next_mail(last, "y", NOW, is_proven=False, to="after")
    assert mail == SentMail("y", NOW, NOW + SHORT, NOW, 1, "after", (SentCode("y", NOW + SHORT),))


def test_what_counts_no_more_is_remembered_once_another_was_sent() -> None:
    first = next_mail(None, "first", NOW, is_proven=True)
    assert first is not None
    assert first.earlier == ()
    second = next_mail(first, "second", NOW + SHORT + MINUTE, is_proven=True)
    assert second is not None
    assert (second.earlier, [code.digest for code in second.codes]) == (("first",), ["second"])
    elsewhere = next_mail(second, "third", NOW + 2 * SHORT + 2 * MINUTE, is_proven=True, to="another address")
    assert elsewhere is not None
    assert elsewhere.earlier == ()


def test_no_number_of_mails_makes_the_item_long() -> None:
    last: SentMail | None = None
    for number in range(200):
        last = next_mail(last, str(number), NOW + number * 11 * MINUTE, is_proven=True)
        assert last is not None
        assert len(last.codes) + len(last.earlier) <= 36
