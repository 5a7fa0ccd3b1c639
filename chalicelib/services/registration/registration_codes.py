"""The codes that applicants are sent: one for each e-mail, or the last one to the inbox where that has to do (REG-5).

Where strangers keep writing to somebody's inbox from the owner's own network, the next e-mail has to wait. The owner
has not: the last code that the inbox got serves any registration of this address, since who shows it reads the inbox.
It counts once, whichever registration it came with.
"""

from __future__ import annotations

from functools import partial

from chalicelib.domain.access.sent_mail import SentMail
from chalicelib.domain.access.token import NewToken, Token, TokenKind
from chalicelib.domain.contact import inbox_of
from chalicelib.domain.errors import InvalidInput, MessageRefused, Unavailable
from chalicelib.domain.masking import mask_email
from chalicelib.domain.registration.registration import CODE_LIFETIME, Registration
from chalicelib.renderers.registration.registration_letters import code_letter
from chalicelib.services.access.verify_code import code_unusable, judge_code
from chalicelib.services.registration.tools import RegistrationTools, send_letter
from chalicelib.services.together import together


def give_code(registration: Registration, tools: RegistrationTools, *, is_mail_due: bool) -> None:
    """Send a code, or have the last one to this inbox serve where the next e-mail is not due yet.

    Raises:
        MessageRefused, Unavailable: as `send_code`.

    """
    last = None if is_mail_due else tools.sent_mails.find(_about(registration))
    if last is None or last.serves_until <= tools.clock():
        send_code(registration, tools)
        return
    now, data = tools.clock(), {"code": last.digest}
    name = registration.code_name
    tools.tokens.issue(NewToken(TokenKind.EMAIL_CODE, name, now, last.serves_until, data=data))


def send_code(registration: Registration, tools: RegistrationTools) -> None:
    """Make the code and the link of this e-mail, and send both in one.

    Raises:
        MessageRefused: `email_address_refused`.
        Unavailable: `mail_unavailable` or alike; another can be asked for.

    """
    now, about = tools.clock(), _about(registration)
    code, secret = tools.new_email_code(), tools.new_token()
    until, name, digest = now + CODE_LIFETIME, registration.code_name, tools.sent_mails.digest(about, code)
    to_be_tried = NewToken(TokenKind.EMAIL_CODE, name, now, until, answer=code, data={"code": digest})
    data = {"code_name": name, "email": mask_email(registration.email)}
    together(
        [
            partial(tools.tokens.issue, to_be_tried),
            partial(tools.tokens.issue, NewToken(TokenKind.EMAIL_LINK, secret, now, until, data=data)),
            partial(tools.sent_mails.remember, about, SentMail(digest, now, until, now, 1)),
        ]
    )
    try:
        send_letter(code_letter(code, f"{tools.link_base}/{secret}"), registration, tools)
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

    def is_right(token: Token) -> bool:
        kept = token.data.get("code")
        if kept is None:  # made by a package that kept the answer alone
            return tools.tokens.matches(token, name, code)
        return tools.sent_mails.is_digest_of(kept, about, code)

    token = judge_code(TokenKind.EMAIL_CODE, name, is_right, tokens=tools.tokens, now=now)
    if tools.tokens.consume(TokenKind.EMAIL_CODE, name, now=now) is None:
        raise code_unusable()
    kept = token.data.get("code")
    if kept is not None and not tools.sent_mails.use_up(kept, until=token.valid_until):
        raise _used_elsewhere()


def _used_elsewhere() -> InvalidInput:
    return InvalidInput("code_unusable", "Este código ya se usó en otro registro. Pide uno nuevo.", field="code")


def _about(registration: Registration) -> str:
    return f"registration#{inbox_of(registration.email)}"
