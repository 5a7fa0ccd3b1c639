"""When an e-mail about access is sent anew, and when the one before still serves.

Whoever asks is never refused, and nobody's inbox is filled: while an e-mail serves, those who ask are led to it. The
first few of a day may follow each other by a minute. Past them one serves for an hour, and the next is sent when its
end is near. So strangers can cause about thirty a day, and the owner always has one that works. An e-mail never ends
another: each code counts until its own end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.access.access_policy import RESEND_COOLING_S

DAY = timedelta(days=1)
FEW = 5
"""How many of a day follow each other quickly."""
SHORT = timedelta(minutes=10)
LONG = timedelta(hours=1)
NEAR_THE_END = timedelta(minutes=10)
_COOLING = timedelta(seconds=RESEND_COOLING_S)
_MOST_CODES = 12


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code's keyed hash, and until when it counts."""

    digest: str
    until: datetime


@dataclass(frozen=True, slots=True)
class SentMail:
    """The last e-mail about something: when it was sent, until when it serves, how many there were since `day_began`.

    `to` is a keyed hash of whom it went to. `codes` are those of it and of the ones before that may still count.
    """

    digest: str
    sent_at: datetime
    serves_until: datetime
    day_began: datetime
    sent: int
    to: str = ""
    codes: tuple[SentCode, ...] = ()

    def counting(self, now: datetime) -> tuple[SentCode, ...]:
        """Return the codes that count."""
        return tuple(code for code in self.codes if code.until >= now)


def next_mail(  # noqa: PLR0913 - what was sent, what is to be, to whom
    last: SentMail | None, digest: str, now: datetime, *, is_proven: bool, to: str = "", short: timedelta = SHORT
) -> SentMail | None:
    """Return the e-mail to send now; None while the last one serves. Who proved something waits a minute at most.

    `short` is how long a quick one serves. What went to somebody else serves nobody: to an address that was changed, or
    from before a password or a mailbox was there.
    """
    own = last if last is not None and last.to == to else None
    is_same_day = own is not None and now < own.day_began + DAY
    sent = own.sent if own is not None and is_same_day else 0
    is_quick = is_proven or sent < FEW
    if own is not None and now < _next_at(own, is_quick=is_quick):
        return None
    began = own.day_began if own is not None and is_same_day else now
    until = now + (short if is_quick else LONG)
    codes = (*(own.counting(now) if own is not None else ()), SentCode(digest, until))
    return SentMail(digest, now, until, began, sent if is_proven else sent + 1, to, codes[-_MOST_CODES:])


def _next_at(last: SentMail, *, is_quick: bool) -> datetime:
    after_a_minute = last.sent_at + _COOLING
    return after_a_minute if is_quick else max(after_a_minute, last.serves_until - NEAR_THE_END)
