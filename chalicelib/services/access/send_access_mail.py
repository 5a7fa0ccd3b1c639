"""Send e-mails about access, to their owner or, where there is none, to nobody at the same cost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.access.access_policy import MAILS_PER_NEW_ADDRESS, MAILS_TO_NEW_ADDRESSES_PER_USER, MailDemand
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.access.sent_mail import SentMail, next_mail
from chalicelib.domain.contact import inbox_of
from chalicelib.domain.errors import MessageRefused, TooManyRequests, Unavailable
from chalicelib.domain.limit import Budget, Limit, Standing
from chalicelib.domain.session import Session
from chalicelib.renderers.letters import Letter, render_letter
from chalicelib.services.access.admit_login import Caller, admit_mail, admit_mail_within
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together

NOBODY = "success@simulator.amazonses.com"
"""SES's own address for tests: it takes what would betray, by not being sent, that there is no such user. What goes
there counts for the rate, but for no quota and no reputation."""
_AS_LONG_AS_SENDING_S = 0.15
"""How long the answer waits where even what goes to nobody would be too much for the provider."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An e-mail that is asked for: what about, the last one about it, and what it may draw on."""

    about: str
    last: SentMail | None
    standing: Standing


def admit_request(
    about: str,
    captcha: CaptchaAnswer | None,
    *,
    caller: Caller,
    tools: AccessTools,
    now: datetime,
) -> Asked:
    """Count a stranger's request for an e-mail, and ask for a captcha where many were made; one hop, or two with one.

    Raises:
        CaptchaWrong: `captcha_wrong`, also when one is needed and none came.

    """
    found: list[SentMail | None] = []
    admission = admit_mail(
        about, caller, lambda: found.append(tools.sent_mails.find(about)), limits=tools.limits, now=now
    )
    if admission.demand is MailDemand.CAPTCHA:
        if captcha is None:
            detail = "Se pidieron muchos correos. Resuelve el texto de la imagen para pedir otro."
            raise CaptchaWrong("captcha_needed", detail, field="captcha")
        check_captcha(captcha.captcha_id, captcha.answer, tokens=tools.tokens, pepper=tools.pepper, now=now)
    return Asked(about, found[0], admission.standing)


def admit_within(session: Session, about: str, *, tools: AccessTools, now: datetime) -> Asked:
    """Count a request of who is in already; one hop.

    Raises:
        TooManyRequests: `limit_reached`, for this session only.

    """
    found: list[SentMail | None] = []
    admission = admit_mail_within(
        session, lambda: found.append(tools.sent_mails.find(about)), limits=tools.limits, now=now
    )
    return Asked(about, found[0], admission.standing)


@dataclass(frozen=True, slots=True)
class Mailed:
    """What is to be sent: the keyed hash of its code or link, its letter, and whom to; None goes to nobody.

    `to` tells apart whom an e-mail went to: it changes with the address and the password.
    """

    digest: str
    letter: Callable[[SentMail], Letter]
    destination: str | None
    to: str = ""


def send_unless_served(
    asked: Asked, mailed: Mailed, issue: Callable[[bool], object], *, tools: AccessTools, now: datetime
) -> None:
    """Send an e-mail, or lead to the last one while it serves.

    `issue` keeps what goes with it, and is told whether this one is sent. Without a destination the same is done for
    nobody. Three hops and five calls, or one call where the last one serves.

    Raises:
        TooManyRequests: `budget_spent`; the next who asks may try at once.
        Unavailable: nothing can be sent to anybody now; likewise.

    """
    is_proven = asked.standing is Standing.PROVEN
    wanted = next_mail(asked.last, mailed.digest, now, is_proven=is_proven, to=mailed.to)
    if wanted is None:
        issue(False)
        return
    kept: list[bool] = []
    together(
        [
            lambda: kept.append(tools.sent_mails.keep(asked.about, wanted, instead_of=asked.last)),
            lambda: issue(True),
        ]
    )
    # Who asked at the same instant as another, whose e-mail serves, does the same work for nobody: no time may tell.
    destination = mailed.destination if kept[0] else None
    try:
        if _draw(asked.standing, is_real=destination is not None, tools=tools, now=now):
            send_or_pretend(mailed.letter(wanted), destination, tools=tools, now=now)
        else:
            tools.pause(_AS_LONG_AS_SENDING_S)
    except (TooManyRequests, Unavailable):
        if kept[0]:
            tools.sent_mails.take_back(asked.about, wanted, before=asked.last)
        raise


def _draw(standing: Standing, *, is_real: bool, tools: AccessTools, now: datetime) -> bool:
    """Draw on the common budget, and tell whether to send; what goes to nobody draws on one of its own.

    Both look at the first, so that its end refuses everybody alike.
    """
    by, is_sent = tools.new_event_id(), [True]
    budget, pretended = tools.access_mails, tools.pretended_mails

    def pretend() -> None:
        try:
            tools.limits.draw(pretended, Standing.PROVEN, by=by, now=now)
        except TooManyRequests:
            is_sent[0] = False

    def look(at: Budget, standing: Standing) -> None:
        tools.limits.look(at, standing, by=by, now=now)

    if is_real:
        together([partial(tools.limits.draw, budget, standing, by=by, now=now), partial(_ignoring, look, pretended)])
    else:
        together([partial(look, budget, standing), pretend])
    return is_sent[0]


def _ignoring(look: Callable[[Budget, Standing], None], budget: Budget) -> None:
    """Make the call that one for nobody would make, whatever it says."""
    with suppress(TooManyRequests):
        look(budget, Standing.PROVEN)


def send_or_pretend(letter: Letter, destination: str | None, *, tools: AccessTools, now: datetime) -> None:
    """Send; an address that takes no mail is as good as none, since the answer may not tell.

    Raises:
        Unavailable: nothing can be sent to anybody now.

    """
    try:
        send_to(letter, destination or NOBODY, tools=tools, now=now)
    except MessageRefused:
        return


def tell(letter: Letter, destination: str, *, tools: AccessTools, now: datetime) -> bool:
    """Tell somebody what was done; it stands even if no word of it can go out, and then this is False."""
    try:
        send_to(letter, destination, tools=tools, now=now)
    except (MessageRefused, Unavailable):
        return False
    return True


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
    send_to(letter, to, tools=tools, now=now)


def send_to(letter: Letter, to: str, *, tools: AccessTools, now: datetime) -> None:
    """Send to an address, whosever it is.

    Raises:
        MessageRefused: it will never be taken.
        SendingUncertain: it may have been taken.
        Unavailable: it was not.

    """
    message = render_letter(letter, to, tools.letterhead, sent_at=now, key=tools.new_event_id())
    tools.mail.send(message, to, {"purpose": "access"})
