"""Codes by e-mail that stand in for a captcha: same answer, calls and time whether the user exists or not (ACC-1).

What was sent before serves everybody who asks while it lasts (`domain/access/sent_mail.py`). Each who asks gets an id
of their own, under which any code of the user can be tried five times: a stranger, who lacks the id, can spend none of
its tries, and whichever code the owner reads last is right. A code counts once.

What strangers ask for, and what a right password, a known device or a session cause, are two lists. Strangers learn
nothing of the second, and cannot hold it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.credentials import CaptchaAnswer, EmailCode, user_of
from chalicelib.domain.access.known_device import find_device
from chalicelib.domain.access.sent_mail import LONG, next_mail
from chalicelib.domain.access.token import CODE_ATTEMPTS, NewToken, Token, TokenKind
from chalicelib.domain.limit import Standing
from chalicelib.domain.mailbox import UserState
from chalicelib.domain.session import Session
from chalicelib.renderers.access.access_letters import login_code_letter
from chalicelib.services.access.admit_login import Caller
from chalicelib.services.access.send_access_mail import Asked, Mailed, admit_request, admit_within, send_unless_served
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.access.verify_code import code_superseded
from chalicelib.services.together import together
from chalicelib.store.access.sent_mail_store import FoundCode


@dataclass(frozen=True, slots=True)
class RequestedCode:
    """The public id that goes with the code; alone it opens nothing."""

    code_id: str


@dataclass(frozen=True, slots=True)
class RightCode:
    """The keyed hash of a code that was shown, and when it was sent."""

    digest: str
    sent_at: datetime | None


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
    asked = admit_request(_asked_for(username), captcha, caller=caller, tools=tools, now=now)
    if asked.standing is Standing.PROVEN:
        asked = _proven(username, tools)
    return _issue(username, tools.accounts.find(username), asked, tools, now)


def request_code_within(session: Session, *, tools: AccessTools, now: datetime) -> RequestedCode:
    """Do the same for who is in already: no stranger's requests count.

    Raises:
        TooManyRequests: `limit_reached`, for this session only; `budget_spent`.
        Unavailable: the e-mail cannot be sent now.

    """
    asked = admit_within(session, _proven_for(session.username), tools=tools, now=now)
    return _issue(session.username, tools.accounts.find(session.username), asked, tools, now)


def code_after_password(username: str, account: Account | None, *, tools: AccessTools, now: datetime) -> RequestedCode:
    """Send a code to who showed the right password; in every other case do the same work for nobody."""
    asked = _proven(username, tools)
    serves = account is not None and next_mail(asked.last, "", now, is_proven=True, to=_to(account, tools)) is None
    if account is None or serves:
        return _issue(username, None, Asked(f"pretended#{tools.new_secret()}", None, Standing.PROVEN), tools, now)
    return _issue(username, account, asked, tools, now)


def right_code(proof: EmailCode, username: str, *, tools: AccessTools, now: datetime) -> RightCode | None:
    """Count a try, and return the code if it is right; one hop, three calls, whoever is asked about.

    Raises:
        CodeSuperseded: `code_superseded`, to who shows a code that the user was sent before the last; it costs no try.

    """
    name, tries, found = code_name(proof.code_id, username), list[Token | None](), list[FoundCode]()
    own = _asked_for(username)

    def find(about: str) -> None:
        found.append(tools.sent_mails.look_up(about, proof.code, now, named=own))

    together(
        [
            lambda: tries.append(tools.tokens.count_attempt(TokenKind.LOGIN_CODE, name, limit=CODE_ATTEMPTS, now=now)),
            partial(find, own),
            partial(find, _proven_for(username)),
        ]
    )
    token = tries[0]
    if token is None:
        return None
    if tools.tokens.matches(token, name, proof.code):  # of a package that kept each code under its id
        return RightCode(token.digest, token.issued_at)
    right = next((RightCode(one.right, one.sent_at) for one in found if one.right is not None), None)
    if right is None and any(one.is_earlier for one in found):
        tools.tokens.give_back_attempt(TokenKind.LOGIN_CODE, name)
        raise code_superseded()
    return right


def use_code_up(digest: str, username: str, *, tools: AccessTools, now: datetime) -> bool:
    """Let a code count once, and the next who asks get another; one hop, three calls."""
    used: list[bool] = []
    together(
        [
            lambda: used.append(tools.sent_mails.use_up(digest, until=now + LONG)),
            partial(tools.sent_mails.end_serving, _asked_for(username), digest, now=now),
            partial(tools.sent_mails.end_serving, _proven_for(username), digest, now=now),
        ]
    )
    return used[0]


def end_codes(username: str, *, tools: AccessTools) -> None:
    """Have no code count any more that went to the address the user had; one hop, two calls."""
    together([partial(tools.sent_mails.forget, about) for about in code_lists(username)])


def code_lists(username: str) -> tuple[str, str]:
    """Return what the codes of a user are kept about, for who ends them with something else."""
    return _asked_for(username), _proven_for(username)


def code_name(code_id: str, username: str) -> str:
    """Return what the tries of a login code are counted under."""
    return f"{code_id}#{username}"


def _asked_for(username: str) -> str:
    return f"login#{username}"


def _proven_for(username: str) -> str:
    return f"login-proven#{username}"


def _proven(username: str, tools: AccessTools) -> Asked:
    about = _proven_for(username)
    return Asked(about, tools.sent_mails.find(about), Standing.PROVEN)


def _to(account: Account | None, tools: AccessTools) -> str:
    """Tell the account of today from that of another password, or from none."""
    return keyed_hash(tools.pepper, "code-to", account.username, account.password_hash or "") if account else ""


def _issue(username: str, account: Account | None, asked: Asked, tools: AccessTools, now: datetime) -> RequestedCode:
    """Send a code unless one serves, and keep the id to try it under."""
    user = user_of(account, tools.mailboxes.find(account.mailbox_id if account else username))
    is_verified = account is not None and account.state is not UserState.PENDING
    code, code_id = tools.new_email_code(), tools.new_secret()
    tries = NewToken(TokenKind.LOGIN_CODE, code_name(code_id, username), now, now + LONG)
    mailed = Mailed(
        digest=tools.sent_mails.digest(_asked_for(username), code),
        letter=lambda mail: login_code_letter(code, mail.serves_until, tools.letterhead),
        destination=user.email if user and is_verified else None,
        to=_to(account, tools),
    )
    send_unless_served(asked, mailed, lambda _: tools.tokens.issue(tries), tools=tools, now=now)
    return RequestedCode(code_id)
