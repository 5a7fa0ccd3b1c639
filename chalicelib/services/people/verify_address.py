"""Verify the own e-mail or mobile on record, where alerts did not arrive: a code sent there, and typed here (ALR-4).

Only what is on record, is one's own and is dead: so nobody has a code sent to a stranger, and an SMS is never sent
where alerts arrive anyway.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.access_policy import RESEND_COOLING_S, SMS_CODES_PER_USER
from chalicelib.domain.access.access_secret import parse_email_code
from chalicelib.domain.access.token import CODE_ATTEMPTS, VALID_FOR, NewToken, Token, TokenKind
from chalicelib.domain.errors import Conflict, InvalidInput, MessageRefused, NotFound, SendingUncertain, Unavailable
from chalicelib.domain.mailbox import Channel, Mailbox, MailboxChanged, MailboxUser, mailbox_changed, require_thawed
from chalicelib.domain.mailbox.address_health import AddressHealth
from chalicelib.domain.mailbox.channels import address_of
from chalicelib.domain.people.mailbox_users import require_user
from chalicelib.domain.session import Session
from chalicelib.renderers.access.access_sms import address_code_sms
from chalicelib.renderers.people.people_letters import address_code_letter
from chalicelib.services.access.prove_address import Answer, commit_answer, health_at
from chalicelib.services.access.send_access_mail import send_to_new_address
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.access.verify_code import code_unusable, judge_code
from chalicelib.services.people.change_people import MAX_TRIES
from chalicelib.services.together import together
from chalicelib.store.people_store import UsedToken

_KIND = TokenKind.ADDRESS_CODE
_MOST_EARLIER = 6
_IN_SMS = {
    "code_malformed": "Son 6 letras y números. Cópialos del mensaje de texto tal como están.",
    "code_superseded": "Después de ese mensaje te enviamos otro. Escribe lo que dice el último.",
    "code_unusable": "Lo que escribiste ya no sirve. Pide otro mensaje de texto.",
}


_REFUSED = (
    "La operadora no acepta mensajes de texto para ese celular. Si pediste no recibirlos, comunícate con ella; si tu"
    " número cambió, escribe el nuevo."
)


class AddressLives(Conflict):
    """Nothing bad is known of the address: there is nothing to verify."""


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """A user's own address, what is known of it, and until when a code that was sent there counts, if one was.

    `is_code_spent` says that this code was mistyped too often, so that only another helps.
    """

    mailbox: Mailbox
    user: MailboxUser
    channel: Channel
    address: str
    health: AddressHealth
    code_until: datetime | None = None
    is_code_spent: bool = False


def show_own_address(session: Session, channel: Channel, *, tools: AccessTools, now: datetime) -> OwnAddress:
    """Return the own address of a kind; one hop, two calls.

    Raises:
        SessionEnded: `session_ended`.
        MailboxFrozen: `mailbox_frozen`.
        NotFound: `address_unknown`: the user has none, or one that nothing is sent to.

    """
    found: list[Mailbox | None] = []
    tokens: list[Token | None] = []
    together(
        [
            lambda: found.append(tools.mailboxes.find(session.mailbox_id)),
            lambda: tokens.append(tools.tokens.find(_KIND, _name(session, channel))),
        ]
    )
    own, sent = _own_address(session, channel, found[0], tools), tokens[0]
    if sent is None or not sent.is_valid_at(now) or sent.data["address"] != own.address:
        return own
    return replace(own, code_until=sent.valid_until, is_code_spent=sent.attempts >= CODE_ATTEMPTS)


def send_address_code(session: Session, channel: Channel, *, tools: AccessTools, now: datetime) -> OwnAddress:
    """Send a code to the own address that is dead; the one sent before is worth nothing any more.

    Raises:
        CasillaError: as `show_own_address` does.
        AddressLives: `address_lives`.
        TooManyRequests: `limit_reached`: one code a minute, and some a day.
        MessageRefused: the provider takes no message to it.
        Unavailable: nothing can be sent now.

    """
    own = _own_address(session, channel, tools.mailboxes.find(session.mailbox_id), tools)
    if not own.health.is_dead:
        raise AddressLives("address_lives", "Los avisos llegan ahí. No hace falta verificarlo.")
    name, sent = _name(session, channel), list[Token | None]()
    what = "correo" if channel is Channel.EMAIL else "mensaje"
    together(
        [
            lambda: tools.limits.cool_down(f"address#{name}", seconds=RESEND_COOLING_S, now=now, what=what),
            lambda: sent.append(tools.tokens.find(_KIND, name)),
        ]
    )
    code, until = tools.new_email_code(), now + VALID_FOR[_KIND]
    kept = {"address": own.address, "earlier": _codes_of(sent[0])}
    try:
        _send(own, NewToken(_KIND, name, now, until, answer=code, data=kept), tools, now)
    except SendingUncertain:
        raise
    except (MessageRefused, Unavailable):
        tools.limits.end_cooling(f"address#{name}")
        raise
    return replace(own, code_until=until)


def verify_own_address(  # noqa: PLR0913 - whose address, what was typed, and from where
    session: Session, channel: Channel, typed: str, *, origin: str, tools: AccessTools, now: datetime
) -> OwnAddress:
    """Have the own address live, by the code that was sent there, which counts once.

    Raises:
        CasillaError: as `show_own_address` does.
        InvalidInput: `code_malformed`, `code_wrong`, `code_superseded`, `code_unusable`.
        MailboxChanged: `mailbox_changed`, after every try.

    """
    try:
        return _verify(session, channel, typed, origin, tools, now)
    except InvalidInput as error:
        if channel is Channel.EMAIL or error.code not in _IN_SMS:
            raise
        raise type(error)(error.code, _IN_SMS[error.code], field=error.field) from error


def _verify(  # noqa: PLR0913, PLR0917 - as above
    session: Session, channel: Channel, typed: str, origin: str, tools: AccessTools, now: datetime
) -> OwnAddress:
    code, name = parse_email_code(typed), _name(session, channel)
    token = judge_code(
        _KIND,
        name,
        lambda kept: tools.tokens.matches(kept, name, code),
        is_earlier=lambda kept: tools.tokens.matches_one_of(kept, kept.data.get("earlier", ()), name, code),
        tokens=tools.tokens,
        now=now,
    )
    answer = Answer(token.issued_at, now, f"user:{session.user_id}", origin)
    for _ in range(MAX_TRIES):
        own = _own_address(session, channel, tools.mailboxes.find(session.mailbox_id), tools)
        if own.address != token.data["address"]:
            raise code_unusable()
        try:
            used = UsedToken(_KIND, name, code)
            learned = commit_answer(own.mailbox, own.user, channel, answer, tools=tools, used=used)
        except MailboxChanged:
            if tools.tokens.find(_KIND, name) is not None:
                continue
            own = _own_address(session, channel, tools.mailboxes.find(session.mailbox_id), tools)
            if own.health.is_dead:
                raise code_unusable() from None
            return own  # our own try, whose answer was lost, or the same code in another tab
        return replace(own, mailbox=learned, health=health_at(learned, own.user, channel))
    raise mailbox_changed()


def _send(own: OwnAddress, token: NewToken, tools: AccessTools, now: datetime) -> None:
    """Count it, keep the code and send it; an SMS that was surely not sent is counted back."""
    until = token.valid_until
    if own.channel is Channel.EMAIL:
        tools.tokens.issue(token)
        letter = address_code_letter(token.answer, until, tools.letterhead)
        send_to_new_address(letter, own.address, asked_by=own.user.user_id, tools=tools, now=now)
        return
    key, window_s = SMS_CODES_PER_USER.key(own.user.user_id), SMS_CODES_PER_USER.window_s
    tools.limits.spend(key, limit=SMS_CODES_PER_USER.limit, window_s=window_s, now=now)
    tools.tokens.issue(token)
    try:
        tools.sms().send(own.address, address_code_sms(token.answer, until, tools.letterhead))
    except SendingUncertain:
        raise
    except MessageRefused as error:
        raise MessageRefused(error.code, _REFUSED) from error
    except Unavailable:
        tools.limits.give_back(key, window_s=window_s, now=now)
        raise


def _own_address(session: Session, channel: Channel, found: Mailbox | None, tools: AccessTools) -> OwnAddress:
    mailbox, user = require_user(found, session.user_id)
    require_thawed(mailbox)
    address = address_of(user, channel)
    if address is None or (channel is Channel.SMS and not tools.reach.reaches(address)):
        raise NotFound("address_unknown", "En tu perfil no hay un celular al que enviemos mensajes de texto.")
    return OwnAddress(mailbox, user, channel, address, health_at(mailbox, user, channel))


def _name(session: Session, channel: Channel) -> str:
    return f"{session.user_id}.{channel}"


def _codes_of(before: Token | None) -> list[str]:
    """Return the keyed hashes of the codes sent until now, of which none counts any more."""
    return [] if before is None else [*before.data.get("earlier", ()), before.digest][-_MOST_EARLIER:]
