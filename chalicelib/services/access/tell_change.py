"""Tell of a changed way in where it was registered before, and give by it what freezes the mailbox (REG-11, ACC-6).

The e-mail brings a link. The SMS brings a code that is typed on the portal's own page: people are told that no message
of the service has a link to press on a telephone (ALR-2).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.token import VALID_FOR, NewToken, TokenKind
from chalicelib.domain.errors import MessageRefused, Unavailable
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Channel, Mailbox, MailboxUser
from chalicelib.renderers.access.access_letters import password_changed_letter
from chalicelib.renderers.access.access_sms import change_sms
from chalicelib.renderers.letters import Letter
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together
from chalicelib.store.codec import to_data

CONTEST_PAGE = "/no-fui-yo"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Telling:
    """What a change is told with: `tokens` are to be kept in the transaction of the change itself."""

    change: AccessChange
    tokens: tuple[NewToken, ...]
    address: str
    code: str
    until: datetime


def new_telling(kind: ChangeKind, mailbox: Mailbox, user: MailboxUser, *, tools: AccessTools, now: datetime) -> Telling:
    """Make what a change is contested with; `user` is as it was on record before."""
    change = AccessChange(tools.new_event_id(), kind, user.user_id, now, user.email, user.mobile)
    data = {"mailbox_id": mailbox.mailbox_id, "change": to_data(change)}
    by_email, by_sms = ({**data, "channel": channel.value} for channel in (Channel.EMAIL, Channel.SMS))
    secret, code, until = tools.new_secret(), tools.new_code(), now + VALID_FOR[TokenKind.CONTEST]
    link = NewToken(TokenKind.CONTEST, secret, now, until, data=by_email)
    typed = NewToken(TokenKind.CONTEST, code, now, until, data=by_sms)
    address = f"{tools.portal_url}{CONTEST_PAGE}/{secret}"
    return Telling(change, (link, typed) if user.mobile else (link,), address, code, until)


def tell_former(telling: Telling, letter: Letter, *, tools: AccessTools, now: datetime) -> bool:
    """Tell the former address and the former mobile at once; False when the e-mail could not go out."""
    told: list[bool] = []
    change = telling.change
    calls: list[Callable[[], object]] = [
        lambda: told.append(tell(letter, change.former_email, tools=tools, now=now)),
    ]
    if mobile := change.former_mobile:
        text = change_sms(change.kind, telling.code, tools.letterhead.portal)
        calls.append(lambda: _send_sms(mobile, text, tools))
    together(calls)
    return told[0]


def tell_password_changed(telling: Telling | None, *, tools: AccessTools, now: datetime) -> bool:
    """Tell the owner that the password is another one; False when no e-mail of it can go out."""
    if telling is None:
        return False
    letter = password_changed_letter(now, tools.letterhead, contest=telling.address, until=telling.until)
    return tell_former(telling, letter, tools=tools, now=now)


def _send_sms(mobile: str, text: str, tools: AccessTools) -> None:
    try:
        tools.sms().send(mobile, text)
    except (MessageRefused, Unavailable) as error:  # the change stands, and the e-mail tells of it
        _logger.warning("change not told by SMS", extra={"code": error.code})
