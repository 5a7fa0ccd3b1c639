"""Choose a new password by the link of an e-mail; it counts once, and only when the password is set (ACC-3)."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.account import Account, AccountChanged, with_own_password
from chalicelib.domain.credentials import check_new_password, user_of
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, UserState
from chalicelib.domain.token import Token, TokenKind
from chalicelib.services.access_tools import AccessTools
from chalicelib.services.request_password_reset import send_reset_link
from chalicelib.services.send_access_mail import tell_password_changed


class LinkUnusable(NotFound):
    """The link was used, or never was."""


class LinkExpired(Conflict):
    """The link is older than two days; a new one was sent."""


def reset_password(link: str, new: str, *, origin: str, tools: AccessTools, now: datetime) -> bool:
    """Set the password, end all sessions, use the link up, and return whether the owner could be told.

    Four hops and four calls.

    Raises:
        LinkUnusable: `link_unusable`.
        LinkExpired: `link_expired`.
        InvalidInput: as `check_password` does; the link stays good.
        AccountChanged: `account_changed`; the link stays good.

    """
    token = tools.tokens.find(TokenKind.RESET_LINK, link)
    account, mailbox = _owner(token, tools)
    if token is None or account is None:
        raise _unusable()
    if not token.is_valid_at(now):
        raise _expired(link, account, mailbox, tools, now)
    check_new_password(new, account, mailbox)
    changed = with_own_password(account, tools.hashing.hash(new))
    done_at = tools.clock()  # as late as can be: a login by the old password that began before it ends with the rest
    event = tools.user_event(EventType.PASSWORD_RESET, account.user_id, origin=origin, now=done_at)
    try:
        tools.access.commit_password(changed, event, now=done_at, reset_link=link)
    except AccountChanged:
        if tools.tokens.find(TokenKind.RESET_LINK, link) is None:
            raise _unusable() from None
        raise
    user = user_of(account, mailbox)
    return tell_password_changed(user.email if user else "", tools=tools, now=done_at)


def _owner(token: Token | None, tools: AccessTools) -> tuple[Account | None, Mailbox | None]:
    """Return whose link it is; nobody's when it is a pretended one or the account may not be entered any more."""
    if token is None or "username" not in token.data:
        return None, None
    account, mailbox = tools.access.load(token.data["username"], token.data["mailbox_id"])
    is_active = account is not None and account.state is UserState.ACTIVE
    return (account if is_active else None), mailbox


def _expired(link: str, account: Account, mailbox: Mailbox | None, tools: AccessTools, now: datetime) -> LinkExpired:
    """Send one new link for one expired link, however often that is opened."""
    user = user_of(account, mailbox)
    if tools.tokens.consume_expired(TokenKind.RESET_LINK, link, now=now) is not None:
        send_reset_link(account, user.email if user else None, tools=tools, now=now)
    return LinkExpired("link_expired", "Este enlace venció. Te enviamos uno nuevo al correo; vale dos días.")


def _unusable() -> LinkUnusable:
    detail = "Este enlace ya se usó o no es válido. Pide otro en «¿Olvidaste tu contraseña?»."
    return LinkUnusable("link_unusable", detail)
