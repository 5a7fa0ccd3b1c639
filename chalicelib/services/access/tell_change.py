"""Tell of a changed way in where it was registered before, and give by it what freezes the mailbox (REG-11, ACC-6).

That it is to be told is kept in the transaction of the change, so that whatever becomes of who made it, somebody hears:
`tell_owed` does what was not done. The e-mail brings a link. The SMS brings a code that is typed on the portal's own
page: people are told that no message of the service has a link to press on a telephone (ALR-2).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.freezing import contestable_for
from chalicelib.domain.access.owed_telling import OwedTelling, TellingOutcome
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.errors import MessageRefused, SendingUncertain, Unavailable
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Channel, Mailbox, MailboxUser
from chalicelib.renderers.access.access_sms import change_sms
from chalicelib.renderers.access.change_letters import Contesting, change_letter
from chalicelib.services.access.send_access_mail import send_to
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together
from chalicelib.store.access.telling_store import as_token
from chalicelib.store.codec import to_data

CONTEST_PAGE = "/no-fui-yo"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Telling:
    """What a change is told with now: `links` are to be kept before it is sent, and are what contests it."""

    owed: OwedTelling
    links: tuple[NewToken, ...]
    contesting: Contesting
    code: str

    @property
    def change(self) -> AccessChange:
        """What is told."""
        return self.owed.change

    @property
    def tokens(self) -> tuple[NewToken, ...]:
        """Return what is kept in the transaction of the change itself: what contests it, and that it is to be told."""
        return (*self.links, as_token(self.owed))

    @property
    def address(self) -> str:
        """Return the page that contests it."""
        return self.contesting.address


def new_telling(  # noqa: PLR0913 - whose, what, when, and what is said of it
    kind: ChangeKind,
    mailbox: Mailbox,
    user: MailboxUser,
    *,
    tools: AccessTools,
    now: datetime,
    says: Mapping[str, str] | None = None,
) -> Telling:
    """Make what a change is contested with; `user` is as it was on record before."""
    change = AccessChange(tools.new_event_id(), kind, user.user_id, now, user.email, user.mobile)
    return telling_of(mailbox, change, tools=tools, now=now, says=says)


def telling_of(  # noqa: PLR0913 - as above, and whether it can be contested
    mailbox: Mailbox,
    change: AccessChange,
    *,
    tools: AccessTools,
    now: datetime,
    says: Mapping[str, str] | None = None,
    is_contestable: bool = True,
) -> Telling:
    """Make what tells of a change; of one that cannot be contested, by e-mail alone."""
    channels = (Channel.EMAIL, Channel.SMS) if change.former_mobile and is_contestable else (Channel.EMAIL,)
    name = change.change_id if is_contestable else tools.new_event_id()
    owed = OwedTelling(name, mailbox.mailbox_id, change, now, channels, dict(says or {}), is_contestable)
    return with_links(owed, tools=tools, now=now)


def with_links(owed: OwedTelling, *, tools: AccessTools, now: datetime) -> Telling:
    """Make a link and a code for the channels by which it is to be told; those from before count as well."""
    if not owed.is_contestable:
        return Telling(owed, (), Contesting(), "")
    secret, code = tools.new_secret(), tools.new_code()
    until = now + contestable_for(owed.change.kind)
    data = {"mailbox_id": owed.mailbox_id, "change": to_data(owed.change)}
    names = {Channel.EMAIL: secret, Channel.SMS: code}
    links = tuple(
        NewToken(TokenKind.CONTEST, names[channel], now, until, data={**data, "channel": channel.value})
        for channel in owed.channels
    )
    return Telling(owed, links, Contesting(f"{tools.portal_url}{CONTEST_PAGE}/{secret}", until), code)


def tell_former(telling: Telling | None, *, tools: AccessTools, now: datetime) -> bool:
    """Tell the former address and the former mobile at once; False when no e-mail of it went out now.

    The change stands whatever becomes of this, and what is left to tell is told by a worker.
    """
    return telling is not None and Channel.EMAIL in send_telling(telling, tools=tools, now=now)


def send_telling(telling: Telling, *, tools: AccessTools, now: datetime, key: str = "") -> frozenset[Channel]:
    """Send what tells of a change, keep what is left to tell, and return the channels that took it.

    `key` is the item's that a worker found; whoever makes the change knows it by its name.
    """
    owed, change = telling.owed, telling.owed.change
    outcomes: dict[Channel, TellingOutcome] = {}
    letter = change_letter(owed, tools.letterhead, telling.contesting, now)

    def tell(channel: Channel, send: Callable[[], object]) -> None:
        outcomes[channel] = _outcome(channel, send)

    calls: list[Callable[[], object]] = []
    if Channel.EMAIL in owed.channels:
        calls.append(lambda: tell(Channel.EMAIL, lambda: send_to(letter, change.former_email, tools=tools, now=now)))
    if Channel.SMS in owed.channels:
        number, text = change.former_mobile or "", change_sms(change.kind, telling.code, tools.letterhead.portal)
        calls.append(lambda: tell(Channel.SMS, lambda: tools.sms().send(number, text)))
    together(calls)
    _record(telling, outcomes, tools, key)
    return frozenset(channel for channel, outcome in outcomes.items() if outcome is TellingOutcome.ACCEPTED)


def _outcome(channel: Channel, send: Callable[[], object]) -> TellingOutcome:
    try:
        send()
    except MessageRefused as error:
        outcome, code = TellingOutcome.FAILED, error.code
    except SendingUncertain as error:
        outcome, code = TellingOutcome.UNKNOWN, error.code
    except Unavailable as error:
        outcome, code = TellingOutcome.REFUSED, error.code
    else:
        return TellingOutcome.ACCEPTED
    _logger.warning("change not told", extra={"channel": channel.value, "outcome": outcome.value, "code": code})
    return outcome


def _record(telling: Telling, outcomes: Mapping[Channel, TellingOutcome], tools: AccessTools, key: str) -> None:
    """Keep what is left to tell. What nobody was sent is void, so that no more codes count than went out."""
    unsent = {TellingOutcome.REFUSED, TellingOutcome.FAILED}
    void = [link for link in telling.links if outcomes.get(Channel(link.data["channel"])) in unsent]
    try:
        tools.tellings.record(telling.owed.after(outcomes), void, key=key)
    except Unavailable as error:  # it was told, and may be again
        _logger.warning("telling not recorded", extra={"code": error.code})
