"""How many attempts whom may make, so that guessing is hopeless and no stranger can lock a user out (ACC-6).

Only what an address does to all users, or a session to its own, can be refused outright. What is done to one user, from
all over or from an address that others share, only raises what is asked for: past the soft limit the password alone,
even with a captcha, is not enough, and a code sent to the user's e-mail is needed too. The owner gets through with one
more step; the guesser does not. No account is ever closed by attempts.
"""

from __future__ import annotations

from enum import StrEnum

from chalicelib.domain.limit import Limit

LOGINS_PER_USER_AND_ADDRESS = Limit("login-pair", 10, 15 * 60)
"""Soft: a stranger in the same office or internet café makes these attempts as well."""
LOGINS_PER_SESSION = Limit("login-session", 10, 15 * 60)
"""Passwords shown within a session, which no stranger can spend."""
LOGINS_PER_ADDRESS = Limit("login-address", 100, 15 * 60)
"""Generous: a municipality or an internet café shares one address."""
LOGINS_PER_USER = Limit("login-user", 20, 60 * 60)
"""Soft: never refuses."""
MAILS_PER_USER_AND_ADDRESS = Limit("mail-pair", 5, 60 * 60)
"""Codes and links asked for; counted whether the user exists or not."""
MAILS_PER_ADDRESS = Limit("mail-address", 30, 60 * 60)
MAILS_PER_USER = Limit("mail-user", 20, 24 * 60 * 60)
"""Soft: past it, asking for another e-mail needs a captcha, so that a net of machines fills no inbox."""
MAILS_TO_NEW_ADDRESSES_PER_USER = Limit("mail-new-user", 20, 24 * 60 * 60)
MAILS_PER_NEW_ADDRESS = Limit("mail-new-address", 10, 24 * 60 * 60)
"""Codes and activations to addresses not verified yet, by who asks and by who asks with where to: they may be a
stranger's, and what somebody else asks for is held against no user."""
CAPTCHAS_PER_ADDRESS = Limit("captcha-address", 300, 15 * 60)
SOUNDS_PER_ADDRESS = Limit("captcha-sound", 60, 15 * 60)
"""A sound costs up to a second of computing; people need one or two."""
RESEND_COOLING_S = 60
"""Between two e-mails to the same person asked for from the same address."""


class LoginDemand(StrEnum):
    """What has to come with the password."""

    CAPTCHA_OR_CODE = "captcha_or_code"
    EMAIL_CODE = "email_code"


class MailDemand(StrEnum):
    """What has to come with asking for an e-mail."""

    NOTHING = "nothing"
    CAPTCHA = "captcha"


def login_demand(attempts_on_user: int, from_one_address: int = 0) -> LoginDemand:
    """Tell what a login needs, by the attempts on the user from everywhere and from here; unknown users too."""
    if attempts_on_user > LOGINS_PER_USER.limit or from_one_address > LOGINS_PER_USER_AND_ADDRESS.limit:
        return LoginDemand.EMAIL_CODE
    return LoginDemand.CAPTCHA_OR_CODE


def mail_demand(mails_to_user: int) -> MailDemand:
    """Tell what asking for another e-mail needs, by those asked for in this window from everywhere."""
    return MailDemand.CAPTCHA if mails_to_user > MAILS_PER_USER.limit else MailDemand.NOTHING
