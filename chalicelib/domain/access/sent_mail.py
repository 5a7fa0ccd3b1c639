"""When an e-mail about access is sent anew, and when the one before still serves.

Whoever asks is never refused, and nobody's inbox is filled: while an e-mail serves, those who ask are led to it. The
first few of a day follow each other quickly. Past them one serves for an hour, and the next is sent when its end is
near, or when its code was used. So strangers can cause some dozens a day, and the owner always has one that works. An
e-mail never ends another: each code counts until its own end, or its use.
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
_MOST_CODES = 24
_MOST_EARLIER = 12


@dataclass(frozen=True, slots=True)
class Pace:
    """How many of a day follow each other quickly, how far apart, and how long each of them serves."""

    few: int
    apart: timedelta
    serves: timedelta


QUICK = Pace(FEW, timedelta(seconds=RESEND_COOLING_S), SHORT)


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
    earlier: tuple[str, ...] = ()
    """Keyed hashes of codes that count no more, and after which another was sent."""

    def sent_at_earliest(self, code: SentCode) -> datetime:
        """Return when a code was sent; of an e-mail before the last, no later than that."""
        return self.sent_at if code.digest == self.digest else code.until - LONG

    def counting(self, now: datetime) -> tuple[SentCode, ...]:
        """Return the codes that count."""
        return tuple(code for code in self.codes if code.until >= now)


def next_mail(  # noqa: PLR0913 - what was sent, what is to be, to whom
    last: SentMail | None, digest: str, now: datetime, *, is_proven: bool, to: str = "", pace: Pace = QUICK
) -> SentMail | None:
    """Return the e-mail to send now; None while the last one serves. Who proved something waits as for a quick one.

    What went to somebody else serves nobody: to an address that was changed, or from before a password or a mailbox
    was there.
    """
    own = last if last is not None and last.to == to else None
    is_same_day = own is not None and now < own.day_began + DAY
    sent = own.sent if own is not None and is_same_day else 0
    is_quick = is_proven or sent < pace.few
    if own is not None and now < min(own.serves_until, own.sent_at + pace.apart if is_quick else _near_the_end(own)):
        return None
    began = own.day_began if own is not None and is_same_day else now
    until = now + (pace.serves if is_quick else LONG)
    before = own.codes if own is not None else ()
    codes = (*(own.counting(now) if own is not None else ()), SentCode(digest, until))[-_MOST_CODES:]
    over = tuple(code.digest for code in before if code not in codes)
    earlier = (*(own.earlier if own is not None else ()), *over)[-_MOST_EARLIER:]
    return SentMail(digest, now, until, began, sent if is_proven else sent + 1, to, codes, earlier)


def _near_the_end(mail: SentMail) -> datetime:
    return mail.serves_until - NEAR_THE_END
