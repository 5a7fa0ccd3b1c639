"""Send a code that stands in for the captcha: same answer, calls and time whether the user exists or not (ACC-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.credentials import CaptchaAnswer, user_of
from chalicelib.domain.access.token import VALID_FOR, NewToken, TokenKind
from chalicelib.domain.mailbox import UserState
from chalicelib.renderers.access.access_letters import login_code_letter
from chalicelib.services.access.prove_credentials import code_name
from chalicelib.services.access.send_access_mail import admit_request, send_or_pretend
from chalicelib.services.access.tools import AccessTools


@dataclass(frozen=True, slots=True)
class RequestedCode:
    """The public id that goes with the code; alone it opens nothing."""

    code_id: str
    valid_until: datetime


def request_login_code(
    username: str, captcha: CaptchaAnswer | None, *, origin: str, tools: AccessTools, now: datetime
) -> RequestedCode:
    """Send a code to the user's address; six hops and eight calls.

    Raises:
        TooManyRequests: `limit_reached`.
        CaptchaWrong: `captcha_needed` or `captcha_wrong`.
        Unavailable: the e-mail cannot be sent now.

    """
    admit_request(username, captcha, origin=origin, tools=tools, now=now)
    account = tools.accounts.find(username)
    user = user_of(account, tools.mailboxes.find(account.mailbox_id if account else username))
    is_verified = account is not None and account.state is not UserState.PENDING
    code, requested = tools.new_email_code(), RequestedCode(tools.new_secret(), now + VALID_FOR[TokenKind.LOGIN_CODE])
    name = code_name(requested.code_id, username)
    tools.tokens.issue(NewToken(TokenKind.LOGIN_CODE, name, now, requested.valid_until, answer=code))
    letter = login_code_letter(code, requested.valid_until, tools.letterhead)
    send_or_pretend(letter, user.email if user and is_verified else None, tools=tools, now=now)
    return requested
