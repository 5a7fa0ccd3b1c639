"""All alerts of one notice form one batch: what is open, what was given up, which channels reached nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chalicelib.domain.alert.alert import FAILURES, GIVE_UP_AFTER, Alert, AlertState
from chalicelib.domain.alert.filing_news import FilingNews
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import Channel

_TAKEN = frozenset({AlertState.ACCEPTED, AlertState.DELAYED, AlertState.DELIVERED, AlertState.COMPLAINED})


@dataclass(frozen=True, slots=True)
class Expiry:
    """What a reminder warns of, a local day: the end of the term, or of the days in which opening the notice counts."""

    day: date
    is_of_term: bool


@dataclass(frozen=True, slots=True)
class Following:
    """What was done about a notice's alerts that failed, and what its reminder says.

    `followed` are the channels whose failure was followed up: the other channel was tried where it could be. `marked`
    are the alerts whose refused addresses are known as dead to their mailbox. `known_at` is when the notice was opened,
    once that is seen: after it nobody need be told. From `suspended_at` on nobody is alerted of anything but that.
    """

    followed: tuple[Channel, ...] = ()
    marked: tuple[str, ...] = ()
    known_at: datetime | None = None
    expiry: Expiry | None = None
    suspended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertBatch:
    """All alerts of one notice, and what their texts need: written in the deposit's own transaction.

    `attempts` counts claims by a worker; `claimed_at` is when the running claim began, `leased_until` when it lapses,
    both None when none runs.
    """

    notice_id: str
    institution_name: str
    deposited_at: datetime
    alerts: tuple[Alert, ...]
    receipt_key: str | None = None
    """Object key of the receipt where the institution attaches it, else None."""
    attempts: int = 0
    claimed_at: datetime | None = None
    leased_until: datetime | None = None
    institution_short_name: str | None = None
    """What the institution calls itself where its name has no room, else None."""
    owed: tuple[Event, ...] = ()
    """Events that the log did not take when their outcomes were written; the next worker writes them."""
    institution_id: str | None = None
    mailbox_id: str | None = None
    """Whose notice it is, and in which mailbox; both None in batches of packages before that nobody had to follow."""
    following: Following = Following()
    news: FilingNews | None = None
    """What of a filing it tells; None where it tells of a notice."""
    as_stored: Any = field(default=None, compare=False, repr=False)
    """What the store had when this was read, by which it knows whether anybody wrote since."""

    @property
    def subject(self) -> str:
        """What the log's events of it are about."""
        return f"notice#{self.notice_id}" if self.news is None else f"filing#{self.news.filing_id}"

    @property
    def is_to_institution(self) -> bool:
        """Whether it tells the institution of a filing, so that no mailbox has its addresses."""
        return self.news is not None and self.mailbox_id is None

    @property
    def has_reached_nobody(self) -> bool:
        """Whether none of it was taken or is on its way; not where it was news no more when its turn came."""
        is_under_way = any(alert.is_open or alert.state in _TAKEN for alert in self.alerts)
        return not is_under_way and all(alert.state in FAILURES or alert.is_missed for alert in self.alerts)

    @property
    def open(self) -> tuple[Alert, ...]:
        """Those still to be sent."""
        return tuple(alert for alert in self.alerts if alert.is_open)

    @property
    def attempted(self) -> tuple[Alert, ...]:
        """Those that the running claim is to send."""
        return tuple(
            alert
            for alert in self.alerts
            if alert.state is AlertState.ATTEMPTED and alert.attempted_at == self.claimed_at
        )

    @property
    def given_up(self) -> tuple[Alert, ...]:
        """Those on the operators' list."""
        return tuple(alert for alert in self.alerts if alert.state is AlertState.GAVE_UP)

    @property
    def failed_channels(self) -> tuple[Channel, ...]:
        """Those by which nobody was reached, and nothing of the deposit's own is on its way: e-mail first."""
        return tuple(channel for channel in Channel if self._failed(channel))

    @property
    def failures(self) -> tuple[tuple[Channel, datetime], ...]:
        """Those channels, each with since when: what was tried after the deposit's own reached nobody either."""
        return tuple((channel, self._lost_at(channel)) for channel in self.failed_channels)

    @property
    def unfollowed(self) -> tuple[Channel, ...]:
        """Those that failed, and nobody has looked yet what can be done about it."""
        if self.following.known_at is not None or self.following.suspended_at is not None:
            return ()
        return tuple(channel for channel in self.failed_channels if channel not in self.following.followed)

    @property
    def unmarked(self) -> tuple[Alert, ...]:
        """Those whose address the provider refused for good, which their mailbox does not know yet."""
        refused = (alert for alert in self.alerts if alert.sending is AlertState.FAILED)
        return tuple(alert for alert in refused if alert.alert_id not in self.following.marked)

    @property
    def is_to_follow(self) -> bool:
        """Whether a worker has to look what can be done about alerts that failed."""
        return bool(self.unfollowed or self.unmarked)

    @property
    def failed_since(self) -> datetime | None:
        """Since when some channel has failed, while nobody is known to have read the notice; else None."""
        if self.following.known_at is not None or self.following.suspended_at is not None:
            return None
        return min((since for _, since in self.failures), default=None)

    def by(self, channel: Channel) -> tuple[Alert, ...]:
        """Return the alerts of a channel, without those that were not needed any more."""
        found = (alert for alert in self.alerts if alert.channel is channel)
        return tuple(alert for alert in found if alert.state is not AlertState.CANCELLED)

    def _failed(self, channel: Channel) -> bool:
        """Tell whether all failed; what is on its way beside the deposit's own has reached nobody yet."""
        alerts = [alert for alert in self.by(channel) if not (alert.is_open and alert.is_added)]
        return bool(alerts) and all(alert.state in FAILURES for alert in alerts)

    def _lost_at(self, channel: Channel) -> datetime:
        """Return when the last of the deposit's own failed, or of the others where it had none."""
        alerts = [alert for alert in self.by(channel) if not alert.is_open]
        own = [alert for alert in alerts if not alert.is_added]
        return max(self._ended_at(alert) for alert in own or alerts)

    def _ended_at(self, alert: Alert) -> datetime:
        return alert.settled_at or self.deposited_at

    @property
    def resent_at(self) -> datetime | None:
        """When an operator last had some of it sent again, else None."""
        return max((alert.resent_at for alert in self.alerts if alert.resent_at is not None), default=None)

    @property
    def waiting_since(self) -> datetime:
        """Since when the one still open that waits longest has."""
        return min((self.waits_since(alert) for alert in self.open), default=self.deposited_at)

    @property
    def gives_up_at(self) -> datetime:
        """When the first of those still open is given up."""
        return min((self.ends_at(alert) for alert in self.open), default=self.deposited_at + GIVE_UP_AFTER)

    def attempts_of(self, alert: Alert) -> int:
        """Count how often an alert was tried; packages before counted the batch's own together."""
        return alert.attempts or (0 if alert.is_added else self.attempts)

    def waits_since(self, alert: Alert) -> datetime:
        """Tell since when an alert waits to be sent: the deposit, when it was added to it, or was sent again."""
        return alert.resent_at or alert.added_at or self.deposited_at

    def ends_at(self, alert: Alert) -> datetime:
        """Tell when an alert is given up: a reminder when it would come too late."""
        return alert.useful_until or self.waits_since(alert) + GIVE_UP_AFTER
