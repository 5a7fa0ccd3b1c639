"""The codes that applicants are sent (REG-5): an address is never flooded, and nobody waits for what others caused.

Each registration gets an e-mail of its own, with a code and a link. Only where an address got a dozen in a day do they
follow each other as `domain/access/sent_mail.py` says, and whoever registers with it is led to the last one. Who shows
a code that went to an address reads it: so each code counts for any registration of that very address, once. One that
this registration was sent before its address changed counts no more: it is told apart from a wrong one.

What a desk took has a link of its own and no code, so no e-mail to another serves its owner: each gets one, as many as
one desk may write to one inbox in a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from chalicelib.domain.access.sent_mail import LONG, Pace, next_mail
from chalicelib.domain.access.token import CODE_ATTEMPTS, NewToken, Token, TokenKind
from chalicelib.domain.contact import inbox_of
from chalicelib.domain.errors import InvalidInput, MessageRefused, SendingUncertain, TooManyRequests, Unavailable
from chalicelib.domain.limit import Limit
from chalicelib.domain.masking import mask_email
from chalicelib.domain.registration.in_person import DeskVisit
from chalicelib.domain.registration.registration import CODE_LIFETIME, VERIFIABLE, Registration
from chalicelib.renderers.letters import Letter
from chalicelib.renderers.registration.registration_letters import at_desk_letter, code_letter
from chalicelib.services.access.verify_code import code_unusable, judge_code
from chalicelib.services.registration.tools import RegistrationTools, send_letter
from chalicelib.services.together import together

_PACE = Pace(few=12, apart=timedelta(0), serves=CODE_LIFETIME)
MAILS_PER_DESK_AND_INBOX = Limit("desk-registration-mail", 60, 24 * 60 * 60)
"""Refuses: what the desks of one institution write to one inbox, of all whom they register with it."""


def is_mail_due(registration: Registration, tools: RegistrationTools) -> bool:
    """Tell whether an e-mail of its own would go out now; one call."""
    if registration.desk is not None:
        return True
    last = tools.sent_mails.find(_about(registration))
    return next_mail(last, "", tools.clock(), is_proven=False, pace=_PACE) is not None


def give_code(registration: Registration, tools: RegistrationTools, *, is_awaited: bool = False) -> None:
    """Send a code with a link, or have those count that this address was sent; four hops and five calls at most.

    `is_awaited` sends in any case: somebody was promised an e-mail, and left.

    Raises:
        MessageRefused: `email_address_refused`.
        TooManyRequests: `limit_reached`: of one that a desk took, as `send_from_desk`.
        Unavailable: `mail_unavailable` or alike; another can be asked for.

    """
    if registration.desk is not None:
        _give_link(registration, registration.desk, tools)
        return
    now, about, name = tools.clock(), _about(registration), registration.code_name
    code, secret = tools.new_email_code(), tools.new_token()
    digest, last = tools.sent_mails.digest(about, code), tools.sent_mails.find(about)
    wanted = next_mail(last, digest, now, is_proven=is_awaited, pace=_PACE)
    while wanted is not None and not tools.sent_mails.keep(about, wanted, instead_of=last):
        last = tools.sent_mails.find(about)  # somebody registered with this address at the same instant
        wanted = next_mail(last, digest, now, is_proven=is_awaited, pace=_PACE)
    if wanted is None:
        until = last.serves_until if last is not None else now
        tools.tokens.issue(NewToken(TokenKind.EMAIL_CODE, name, now, until))
        return
    until = wanted.serves_until
    tries = NewToken(TokenKind.EMAIL_CODE, name, now, until, answer=code)
    link = _link(registration, secret, now, until)
    together([partial(tools.tokens.issue, tries), partial(tools.tokens.issue, link)])
    try:
        send_letter(code_letter(code, f"{tools.link_base}/{secret}", until - now), registration, tools)
    except SendingUncertain:
        raise
    except (MessageRefused, Unavailable):
        tools.sent_mails.take_back(about, wanted, before=last)
        raise


def send_from_desk(letter: Letter, registration: Registration, desk: DeskVisit, tools: RegistrationTools) -> None:
    """Send what a desk has written before the address is proved; one that was refused counts for none.

    Raises:
        TooManyRequests: `limit_reached`: this desk wrote to this inbox as often as it may in a day.
        MessageRefused, Unavailable: as `send_letter`.

    """
    counted, now = MAILS_PER_DESK_AND_INBOX, tools.clock()
    key = counted.key(desk.institution_id, inbox_of(registration.email))
    try:
        tools.limits.spend(key, limit=counted.limit, window_s=counted.window_s, now=now)
    except TooManyRequests as error:
        detail = "Hoy ya salieron demasiados correos de esta mesa de partes a esa dirección. Mañana se puede enviar."
        raise TooManyRequests("limit_reached", detail, retry_after=error.retry_after) from error
    try:
        send_letter(letter, registration, tools)
    except SendingUncertain:
        raise
    except (MessageRefused, Unavailable):
        tools.limits.give_back(key, window_s=counted.window_s, now=now)
        raise


def _give_link(registration: Registration, desk: DeskVisit, tools: RegistrationTools) -> None:
    now, secret = tools.clock(), tools.new_token()
    tools.tokens.issue(_link(registration, secret, now, now + CODE_LIFETIME))
    letter = at_desk_letter(desk.place, f"{tools.link_base}/{secret}", CODE_LIFETIME)
    send_from_desk(letter, registration, desk, tools)


def _link(registration: Registration, secret: str, now: datetime, until: datetime) -> NewToken:
    data = {"code_name": registration.code_name, "email": mask_email(registration.email)}
    return NewToken(TokenKind.EMAIL_LINK, secret, now, until, data=data)


def is_code_over(registration: Registration, tools: RegistrationTools) -> bool:
    """Tell whether the code that was sent is past its time or was mistyped too often; one call, or none.

    One that is gone was shown, and the mailbox is being opened.
    """
    if registration.state not in VERIFIABLE:
        return False
    token = tools.tokens.find(TokenKind.EMAIL_CODE, registration.code_name)
    return token is not None and not (token.is_valid_at(tools.clock()) and token.attempts < CODE_ATTEMPTS)


def use_code(registration: Registration, code: str, *, tools: RegistrationTools) -> None:
    """Use a registration's code up; `code` is as `parse_email_code` returns it.

    Raises:
        CodeWrong: `code_wrong`.
        CodeSuperseded: `code_superseded`.
        CodeUnusable: `code_unusable`.
        InvalidInput: `code_unusable` where another registration used it.

    """
    name, about, now = registration.code_name, _about(registration), tools.clock()
    found = tools.sent_mails.look_up(about, code, now)
    right = found.right

    def is_right(token: Token) -> bool:  # the second for a code that is on the list no more
        return right is not None or tools.tokens.matches(token, name, code)

    def is_earlier(_: Token) -> bool:
        return found.is_earlier or _was_sent_before(registration, code, tools)

    judge_code(TokenKind.EMAIL_CODE, name, is_right, is_earlier=is_earlier, tokens=tools.tokens, now=now)
    if tools.tokens.consume(TokenKind.EMAIL_CODE, name, now=now) is None:
        raise code_unusable()
    if right is None:
        return
    if not tools.sent_mails.use_up(right, until=now + LONG):
        raise _used_elsewhere()
    tools.sent_mails.end_serving(about, right, now=now)


def _was_sent_before(registration: Registration, code: str, tools: RegistrationTools) -> bool:
    """Tell whether it is the code of one of this registration's own e-mails, to whichever address; a call for each."""
    for name in registration.earlier_code_names:
        token = tools.tokens.find(TokenKind.EMAIL_CODE, name)
        if token is not None and tools.tokens.matches(token, name, code):
            return True
    return False


def _used_elsewhere() -> InvalidInput:
    return InvalidInput("code_unusable", "Ya se usó en otro registro. Pide otra clave de validación.", field="code")


def _about(registration: Registration) -> str:
    """Name the very address, since who reads one spelling of it need not read another."""
    local, _, domain = registration.email.rpartition("@")
    return f"registration#{local}@{domain.lower()}"
