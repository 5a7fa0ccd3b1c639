"""Send e-mails about access, to their owner or, where there is none, to nobody at the same cost."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from chalicelib.domain.access.access_policy import MAILS_PER_NEW_ADDRESS, MAILS_TO_NEW_ADDRESSES_PER_USER, MailDemand
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.contact import inbox_of
from chalicelib.domain.errors import MessageRefused, Unavailable
from chalicelib.domain.limit import Limit
from chalicelib.renderers.access.access_letters import password_changed_letter
from chalicelib.renderers.letters import Letter, render_letter
from chalicelib.services.access.admit_login import admit_mail
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together

NOBODY = "success@simulator.amazonses.com"
"""SES's own address for tests: it takes what would betray, by not being sent, that there is no such user. What goes
there counts for no quota and no reputation."""


def admit_request(
    recipient: str, captcha: CaptchaAnswer | None, *, origin: str, tools: AccessTools, now: datetime
) -> None:
    """Count a request for an e-mail, and ask for a captcha where many were made.

    Raises:
        TooManyRequests: `limit_reached`.
        CaptchaWrong: `captcha_wrong`, also when one is needed and none came.

    """
    if admit_mail(recipient, origin, limits=tools.limits, now=now) is MailDemand.NOTHING:
        return
    if captcha is None:
        detail = "Se pidieron muchos correos para este usuario. Resuelve el texto de la imagen para pedir otro."
        raise CaptchaWrong("captcha_needed", detail, field="captcha")
    check_captcha(captcha.captcha_id, captcha.answer, tokens=tools.tokens, now=now)


def send_or_pretend(letter: Letter, destination: str | None, *, tools: AccessTools, now: datetime) -> None:
    """Send; an address that takes no mail is as good as none, since the answer may not tell.

    Raises:
        Unavailable: nothing can be sent to anybody now.

    """
    try:
        _send(letter, destination or NOBODY, tools, now)
    except MessageRefused:
        return


def tell(letter: Letter, destination: str, *, tools: AccessTools, now: datetime) -> bool:
    """Tell somebody what was done; it stands even if no word of it can go out, and then this is False."""
    try:
        _send(letter, destination, tools, now)
    except (MessageRefused, Unavailable):
        return False
    return True


def tell_password_changed(destination: str, *, tools: AccessTools, now: datetime) -> bool:
    """Tell the owner that the password is another one; False when no word of it can go out."""
    return tell(password_changed_letter(now, tools.letterhead), destination, tools=tools, now=now)


def send_to_new_address(letter: Letter, to: str, *, asked_by: str, tools: AccessTools, now: datetime) -> None:
    """Send to an address that nobody has verified; counted by the user who asks, and by both together.

    Raises:
        TooManyRequests: `limit_reached`.
        MessageRefused: `email_address_refused`.
        Unavailable: the e-mail cannot be sent now.

    """

    def spend(limit: Limit, who: tuple[str, ...]) -> None:
        tools.limits.spend(limit.key(*who), limit=limit.limit, window_s=limit.window_s, now=now)

    counted = ((MAILS_TO_NEW_ADDRESSES_PER_USER, (asked_by,)), (MAILS_PER_NEW_ADDRESS, (asked_by, inbox_of(to))))
    together([partial(spend, limit, who) for limit, who in counted])
    _send(letter, to, tools, now)


def _send(letter: Letter, to: str, tools: AccessTools, now: datetime) -> None:
    message = render_letter(letter, to, tools.letterhead, sent_at=now, key=tools.new_event_id())
    tools.mail.send(message, to, {"purpose": "access"})
