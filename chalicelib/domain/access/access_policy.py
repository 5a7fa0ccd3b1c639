"""How many attempts whom may make, so that guessing is hopeless and no stranger can keep anybody out (ACC-6, ACC-9).

What strangers share or choose, such as an address or somebody's username, is never refused by a count. Past its limit
it only raises what is asked for: a password with a captcha then sends a code to whom it is right for, and that code
opens. The owner gets in with one more step, and who guesses learns nothing. Only what belongs to one person alone can
be spent to the end: a session, a known device. `docs/limits.md` is the whole table, and says why each number.
"""

from __future__ import annotations

from enum import StrEnum

from chalicelib.domain.limit import Budget, Limit, Standing

LOGINS_PER_DEVICE = Limit("login-device", 10, 15 * 60)
"""Of one user on a device where they got in before. Past it the device counts as any other."""
LOGINS_PER_SESSION = Limit("login-session", 10, 15 * 60)
"""Refuses: passwords shown within a session, which no stranger can spend."""
LOGINS_PER_USER = Limit("login-user", 20, 60 * 60)
LOGINS_PER_USER_AND_NETWORK = Limit("login-pair", 10, 15 * 60)
LOGINS_PER_NETWORK = Limit("login-network", 100, 15 * 60)
"""Generous: a municipality or an internet café shares one address. Those that succeed are taken back."""
LOGINS_PER_NEIGHBOURHOOD = Limit("login-neighbourhood", 1000, 15 * 60)

MAILS_PER_SESSION = Limit("mail-session", 10, 60 * 60)
"""Refuses: codes asked for within a session."""
MAILS_PER_DEVICE = Limit("mail-device", 10, 60 * 60)
"""As for logins: past it the device counts as any other."""
MAILS_PER_USER = Limit("mail-user", 20, 24 * 60 * 60)
MAILS_PER_NETWORK = Limit("mail-network", 30, 60 * 60)
MAILS_PER_NEIGHBOURHOOD = Limit("mail-neighbourhood", 300, 60 * 60)
"""Codes and links asked for, whether the user exists or not. Past any of the three a captcha is needed."""

MAILS_TO_NEW_ADDRESSES_PER_USER = Limit("mail-new-user", 20, 24 * 60 * 60)
MAILS_PER_NEW_ADDRESS = Limit("mail-new-address", 10, 24 * 60 * 60)
"""Codes and activations to addresses not verified yet, by who asks and by who asks with where to: they may be a
stranger's, and what somebody else asks for is held against no user."""

SMS_CODES_PER_USER = Limit("sms-code-user", 5, 24 * 60 * 60)
"""Refuses: codes by SMS to the own mobile, which alerts do not reach. Only a session of that user can spend them."""

HASHES = Budget("hash", 30 * 15 * 60, 15 * 60)
"""Passwords of strangers that are hashed, thirty a second: a quarter of an hour of one processor in all."""
_MAILS_WINDOW_S = 15 * 60
PART_OF_MAILS = 15
"""Of fifteen messages that the provider takes one may be about access, one about a registration, and one may go to
nobody, so that nothing tells who exists. Alerts take the other twelve."""

IDENTIFICATIONS = Budget("identification", 20 * 15 * 60, 15 * 60)
"""Codes that are changed for an identity at the provider, twenty a second: each has it asked two or three times, and
whoever makes codes up must not have it asked in our name without end. Past it the password is the way in."""

FILE_CHECKS_PER_SESSION = Limit("file-check-session", 60, 60 * 60)
"""Refuses: files that somebody has judged within a session, which no stranger can spend."""
FILE_CHECKS_PER_NETWORK = Limit("file-check-network", 30, 60 * 60)
FILE_CHECKS_PER_NEIGHBOURHOOD = Limit("file-check-neighbourhood", 300, 60 * 60)
"""Past either, strangers from there draw on half of what all may have judged."""
FILE_CHECKS = Budget("file-check", 2 * 15 * 60, 15 * 60)
"""Files that people have judged at once, two a second: at half a second each one processor in all."""
LARGE_FILE_CHECKS = Budget("large-file-check", 60, 15 * 60)
"""Those they send apart: as many of the slowest take two fifths of the time that the workers have, twenty at most."""

RECEIPT_LOOKS_PER_NETWORK = Limit("receipt-look-network", 300, 15 * 60)
RECEIPT_LOOKS_PER_NEIGHBOURHOOD = Limit("receipt-look-neighbourhood", 3000, 15 * 60)
"""Looks for a receipt, by a code without a mistake in it or by a hash. Past either a captcha comes first."""
UNKNOWN_LOOK = 10
"""What a look that finds none counts for: thirty of them are as many as 300 that find one."""
LOOKS_PER_PROOF = Limit("receipt-look-proof", 20, 15 * 60)
"""Looks at one receipt after an answered captcha: reloads, and files compared with it. Then another captcha comes."""
VERIFICATIONS = Budget("verification", 50 * 15 * 60, 15 * 60)
"""Receipts that anybody looks for, fifty a second: half of it without a captcha. With ten million receipts one code in
829 million is one of theirs, so all of it, spent on guesses the whole year, finds two."""

RESEND_COOLING_S = 60
"""Between two e-mails that a person asks for about the same."""
FAILURES_LOGGED = frozenset({5, 20, 100, 500, 2000})
"""At which counts of one user's attempts in an hour a failed one is written to the log of events."""


class LoginDemand(StrEnum):
    """What has to come with the password."""

    CAPTCHA_OR_CODE = "captcha_or_code"
    EMAIL_CODE = "email_code"


class MailDemand(StrEnum):
    """What has to come with asking for an e-mail."""

    NOTHING = "nothing"
    CAPTCHA = "captcha"


GIVEN_BACK = (LOGINS_PER_NETWORK, LOGINS_PER_NEIGHBOURHOOD)
"""What a login that succeeds is taken back from: a thousand people behind one address are no attack."""
_OF_NETWORKS = (MAILS_PER_NETWORK, MAILS_PER_NEIGHBOURHOOD)


def access_mails(messages_a_second: int) -> Budget:
    """Return how many e-mails about access may go out, of what the provider takes."""
    return Budget("access-mail", messages_a_second * _MAILS_WINDOW_S // PART_OF_MAILS, _MAILS_WINDOW_S)


def pretended_mails(messages_a_second: int) -> Budget:
    """Return how many may go to nobody."""
    return Budget("pretended-mail", messages_a_second * _MAILS_WINDOW_S // PART_OF_MAILS, _MAILS_WINDOW_S)


def login_demand(counts: dict[Limit, int]) -> LoginDemand:
    """Tell what a login needs, by what was counted with it; unknown users too."""
    return LoginDemand.EMAIL_CODE if _is_past_any(counts) else LoginDemand.CAPTCHA_OR_CODE


def mail_demand(counts: dict[Limit, int]) -> MailDemand:
    """Tell what asking for another e-mail needs, by what was counted with it."""
    return MailDemand.CAPTCHA if _is_past_any(counts) else MailDemand.NOTHING


def mail_standing(counts: dict[Limit, int]) -> Standing:
    """Tell how much of the common budget a stranger's e-mail may draw on."""
    is_crowded = _is_past_any({limit: counts[limit] for limit in _OF_NETWORKS})
    return Standing.CROWDED if is_crowded else Standing.QUIET


def file_check_standing(counts: dict[Limit, int]) -> Standing:
    """Tell how much of what all may have judged a stranger's file may draw on."""
    return Standing.CROWDED if _is_past_any(counts) else Standing.QUIET


def is_crowded(counts: dict[Limit, int]) -> bool:
    """Tell whether so much was counted where somebody is that a look for a receipt takes a captcha."""
    return _is_past_any(counts)


def _is_past_any(counts: dict[Limit, int]) -> bool:
    return any(count > limit.limit for limit, count in counts.items())
