"""When an e-mail about access is sent anew, and when the one before still serves.

Whoever asks is never refused, and nobody's inbox is filled: while an e-mail serves, those who ask are led to it. The
first few of a day may follow each other by a minute and serve for some minutes. Past them one serves for an hour, and
the next is sent when its end is near. So strangers can cause about thirty a day, and the owner always has one that
works.
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


@dataclass(frozen=True, slots=True)
class SentMail:
    """The last e-mail about something: until when its code serves, and how many there were since `day_began`."""

    digest: str
    sent_at: datetime
    serves_until: datetime
    day_began: datetime
    sent: int


def next_mail(last: SentMail | None, digest: str, now: datetime, *, is_proven: bool) -> SentMail | None:
    """Return the e-mail to send now; None while the last one serves. Who proved something waits a minute at most."""
    is_new_day = last is None or now >= last.day_began + DAY
    sent = 0 if last is None or is_new_day else last.sent
    is_quick = is_proven or sent < FEW
    if last is not None and now < _next_at(last, is_quick=is_quick):
        return None
    began = now if last is None or is_new_day else last.day_began
    serves = SHORT if is_quick else LONG
    return SentMail(digest, now, now + serves, began, sent if is_proven else sent + 1)


def _next_at(last: SentMail, *, is_quick: bool) -> datetime:
    after_a_minute = last.sent_at + _COOLING
    return after_a_minute if is_quick else max(after_a_minute, last.serves_until - NEAR_THE_END)
