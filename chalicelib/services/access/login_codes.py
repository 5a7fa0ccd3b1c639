"""Codes by e-mail that stand in for a captcha: same answer, calls and time whether the user exists or not (ACC-1).

What was sent before serves everybody who asks while it lasts (`domain/access/sent_mail.py`). Each who asks gets an id
of their own, under which a code can be tried five times: a stranger, who lacks the id, can spend none of its tries. A
code counts once, whoever's id it came with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.account import Account
from chalicelib.domain.access.credentials import CaptchaAnswer, EmailCode, user_of
from chalicelib.domain.access.known_device import find_device
from chalicelib.domain.access.sent_mail import LONG, SentMail, next_mail
from chalicelib.domain.access.token import CODE_ATTEMPTS, NewToken, TokenKind
from chalicelib.domain.limit import Standing
from chalicelib.domain.mailbox import UserState
from chalicelib.domain.session import Session
from chalicelib.renderers.access.access_letters import login_code_letter
from chalicelib.services.access.admit_login import Caller
from chalicelib.services.access.send_access_mail import Asked, admit_request, admit_within, send_unless_served
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together


@dataclass(frozen=True, slots=True)
class RequestedCode:
    """The public id that goes with the code; alone it opens nothing. `valid_until` is the code's end."""

    code_id: str
    valid_until: datetime


def request_login_code(  # noqa: PLR0913 - who asks, from where and with what
    username: str, captcha: CaptchaAnswer | None, *, origin: str, device: str = "", tools: AccessTools, now: datetime
) -> RequestedCode:
    """Send a code to the user's address, or lead to the one that was sent; six hops and twelve calls at most.

    Raises:
        CaptchaWrong: `captcha_needed` or `captcha_wrong`.
        TooManyRequests: `budget_spent`: the e-mails of all strangers together are too many for now.
        Unavailable: the e-mail cannot be sent now.

    """
    caller = Caller(origin, find_device(tools.pepper, device, username, now))
    asked = admit_request(_about(username), captcha, caller=caller, tools=tools, now=now)
    return _send(username, asked, tools, now)


def request_code_within(session: Session, *, tools: AccessTools, now: datetime) -> RequestedCode:
    """Do the same for who is in already: no stranger's requests count.

    Raises:
        TooManyRequests: `limit_reached`, for this session only; `budget_spent`.
        Unavailable: the e-mail cannot be sent now.

    """
    asked = admit_within(session, _about(session.username), tools=tools, now=now)
    return _send(session.username, asked, tools, now)


def code_after_password(username: str, account: Account | None, *, tools: AccessTools, now: datetime) -> RequestedCode:
    """Send a code to who showed the right password; in every other case do the same work for nobody.

    What strangers asked for before makes the owner wait a minute at most. Within that minute the last code serves.
    """
    about = _about(username)
    last = tools.sent_mails.find(about)
    serves = account is not None and next_mail(last, "", now, is_proven=True) is None
    if serves or account is None:
        kept = last.digest if serves and last else ""
        nobodys = Asked(f"pretended#{tools.new_secret()}", None, Standing.PROVEN)
        return _issue(username, None, nobodys, tools, now, serving=kept)
    return _issue(username, account, Asked(about, last, Standing.PROVEN), tools, now)


def right_code(proof: EmailCode, username: str, *, tools: AccessTools, now: datetime) -> str | None:
    """Count a try, and return the keyed hash of a code that is right; one call whether there is such a code or not."""
    name = code_name(proof.code_id, username)
    token = tools.tokens.count_attempt(TokenKind.LOGIN_CODE, name, limit=CODE_ATTEMPTS, now=now)
    kept = "" if token is None else str(token.data.get("code", ""))
    return kept if tools.sent_mails.is_digest_of(kept, _about(username), proof.code) else None


def use_code_up(digest: str, username: str, *, tools: AccessTools, now: datetime) -> bool:
    """Let a code count once, and have the next who asks be sent another."""
    used: list[bool] = []
    together(
        [
            lambda: used.append(tools.sent_mails.use_up(digest, until=now + LONG)),
            lambda: tools.sent_mails.forget(_about(username), digest),
        ]
    )
    return used[0]


def code_name(code_id: str, username: str) -> str:
    """Return what the tries of a login code are counted under."""
    return f"{code_id}#{username}"


def _about(username: str) -> str:
    return f"login#{username}"


def _send(username: str, asked: Asked, tools: AccessTools, now: datetime) -> RequestedCode:
    return _issue(username, tools.accounts.find(username), asked, tools, now)


def _issue(  # noqa: PLR0913 - whom, what was asked for, what serves
    username: str, account: Account | None, asked: Asked, tools: AccessTools, now: datetime, *, serving: str = ""
) -> RequestedCode:
    """Send a code unless one serves, and keep the id to try it under; `serving` is another's digest to keep instead."""
    user = user_of(account, tools.mailboxes.find(account.mailbox_id if account else username))
    is_verified = account is not None and account.state is not UserState.PENDING
    code, code_id = tools.new_email_code(), tools.new_secret()

    def issue(mail: SentMail) -> None:
        name = code_name(code_id, username)
        data = {"code": serving or mail.digest}
        tools.tokens.issue(NewToken(TokenKind.LOGIN_CODE, name, now, mail.serves_until, data=data))

    sent = send_unless_served(
        asked,
        tools.sent_mails.digest(_about(username), code),
        lambda mail: login_code_letter(code, mail.serves_until, tools.letterhead),
        user.email if user and is_verified else None,
        issue=issue,
        tools=tools,
        now=now,
    )
    return RequestedCode(code_id, sent.serves_until)
