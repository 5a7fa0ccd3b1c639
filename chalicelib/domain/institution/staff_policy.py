"""How often attempts to get in as staff may be made: nobody is kept out by what strangers try (ACC-6, ACC-9).

Past these numbers more is asked for, and nothing is refused. A captcha comes first. Where many wrong codes came with
the right password, somebody has that password: then a code of the device counts only where its owner got in before,
and a recovery code everywhere. Both are the owner's alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.limit import Limit

LOGINS_PER_DEVICE = Limit("staff-device", 10, 15 * 60)
"""Of one person where they got in before. Past it the device counts as any other."""
LOGINS_PER_PERSON = Limit("staff-person", 10, 60 * 60)
LOGINS_PER_NETWORK = Limit("staff-network", 30, 15 * 60)
"""A ministry shares one address. Those that succeed are taken back."""
WRONG_CODES = Limit("staff-code", 10, 24 * 60 * 60)
"""Wrong codes with the right password in a day: three in a million are right by chance, so ten a day in 91 years."""
PROOFS_PER_SESSION = Limit("staff-proof", 10, 15 * 60)
"""Refuses: codes shown within a session, which no stranger can spend."""

TRIES_PER_LINK = Limit("staff-link", 20, 3 * 24 * 60 * 60)
"""Refuses: what is typed behind one person's link while it counts, so that who reads their e-mail cannot try codes."""


def needs_captcha(counts: Mapping[Limit, int]) -> bool:
    """Tell whether a login has to come with a captcha, by what was counted with it."""
    return any(counts.get(limit, 0) > limit.limit for limit in (LOGINS_PER_PERSON, LOGINS_PER_NETWORK))


def is_password_known(wrong_codes: int) -> bool:
    """Tell whether somebody seems to try codes beside a password that they have."""
    return wrong_codes >= WRONG_CODES.limit
