"""Links in e-mails by which a person chooses a password: to activate an access, or to recover it (ACC-3, BOX-6).

A link counts once, only when the password is set, and only while the address it was sent to and the password there was
are still the person's: whoever changes the password, by whatever way, ends every link from before. A login that hashes
the password anew under other parameters ends them too; its owner, who just got in, can ask for another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.access_secret import is_keyed_hash, keyed_hash
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.credentials import user_of
from chalicelib.domain.access.token import VALID_FOR, NewToken, Token, TokenKind
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.mailbox import Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.renderers.access.access_letters import activation_letter, reset_link_letter
from chalicelib.renderers.letters import Letter
from chalicelib.services.access.send_access_mail import Asked, Mailed, send_or_pretend, send_unless_served
from chalicelib.services.access.tools import AccessTools

_PAGES = {TokenKind.RESET_LINK: "/recuperar", TokenKind.ACTIVATION_LINK: "/activar"}
_KINDS = {UserState.ACTIVE: TokenKind.RESET_LINK, UserState.PENDING: TokenKind.ACTIVATION_LINK}
"""Which link a user can be sent; a disabled one none."""


class LinkUnusable(NotFound):
    """The link was used, is of an older password, or never was."""


class LinkExpired(Conflict):
    """The link is too old; a new one was sent."""


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whose link it is, or is to be; `sent_at` is when it was sent to the user's e-mail."""

    account: Account
    mailbox: Mailbox
    user: MailboxUser
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link to keep as `token` and to send as `letter`."""

    token: NewToken
    letter: Letter


def owner_from(account: Account | None, mailbox: Mailbox | None) -> LinkOwner | None:
    """Return whom a link can be sent to; None unless account and user are one person's, active or pending.

    Of a frozen mailbox nobody: no link opens it, and none goes to an address that may be an intruder's.
    """
    user = user_of(account, mailbox)
    if account is None or mailbox is None or user is None or account.state not in _KINDS:
        return None
    if mailbox.state is MailboxState.FROZEN:
        return None
    return LinkOwner(account, mailbox, user)


def new_link(owner: LinkOwner | None, *, tools: AccessTools, now: datetime) -> Link:
    """Make the link that the owner's state asks for; without an owner, one that opens nothing."""
    kind = _KINDS[owner.account.state] if owner else TokenKind.RESET_LINK
    secret, until = tools.new_secret(), now + VALID_FOR[kind]
    address = f"{tools.portal_url}{_PAGES[kind]}/{secret}"
    if owner is None:
        return Link(NewToken(kind, secret, now, until), reset_link_letter(address, until, tools.letterhead))
    data = {
        "username": owner.account.username,
        "mailbox_id": owner.mailbox.mailbox_id,
        "sent_to": keyed_hash(tools.pepper, *_sent_to(owner)),
    }
    if kind is TokenKind.RESET_LINK:
        letter = reset_link_letter(address, until, tools.letterhead)
    else:
        letter = activation_letter(
            address,
            until,
            tools.letterhead,
            holder=owner.mailbox.holder.name,
            username=owner.account.username,
            is_principal=owner.user == owner.mailbox.principal,
        )
    return Link(NewToken(kind, secret, now, until, data=data), letter)


def send_link(owner: LinkOwner | None, *, tools: AccessTools, now: datetime) -> None:
    """Keep a new link and send it to its owner; the same calls without one, and nobody gets it.

    Raises:
        Unavailable: nothing can be sent to anybody now.

    """
    link = new_link(owner, tools=tools, now=now)
    tools.tokens.issue(link.token)
    send_or_pretend(link.letter, owner.user.email if owner else None, tools=tools, now=now)


def send_link_once(owner: LinkOwner | None, asked: Asked, *, tools: AccessTools, now: datetime) -> None:
    """Do so unless a link that was sent to the same person still serves; the same calls without an owner.

    Raises:
        TooManyRequests: `budget_spent`.
        Unavailable: nothing can be sent to anybody now.

    """
    link = new_link(owner, tools=tools, now=now)
    nobodys = NewToken(TokenKind.LOGIN_CODE, link.token.name, now, now)  # which is kept no longer than it has to be

    def issue(is_sent: bool) -> None:
        if is_sent:
            tools.tokens.issue(link.token if owner else nobodys)

    mailed = Mailed(
        digest=tools.sent_mails.digest(asked.about, link.token.name),
        letter=lambda _: link.letter,
        destination=owner.user.email if owner else None,
        to=keyed_hash(tools.pepper, *_sent_to(owner), owner.account.user_id) if owner else "",
    )
    send_unless_served(asked, mailed, issue, tools=tools, now=now)


def show_link(kind: TokenKind, secret: str, *, tools: AccessTools, now: datetime) -> tuple[LinkOwner, bool]:
    """Return whose link it is and whether it is still in time; nothing is used up and nothing sent.

    Raises:
        LinkUnusable: `link_unusable`.

    """
    token = tools.tokens.find(kind, secret)
    owner = _owner(token, tools)
    if token is None or owner is None or _KINDS[owner.account.state] is not kind:
        raise link_unusable(kind)
    return owner, token.is_valid_at(now)


def open_link(kind: TokenKind, secret: str, *, tools: AccessTools, now: datetime) -> LinkOwner:
    """Return whose link it is; nothing is used up. For one that expired, one new link is sent.

    Raises:
        LinkUnusable: `link_unusable`.
        LinkExpired: `link_expired`.

    """
    owner, is_in_time = show_link(kind, secret, tools=tools, now=now)
    if not is_in_time:
        if tools.tokens.consume_expired(kind, secret, now=now) is not None:
            send_link(owner, tools=tools, now=now)
        days = VALID_FOR[kind].days
        detail = f"Este enlace venció. Te enviamos uno nuevo al correo; vale {'dos' if days == 2 else days} días."  # noqa: PLR2004
        raise LinkExpired("link_expired", detail)
    return owner


def link_unusable(kind: TokenKind) -> LinkUnusable:
    """Return the one refusal for links that were used, never were, or are not their owner's any more."""
    detail = "Este enlace ya se usó o no es válido. Pide otro en «¿Olvidaste tu contraseña?»."
    if kind is TokenKind.ACTIVATION_LINK:
        detail = (
            "Este enlace ya se usó o no es válido. Si ya elegiste tu contraseña, ingresa con ella; si no, pide otro."
        )
    return LinkUnusable("link_unusable", detail)


def _owner(token: Token | None, tools: AccessTools) -> LinkOwner | None:
    if token is None or "username" not in token.data:
        return None
    owner = owner_from(*tools.access.load(token.data["username"], token.data["mailbox_id"]))
    if owner is None or not is_keyed_hash(str(token.data.get("sent_to")), tools.pepper, *_sent_to(owner)):
        return None
    if owner.account.named_at is not None and token.issued_at < owner.account.named_at:  # sent to who had the name
        return None
    return replace(owner, sent_at=token.issued_at)


def _sent_to(owner: LinkOwner) -> tuple[str, ...]:
    """Return what a link is bound to; one from before the mailbox was frozen is worthless for ever."""
    return "sent-to", owner.user.email, owner.account.password_hash or "", *owner.mailbox.settled[-1:]
