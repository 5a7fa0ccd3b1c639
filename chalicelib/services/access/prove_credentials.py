"""Prove who somebody is: attempts counted, then everything looked at, then one answer for all that is wrong (ACC-6).

Unknown users cost what known ones do: the same calls to the tables and one password hashed. What is only told to the
person themselves (disabled, not activated) is told after everything was right (ACC-5).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.access.access_policy import LoginDemand
from chalicelib.domain.access.account import Account, AccountChanged, check_may_log_in
from chalicelib.domain.access.credentials import (
    Attempt,
    CaptchaAnswer,
    EmailCode,
    EmailCodeNeeded,
    credentials_wrong,
    login_subject,
)
from chalicelib.domain.access.token import CODE_ATTEMPTS, TokenKind
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.session import Session
from chalicelib.services.access.admit_login import admit_login, admit_session
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together


def prove_credentials(
    attempt: Attempt, *, tools: AccessTools, now: datetime, session: Session | None = None
) -> Account:
    """Return the account of whoever showed all that is asked for; `now` is from before anything was read.

    `session` is the one that the attempt's user is in already. Two hops and five calls, one of each more for an
    e-mailed code that is right.

    Raises:
        TooManyRequests: `limit_reached`.
        EmailCodeNeeded: `email_code_needed`; for known and unknown users alike.
        CredentialsWrong: `credentials_wrong`.
        AccountNotActivated, AccountDisabled, TemporaryPasswordExpired: after everything was right.

    """
    if session is None:
        demand = admit_login(attempt.username, attempt.origin, limits=tools.limits, now=now)
    else:
        demand = admit_session(session, attempt.origin, limits=tools.limits, now=now)
    if demand is LoginDemand.EMAIL_CODE and isinstance(attempt.proof, CaptchaAnswer):
        detail = "Hubo muchos intentos con este usuario. Por tu seguridad, pide un código a tu correo e ingresa con él."
        raise EmailCodeNeeded("email_code_needed", detail)
    account, is_proof_right = _look_at_all(attempt, tools, now)
    check = tools.hashing.check(attempt.password, account.password_hash if account else None)
    if account is None or not (check.is_right and is_proof_right and _use_up(attempt, tools, now)):
        _log_failure(attempt, tools, now)
        raise credentials_wrong()
    check_may_log_in(account, now)
    return _rehashed(account, attempt.password, tools) if check.needs_rehash else account


def code_name(code_id: str, username: str) -> str:
    """Return what a login code is kept under: a stranger, who lacks the id, can spend none of its attempts."""
    return f"{code_id}#{username}"


def _look_at_all(attempt: Attempt, tools: AccessTools, now: datetime) -> tuple[Account | None, bool]:
    accounts: list[Account | None] = []
    proofs: list[bool] = []
    together(
        [
            lambda: accounts.append(tools.accounts.find(attempt.username)),
            lambda: proofs.append(_is_proof_right(attempt, tools, now)),
        ]
    )
    return accounts[0], proofs[0]


def _is_proof_right(attempt: Attempt, tools: AccessTools, now: datetime) -> bool:
    proof = attempt.proof
    if isinstance(proof, EmailCode):
        name = code_name(proof.code_id, attempt.username)
        token = tools.tokens.count_attempt(TokenKind.LOGIN_CODE, name, limit=CODE_ATTEMPTS, now=now)
        return token is not None and tools.tokens.matches(token, name, proof.code)
    try:
        check_captcha(proof.captcha_id, proof.answer, tokens=tools.tokens, pepper=tools.pepper, now=now)
    except CaptchaWrong:
        return False
    return True


def _use_up(attempt: Attempt, tools: AccessTools, now: datetime) -> bool:
    """Let a code count once; with a mistyped password it is kept, since its attempts are counted anyway."""
    proof = attempt.proof
    if isinstance(proof, CaptchaAnswer):
        return True
    name = code_name(proof.code_id, attempt.username)
    return tools.tokens.consume(TokenKind.LOGIN_CODE, name, now=now, answer=proof.code) is not None


def _log_failure(attempt: Attempt, tools: AccessTools, now: datetime) -> None:
    subject = login_subject(tools.pepper, attempt.username)
    tools.events.add(
        Event(subject, EventType.LOGIN_FAILED, now, tools.new_event_id(), "unknown", attempt.origin),
    )


def _rehashed(account: Account, password: str, tools: AccessTools) -> Account:
    renewed = replace(account, password_hash=tools.hashing.hash(password))
    try:
        return tools.accounts.update(renewed)
    except AccountChanged:  # the next login renews it
        return account
