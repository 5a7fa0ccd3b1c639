"""Tell by the channels on record that a password is being restored at a desk; what was done stands without it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.desk.recovery import Recovery, RecoveryRefusal, RecoveryState
from chalicelib.domain.errors import MessageRefused, Unavailable
from chalicelib.domain.mailbox import Mailbox, MailboxUser, UserState
from chalicelib.renderers.desk.recovery_letters import asked_letter, refused_letter
from chalicelib.renderers.desk.recovery_sms import asked_sms, sent_sms
from chalicelib.services.access.links import LinkOwner, new_link
from chalicelib.services.access.send_access_mail import send_to, tell
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.desk.tools import AtDesk, DeskTools
from chalicelib.services.together import together

_logger = logging.getLogger(__name__)


def tell_asked(mailbox: Mailbox, user: MailboxUser, place: str, *, tools: AccessTools, now: datetime) -> None:
    """Tell the user, and the principal one where that is another, by e-mail and by SMS."""
    letter, text = asked_letter(user.name, place, now, tools.letterhead), asked_sms(tools.letterhead)
    calls: list[Callable[[], object]] = []
    for one in {user.user_id: user, mailbox.principal.user_id: mailbox.principal}.values():
        if one.state is UserState.DISABLED:
            continue
        calls.append(lambda to=one.email: tell(letter, to, tools=tools, now=now))  # type: ignore[misc]
        if one.mobile:
            calls.append(lambda to=one.mobile: _text(to, text, tools))  # type: ignore[misc]
    together(calls)


def tell_begun(recovery: Recovery, by: AtDesk, tools: DeskTools) -> None:
    """Tell of one that waits whose user was not told: the process ended before; told twice is better than never."""
    if recovery.state is not RecoveryState.OPEN or tools.recoveries.is_told(recovery):
        return
    mailbox = tools.access.mailboxes.find(recovery.mailbox_id)
    user = None if mailbox is None else mailbox.user(recovery.user_id)
    if mailbox is not None and user is not None:
        tell_asked(mailbox, user, by.place, tools=tools.access, now=tools.clock())
    tools.recoveries.note_told(recovery)


def send_recovery_link(owner: LinkOwner, *, tools: AccessTools, now: datetime) -> bool:
    """Send a link to the address on record, and then say by SMS that it is there; False where no e-mail was taken."""
    link = new_link(owner, tools=tools, now=now)
    try:
        tools.tokens.issue(link.token)
        send_to(link.letter, owner.user.email, tools=tools, now=now)
    except (MessageRefused, Unavailable) as error:
        _logger.warning("recovery link not sent", extra={"code": error.code})
        return False
    if owner.user.mobile:
        _text(owner.user.mobile, sent_sms(), tools)
    return True


def tell_refused(user: MailboxUser, why: RecoveryRefusal, place: str, *, tools: AccessTools, now: datetime) -> None:
    """Tell the user that no link comes, and why."""
    tell(refused_letter(why, place, now, tools.letterhead), user.email, tools=tools, now=now)


def _text(number: str, text: str, tools: AccessTools) -> None:
    try:
        tools.sms().send(number, text)
    except (MessageRefused, Unavailable) as error:
        _logger.warning("recovery not told", extra={"channel": "sms", "code": error.code})
