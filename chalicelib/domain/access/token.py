"""Tokens: what proves something once and expires. Codes, links, sessions, drafts, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class TokenKind(StrEnum):
    """What a token is for; a secret of one kind never serves as another."""

    EMAIL_CODE = "email_code"
    EMAIL_LINK = "email_link"
    RESET_LINK = "reset_link"
    ACTIVATION_LINK = "activation_link"
    NEW_EMAIL_CODE = "new_email_code"
    ADDRESS_CODE = "address_code"
    """That a user's own e-mail or mobile lives, where alerts did not arrive."""
    LOGIN_CODE = "login_code"
    CAPTCHA = "captcha"
    """That a challenge was answered; before it is, nothing is kept of it."""
    SESSION = "session"
    DRAFT = "draft"
    CONTEST = "contest"
    """The link, or the code by SMS, by which who had the former address or mobile says *No fui yo*."""
    TELLING = "telling"
    """That a change is still to be told; issued at the instant from which a worker may tell it."""
    REPEATED = "repeated"
    """That somebody registered as the holder of a mailbox that is there, and its owner is to be told."""
    REPEATED_TOLD = "repeated_told"
    WAITING_EMAIL = "waiting_email"
    """That a user's new address waits; issued at the instant from which it counts, so that what is due is listed."""
    IDENTITY = "identity"
    """That an answer of the identity provider was taken, or used to get in; before it is, nothing is kept of it."""

    STAFF_SESSION = "staff_session"
    STAFF_LINK = "staff_link"
    """By which a person of the staff sets a password or enrols a device."""
    AGREEMENT_LINK = "agreement_link"
    """That an e-mail was verified from which an institution applies for an agreement."""


VALID_FOR: Mapping[TokenKind, timedelta] = {
    TokenKind.RESET_LINK: timedelta(days=2),
    TokenKind.ACTIVATION_LINK: timedelta(days=7),
    TokenKind.NEW_EMAIL_CODE: timedelta(minutes=30),
    TokenKind.ADDRESS_CODE: timedelta(minutes=30),
    TokenKind.LOGIN_CODE: timedelta(minutes=10),
    TokenKind.CONTEST: timedelta(days=30),
    TokenKind.TELLING: timedelta(days=30),
    TokenKind.REPEATED: timedelta(days=7),
    TokenKind.REPEATED_TOLD: timedelta(days=1),
    TokenKind.WAITING_EMAIL: timedelta(days=30),
    TokenKind.STAFF_LINK: timedelta(days=3),
    TokenKind.AGREEMENT_LINK: timedelta(days=3),
}
"""How long users can use what was e-mailed to them; what an applicant gets stands in `registration.py`."""
CODE_ATTEMPTS = 5
"""How often a code can be tried; then only a new one helps."""
KEPT_FOR: Mapping[TokenKind, timedelta] = {
    TokenKind.EMAIL_CODE: timedelta(days=7),
    TokenKind.EMAIL_LINK: timedelta(days=7),
    TokenKind.RESET_LINK: timedelta(days=30),
    TokenKind.ACTIVATION_LINK: timedelta(days=30),
    TokenKind.NEW_EMAIL_CODE: timedelta(days=1),
    TokenKind.ADDRESS_CODE: timedelta(days=1),
    TokenKind.LOGIN_CODE: timedelta(hours=1),
    TokenKind.CAPTCHA: timedelta(minutes=5),
    TokenKind.SESSION: timedelta(days=30),
    TokenKind.DRAFT: timedelta(days=1),
    TokenKind.CONTEST: timedelta(days=1),
    TokenKind.TELLING: timedelta(days=6),
    TokenKind.REPEATED: timedelta(days=1),
    TokenKind.REPEATED_TOLD: timedelta(days=1),
    TokenKind.WAITING_EMAIL: timedelta(days=1),
    TokenKind.IDENTITY: timedelta(minutes=5),
    TokenKind.STAFF_SESSION: timedelta(days=30),
    TokenKind.STAFF_LINK: timedelta(days=30),
    TokenKind.AGREEMENT_LINK: timedelta(days=30),
}
"""How long an expired token stays readable: an expired link can still send a new one, recent accesses be listed.

That a captcha was answered, or an identity used, is known for as long as the clocks of two processes may differ.
"""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to keep. Its parts in clear: only their keyed hashes are stored.

    `name` finds it: the secret of a link or session, or whom a code was made for (`registration:<id>`). `answer` is
    what has to be shown besides, as a code; empty where knowing the name is all. `subject` groups tokens to be listed
    or revoked together. `data` is JSON, without secrets.
    """

    kind: TokenKind
    name: str
    issued_at: datetime
    valid_until: datetime
    answer: str = ""
    subject: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as stored. `digest` is the keyed hash of name and answer; `token_id` names it and opens nothing."""

    kind: TokenKind
    token_id: str
    digest: str
    issued_at: datetime
    valid_until: datetime
    subject: str | None
    attempts: int
    data: Mapping[str, Any]

    def is_valid_at(self, now: datetime) -> bool:
        """Compare the logical expiry; that the item can still be read says nothing."""
        return now <= self.valid_until
