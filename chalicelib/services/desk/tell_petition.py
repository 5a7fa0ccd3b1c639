"""Tell by the channels on record that a change of a mailbox is asked for at a desk; the request stands without it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from chalicelib.domain.desk.petition import Petition
from chalicelib.domain.errors import MessageRefused, Unavailable
from chalicelib.domain.mailbox import Mailbox
from chalicelib.renderers.desk.petition_letters import petition_letter, petition_sms
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together

_logger = logging.getLogger(__name__)


def tell_petition(petition: Petition, mailbox: Mailbox, place: str, *, tools: AccessTools) -> None:
    """Tell every active user by e-mail and by SMS."""
    now = petition.asked_at
    letter = petition_letter(petition.kind, mailbox, place, now, tools.letterhead)
    text = petition_sms(tools.letterhead)
    calls: list[Callable[[], object]] = []
    for user in mailbox.alerted_users:
        calls.append(partial(tell, letter, user.email, tools=tools, now=now))
        if user.mobile:
            calls.append(partial(_text, user.mobile, text, tools))
    if calls:
        together(calls)


def _text(number: str, text: str, tools: AccessTools) -> None:
    try:
        tools.sms().send(number, text)
    except (MessageRefused, Unavailable) as error:
        _logger.warning("petition not told", extra={"channel": "sms", "code": error.code})
