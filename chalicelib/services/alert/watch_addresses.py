"""Every night: alert anew where a channel lives again, and ask addresses that were silent for long (ALR-4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from chalicelib.domain.alert.silent_address import (
    AskingPosition,
    ListPosition,
    emails_of,
    heard_at,
    is_silent,
)
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.mailbox.address_health import AddressHealth
from chalicelib.services.alert.ask_address import ADDRESS_REFUSED, ASKED, REFUSED, AskingTools, ask_address
from chalicelib.services.alert.renew import renew_notice
from chalicelib.services.alert.send_alerts import SendingTools
from chalicelib.services.work_through import FAILED, counted, log_failed
from chalicelib.store.position_store import PositionStore
from chalicelib.store.shards import SHARDS

_JOB = "watch_addresses"
_PAGE = 200
"""What a run that dies has to look at again."""
_REFUSED_IN_A_ROW = 3
"""So many are no matter of one address."""


@dataclass(frozen=True, slots=True)
class WatchedAddresses:
    """What became of notices on the list of alerts that failed, and of e-mails that were silent.

    Of notices `renewed` are alerted anew, `opened` leave the list, `held` wait for a mailbox that is frozen, `kept`
    have no channel that lives again. Of mailboxes `looked_at`, e-mails were `asked`; `first_seen` are those of which
    nothing was known, which are asked in a quarter; `spared` turned out not to be silent; of `unknown` nobody knows
    whether they were asked; `refused` were not, since the provider takes nothing. `pass_days` is how old the pass
    through all mailboxes is, if it is not over. Complete when the list was gone through and nothing failed or was
    refused.
    """

    renewed: int
    opened: int
    held: int
    kept: int
    looked_at: int
    asked: int
    first_seen: int
    spared: int
    address_refused: int
    unknown: int
    refused: int
    failed: int
    pass_days: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class WatchingTools:
    """What watching goes through. `most_a_day` is how many addresses are asked in a UTC day."""

    sending: SendingTools
    asking: AskingTools
    listed: PositionStore[ListPosition]
    asked: PositionStore[AskingPosition]
    most_a_day: int


def watch_addresses(tools: WatchingTools, *, list_until: datetime, until: datetime) -> WatchedAddresses:
    """Do both, beginning nothing after the instants given. One item that fails stops no other.

    Raises:
        Unavailable: a list or a position cannot be read or written.

    """
    outcomes: Counter[str] = Counter()
    is_through = _go_through_list(tools, outcomes, list_until)
    position = _ask_silent(tools, outcomes, until)
    days = 0 if position.is_over else (tools.sending.now() - position.begun_at).days
    is_complete = is_through and not outcomes[FAILED] and not outcomes[REFUSED]
    return counted(WatchedAddresses, outcomes, pass_days=days, is_complete=is_complete)


def _go_through_list(tools: WatchingTools, outcomes: Counter[str], until: datetime) -> bool:
    """Go on where the night before stopped; True at the end of the list, from where the next one begins anew."""
    now, positions = tools.sending.now, tools.listed
    position = positions.find() or ListPosition()
    for shard in range(position.shard, len(SHARDS)):
        since = position.since if shard == position.shard else 0
        entries = tools.sending.batches.failed(SHARDS[shard], since=since)
        while part := list(islice(entries, _PAGE)):
            for since, notice_id in part:
                if now() >= until:
                    _kept(positions, replace(position, shard=shard, since=since), now())
                    return False
                outcomes[_tried(notice_id, tools)] += 1
            position = _kept(positions, replace(position, shard=shard, since=part[-1][0]), now())
    _kept(positions, replace(position, shard=0, since=0), now())
    return True


def _kept(positions: PositionStore[ListPosition], position: ListPosition, now: datetime) -> ListPosition:
    """Keep how far it is; what another run kept meanwhile is where the next one goes on."""
    return positions.move(position, now) or replace(position, version=(positions.find() or position).version)


def _tried(notice_id: str, tools: WatchingTools) -> str:
    try:
        return renew_notice(notice_id, tools.sending)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        log_failed(_JOB, notice_id, error)
        return FAILED


def _ask_silent(tools: WatchingTools, outcomes: Counter[str], until: datetime) -> AskingPosition:
    begun = tools.sending.now()
    position = (tools.asked.find() or AskingPosition(begun)).resumed(begun)
    run = _Asking(tools, outcomes, until, position)
    while not run.position.is_over and run.goes_on:
        run.page()
    run.end()
    return run.position


@dataclass
class _Asking:
    """One night's part of a pass through all mailboxes; what is behind the position is done with.

    `refused` counts the addresses in a row to which the provider took nothing, and `before` is the position in front of
    the first of them.
    """

    tools: WatchingTools
    outcomes: Counter[str]
    until: datetime
    position: AskingPosition
    refused: int = 0
    before: AskingPosition | None = None
    is_stopped: bool = False

    @property
    def goes_on(self) -> bool:
        return not self.is_stopped and self.tools.sending.now() < self.until

    def page(self) -> None:
        """Look at some mailboxes."""
        page = self.tools.asking.mailboxes.list_page(after=self.position.after, limit=_PAGE)
        for mailbox_id, error in page.unreadable:
            log_failed(_JOB, f"mailbox …{mailbox_id[-3:]}", error)
            self.outcomes[FAILED] += 1
        for mailbox in page.mailboxes:
            for user_id in self._silent(mailbox):
                self._ask(mailbox, user_id)
            if not self.is_stopped:
                self.outcomes["looked_at"] += 1
                self.position = self.position.past(mailbox.mailbox_id)
            if not self.goes_on:
                break
        else:
            self.position = self.position.past(page.after)
        self._move()

    def end(self) -> None:
        """Have those asked again by the next night to whom the provider took nothing at last."""
        if self.before is not None:
            self.position = self.position.back_to(self.before)
            self._move()

    def _silent(self, mailbox: Mailbox) -> Iterator[str]:
        """Yield whose e-mail is to be asked; one of which nothing is known begins its quarter."""
        now = self.tools.sending.now()
        for one in emails_of(mailbox):
            if heard_at(one.health, mailbox) is None and not one.health.is_dead:
                self.outcomes[self._first_seen(mailbox, one.health, now)] += 1
            elif is_silent(one.health, mailbox, now):
                yield one.user.user_id

    def _first_seen(self, mailbox: Mailbox, health: AddressHealth, now: datetime) -> str:
        def seen(known: AddressHealth) -> AddressHealth:
            return replace(known, asked_at=now) if heard_at(known, mailbox) is None else known

        try:
            self.tools.asking.mailboxes.learn(mailbox, seen, health)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            log_failed(_JOB, health.user_id, error)
            return FAILED
        return "first_seen"

    def _ask(self, mailbox: Mailbox, user_id: str) -> None:
        """Ask one address, after it was counted; where it is too many, or another run is at it, stop."""
        now, before = self.tools.sending.now(), self.position
        if self.is_stopped or before.asked_on(now) >= self.tools.most_a_day:
            self.is_stopped = True
            return
        self.position = before.one_more(now)
        if not self._move():
            return
        try:
            outcome = ask_address(mailbox.mailbox_id, user_id, self.tools.asking, now=now)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            log_failed(_JOB, user_id, error)
            outcome = FAILED
        self.outcomes[outcome] += 1
        self._note(outcome, before)

    def _note(self, outcome: str, before: AskingPosition) -> None:
        if outcome == REFUSED:
            self.refused += 1
            self.before = self.before or before
            self.is_stopped = self.refused >= _REFUSED_IN_A_ROW
        elif outcome in {ASKED, ADDRESS_REFUSED}:
            self.refused, self.before = 0, None
            self.position = replace(self.position, held_back=0)

    def _move(self) -> bool:
        """Keep how far it is; False, and stop, where another run is at it, which goes on."""
        moved = self.tools.asked.move(self.position, self.tools.sending.now())
        if moved is None:
            self.is_stopped, self.before = True, None
            return False
        self.position = moved
        return True
