"""¿Olvidaste tu contraseña? A link to whoever is registered with these data, the same answer to everyone (ACC-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.account import Account
from chalicelib.domain.credentials import CaptchaAnswer
from chalicelib.domain.mailbox import UserState
from chalicelib.domain.token import NewToken, TokenKind
from chalicelib.renderers.access_letters import reset_link_letter
from chalicelib.services.access_tools import AccessTools
from chalicelib.services.send_access_mail import admit_request, send_or_pretend

LINK_LIFETIME = timedelta(days=2)
_PAGE = "/recuperar"


@dataclass(frozen=True, slots=True)
class ResetRequest:
    """What the person typed, as the flow normalises it: whose mailbox, and which address its user registered."""

    mailbox_id: str
    email: str
    origin: str
    captcha: CaptchaAnswer | None = None


def request_password_reset(request: ResetRequest, *, tools: AccessTools, now: datetime) -> None:
    """Send the link if the address is the registered one; six hops and eight calls either way.

    Raises:
        TooManyRequests: `limit_reached`.
        CaptchaWrong: `captcha_needed` or `captcha_wrong`.
        Unavailable: the e-mail cannot be sent now.

    """
    recipient = f"reset#{request.mailbox_id}"
    admit_request(recipient, request.captcha, origin=request.origin, tools=tools, now=now)
    mailbox = tools.mailboxes.find(request.mailbox_id)
    user = mailbox.user_with_email(request.email) if mailbox else None
    account = tools.accounts.find(mailbox.username_of(user) if mailbox and user else request.mailbox_id)
    is_theirs = user is not None and account is not None and account.user_id == user.user_id
    owner = account if is_theirs and account is not None and account.state is UserState.ACTIVE else None
    send_reset_link(owner, user.email if user and owner else None, tools=tools, now=now)


def send_reset_link(account: Account | None, email: str | None, *, tools: AccessTools, now: datetime) -> None:
    """Keep a link for two days and send it; without an account, one that opens nothing, to nobody."""
    secret, until = tools.new_secret(), now + LINK_LIFETIME
    data = {} if account is None else {"username": account.username, "mailbox_id": account.mailbox_id}
    tools.tokens.issue(NewToken(TokenKind.RESET_LINK, secret, now, until, data=data))
    letter = reset_link_letter(f"{tools.portal_url}{_PAGE}/{secret}", until, tools.letterhead)
    send_or_pretend(letter, email, tools=tools, now=now)
