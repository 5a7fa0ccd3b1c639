"""The codes that applicants are sent (REG-5): an address is never flooded, and nobody waits for what others caused.

Each registration gets an e-mail of its own, with a code and a link. Only where an address got a dozen in a day do they
follow each other as `domain/access/sent_mail.py` says, and whoever registers with it is led to the last one. Who shows
a code that went to an address reads it: so each code counts for any registration of that very address, once. One that
this registration was sent before its address changed counts no more: it is told apart from a wrong one.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from chalicelib.domain.access.sent_mail import LONG, Pace, next_mail
from chalicelib.domain.access.token import CODE_ATTEMPTS, NewToken, Token, TokenKind
from chalicelib.domain.errors import InvalidInput, MessageRefused, SendingUncertain, Unavailable
from chalicelib.domain.masking import mask_email
from chalicelib.domain.registration.registration import CODE_LIFETIME, VERIFIABLE, Registration
from chalicelib.renderers.registration.registration_letters import at_desk_letter, code_letter
from chalicelib.services.access.verify_code import code_unusable, judge_code
from chalicelib.services.registration.tools import RegistrationTools, send_letter
from chalicelib.services.together import together

_PACE = Pace(few=12, apart=timedelta(0), serves=CODE_LIFETIME)


def is_mail_due(registration: Registration, tools: RegistrationTools) -> bool:
    """Tell whether an e-mail of its own would go out now; one call."""
    last = tools.sent_mails.find(_about(registration))
    return next_mail(last, "", tools.clock(), is_proven=False, pace=_PACE) is not None


def give_code(registration: Registration, tools: RegistrationTools, *, is_awaited: bool = False) -> None:
    """Send a code with a link, or have those count that this address was sent; four hops and five calls at most.

    `is_awaited` sends in any case: somebody was promised an e-mail, and left.

    Raises:
        MessageRefused: `email_address_refused`.
        Unavailable: `mail_unavailable` or alike; another can be asked for.

    """
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
    data = {"code_name": name, "email": mask_email(registration.email)}
    until = wanted.serves_until
    tries = NewToken(TokenKind.EMAIL_CODE, name, now, until, answer=code)
    link = NewToken(TokenKind.EMAIL_LINK, secret, now, until, data=data)
    together([partial(tools.tokens.issue, tries), partial(tools.tokens.issue, link)])
    try:
        address, place = f"{tools.link_base}/{secret}", "" if registration.desk is None else registration.desk.place
        letter = at_desk_letter(place, address, until - now) if place else code_letter(code, address, until - now)
        send_letter(letter, registration, tools)
    except SendingUncertain:
        raise
    except (MessageRefused, Unavailable):
        tools.sent_mails.take_back(about, wanted, before=last)
        raise


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
