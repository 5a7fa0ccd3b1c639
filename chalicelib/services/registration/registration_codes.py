"""The codes that applicants are sent (REG-5): an inbox is never filled, and nobody waits for what others caused.

While an e-mail to an inbox serves, whoever registers with it is led to it (`domain/access/sent_mail.py`): who shows a
code of it reads the inbox. Under each registration five tries can be made. A code counts once, whichever registration
it came with, and what was sent last is as good as what was sent before.
"""

from __future__ import annotations

from functools import partial

from chalicelib.domain.access.sent_mail import LONG, next_mail
from chalicelib.domain.access.token import NewToken, Token, TokenKind
from chalicelib.domain.contact import inbox_of
from chalicelib.domain.errors import InvalidInput, MessageRefused, Unavailable
from chalicelib.domain.masking import mask_email
from chalicelib.domain.registration.registration import CODE_LIFETIME, Registration
from chalicelib.renderers.registration.registration_letters import code_letter
from chalicelib.services.access.verify_code import code_unusable, judge_code
from chalicelib.services.registration.tools import RegistrationTools, send_letter
from chalicelib.services.together import together


def give_code(registration: Registration, tools: RegistrationTools) -> None:
    """Send a code with a link, or have those serve that this inbox was sent; four hops and five calls at most.

    Raises:
        MessageRefused: `email_address_refused`.
        Unavailable: `mail_unavailable` or alike; another can be asked for.

    """
    now, about, name = tools.clock(), _about(registration), registration.code_name
    last, code, secret = tools.sent_mails.find(about), tools.new_email_code(), tools.new_token()
    digest = tools.sent_mails.digest(about, code)
    wanted = next_mail(last, digest, now, is_proven=False, short=CODE_LIFETIME)
    serving = wanted or last
    until = serving.serves_until if serving is not None else now
    tries = NewToken(TokenKind.EMAIL_CODE, name, now, until)
    if wanted is None or not tools.sent_mails.keep(about, wanted, instead_of=last):
        tools.tokens.issue(tries)
        return
    data = {"code_name": name, "email": mask_email(registration.email)}
    link = NewToken(TokenKind.EMAIL_LINK, secret, now, wanted.serves_until, data=data)
    together([partial(tools.tokens.issue, tries), partial(tools.tokens.issue, link)])
    try:
        letter = code_letter(code, f"{tools.link_base}/{secret}", wanted.serves_until - now)
        send_letter(letter, registration, tools)
    except (MessageRefused, Unavailable):
        tools.sent_mails.forget(about, digest)
        raise


def use_code(registration: Registration, code: str, *, tools: RegistrationTools) -> None:
    """Use a registration's code up; `code` is as `parse_email_code` returns it.

    Raises:
        CodeWrong: `code_wrong`.
        CodeUnusable: `code_unusable`.
        InvalidInput: `code_unusable` where another registration used it.

    """
    name, about, now = registration.code_name, _about(registration), tools.clock()
    right = tools.sent_mails.right_code(about, code, now)

    def is_right(token: Token) -> bool:  # the second for a package that kept each code under its registration
        return right is not None or tools.tokens.matches(token, name, code)

    judge_code(TokenKind.EMAIL_CODE, name, is_right, tokens=tools.tokens, now=now)
    if tools.tokens.consume(TokenKind.EMAIL_CODE, name, now=now) is None:
        raise code_unusable()
    if right is None:
        return
    used: list[bool] = []
    together(
        [
            lambda: used.append(tools.sent_mails.use_up(right, until=now + LONG)),
            lambda: tools.sent_mails.forget(about, right),  # it serves nobody: the next who asks gets another e-mail
        ]
    )
    if not used[0]:
        raise _used_elsewhere()


def _used_elsewhere() -> InvalidInput:
    return InvalidInput("code_unusable", "Este código ya se usó en otro registro. Pide uno nuevo.", field="code")


def _about(registration: Registration) -> str:
    return f"registration#{inbox_of(registration.email)}"
