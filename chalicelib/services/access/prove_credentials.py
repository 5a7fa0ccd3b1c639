"""Prove who somebody is: the captcha or code, then the attempt counted, then one answer for all that is wrong (ACC-6).

Unknown users cost what known ones do: the same calls to the tables and one password hashed. What is only told to the
person themselves (disabled, not activated) is told after everything was right (ACC-5). Without a right captcha or code
nothing is counted and no password looked at: a stranger's request costs one call, and raises nothing for the user.

Where much was tried, a right password with a captcha opens nothing yet. It has a code sent to the user's e-mail, and
the answer is the same as to a wrong one: who guesses learns nothing, and the owner gets in with one more step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.access.access_policy import FAILURES_LOGGED, HASHES, LoginDemand
from chalicelib.domain.access.account import Account, AccountChanged, as_typed, check_may_log_in
from chalicelib.domain.access.credentials import (
    Attempt,
    CaptchaAnswer,
    EmailCode,
    EmailCodeNeeded,
    credentials_wrong,
    login_subject,
    mailbox_of,
)
from chalicelib.domain.access.known_device import find_device
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.limit import Standing
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.session import Session, session_ended
from chalicelib.services.access.admit_login import Admission, Caller, admit_login, admit_session
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.access.login_codes import RightCode, code_after_password, right_code, use_code_up
from chalicelib.services.access.prove_address import Answer, email_answered
from chalicelib.services.access.tools import AccessTools


@dataclass(frozen=True, slots=True)
class Proven:
    """Whose credentials were right, whose the mailbox is, and what is to be done beside the next call.

    Strangers' counters are given back, and what a code proves of an address that was in doubt is written.
    """

    account: Account
    holder: str
    beside: tuple[Callable[[], object], ...]


def prove_credentials(attempt: Attempt, *, tools: AccessTools, now: datetime, session: Session | None = None) -> Proven:
    """Return the account of whoever showed all that is asked for; `now` is from before anything was read.

    `session` is the one that the attempt's user is in already. Three hops and seven calls with a captcha from a device
    that is not known; two hops and four on a known one, or within a session.

    Raises:
        TooManyRequests: `limit_reached` within a session; `hashes_spent` where a captcha is not enough for now.
        EmailCodeNeeded: `email_code_needed`; for known and unknown users, right and wrong passwords alike.
        CredentialsWrong: `credentials_wrong`.
        SessionEnded: `session_ended`: the session is of somebody who has this username no more.
        MailboxFrozen, AccountNotActivated, AccountDisabled, TemporaryPasswordExpired: after everything was right.

    """
    proof = _right_proof(attempt, tools, now)
    if proof is None:
        raise credentials_wrong()
    admission, account, mailbox = _admit(attempt, session, tools, now)
    _draw_hash(attempt, admission, tools, now)
    password = as_typed(account, attempt.password)
    check = tools.hashing.check(password, account.password_hash if account else None)
    is_right = account is not None and check.is_right
    if admission.demand is LoginDemand.EMAIL_CODE and isinstance(attempt.proof, CaptchaAnswer):
        _log_failure(attempt, account, admission, tools, now)
        sent = code_after_password(attempt.username, account if is_right else None, tools=tools, now=now)
        raise EmailCodeNeeded.answering(sent.code_id)
    if account is None or not (is_right and _use_up(proof.digest, attempt, tools, now)):
        raise _failed(attempt, account, admission, tools, now)
    if session is not None and account.user_id != session.user_id:  # the username is another's by now
        raise session_ended()
    check_may_log_in(account, mailbox, now)
    if check.needs_rehash or not account.is_listed:
        account = _rewritten(account, password if check.needs_rehash else None, tools)
    beside = (*admission.give_back, *_proof_of_address(proof, account, mailbox, attempt, tools=tools, now=now))
    return Proven(account, mailbox.holder.name if mailbox else "", beside)


def _admit(
    attempt: Attempt, session: Session | None, tools: AccessTools, now: datetime
) -> tuple[Admission, Account | None, Mailbox | None]:
    """Count the attempt and, at the same time, read the account and, with it, its mailbox."""
    found: list[tuple[Account | None, Mailbox | None]] = []

    def find() -> None:
        found.append(tools.access.load(attempt.username, mailbox_of(attempt.username)))

    if session is not None:
        admission = admit_session(session, find, limits=tools.limits, now=now)
    else:
        caller = Caller(attempt.origin, find_device(tools.pepper, attempt.device, attempt.username, now))
        admission = admit_login(attempt.username, caller, find, limits=tools.limits, now=now)
        if caller.device_id is not None and _is_of_another(attempt, found[0][0], tools, now):
            stranger = Caller(attempt.origin)
            admission = admit_login(attempt.username, stranger, lambda: None, limits=tools.limits, now=now)
    return admission, *found[0]


def _is_of_another(attempt: Attempt, account: Account | None, tools: AccessTools, now: datetime) -> bool:
    """Tell whether the device is known of who had the username before: then it is a stranger's."""
    since = None if account is None else account.named_at
    return find_device(tools.pepper, attempt.device, attempt.username, now, since=since) is None


def _right_proof(attempt: Attempt, tools: AccessTools, now: datetime) -> RightCode | None:
    """Use the captcha or one of the code's tries up; return the code, an empty one for a captcha, or None."""
    proof = attempt.proof
    if isinstance(proof, EmailCode):
        return right_code(proof, attempt.username, tools=tools, now=now)
    try:
        check_captcha(proof.captcha_id, proof.answer, tokens=tools.tokens, pepper=tools.pepper, now=now)
    except CaptchaWrong:
        return None
    return RightCode("", None)


def _proof_of_address(  # noqa: PLR0913 - as `_admit`
    proof: RightCode, account: Account, mailbox: Mailbox | None, attempt: Attempt, *, tools: AccessTools, now: datetime
) -> tuple[Callable[[], object], ...]:
    """Return what learns that the e-mail which the code was sent to lives; nothing where there was no code."""
    if proof.sent_at is None:
        return ()
    answer = Answer(proof.sent_at, now, f"user:{account.user_id}", attempt.origin)
    return (partial(email_answered, mailbox, account.user_id, answer, tools=tools),)


def _use_up(code: str, attempt: Attempt, tools: AccessTools, now: datetime) -> bool:
    """Let a code count once; with a mistyped password it is kept, since its tries are counted anyway."""
    return not code or use_code_up(code, attempt.username, tools=tools, now=now)


def _draw_hash(attempt: Attempt, admission: Admission, tools: AccessTools, now: datetime) -> None:
    """Draw on what strangers may have hashed, where a captcha is all there is."""
    if not isinstance(attempt.proof, CaptchaAnswer) or admission.standing is Standing.PROVEN:
        return
    try:
        tools.limits.draw(HASHES, admission.standing, by=tools.new_event_id(), now=now)
    except TooManyRequests as spent:
        detail = (
            "Ahora hay demasiados intentos de ingreso. Pide un código a tu correo e ingresa con él, o espera"
            " unos minutos."
        )
        raise TooManyRequests("hashes_spent", detail, retry_after=spent.retry_after) from spent


def _failed(
    attempt: Attempt, account: Account | None, admission: Admission, tools: AccessTools, now: datetime
) -> Exception:
    _log_failure(attempt, account, admission, tools, now)
    return credentials_wrong()


def _log_failure(
    attempt: Attempt, account: Account | None, admission: Admission, tools: AccessTools, now: datetime
) -> None:
    """Write that many attempts were made on a user: a few events a day, however many attempts there are.

    For an invented name the same call leaves something that is gone after an hour: the log is for ever.
    """
    if admission.attempts not in FAILURES_LOGGED:
        return
    if account is None:
        tools.tokens.issue(NewToken(TokenKind.LOGIN_CODE, f"nobody#{attempt.username}", now, now))
        return
    subject = login_subject(tools.pepper, attempt.username)
    data = {"attempts": str(admission.attempts), "proof": attempt.proof_kind}
    tools.events.add(
        Event(subject, EventType.LOGIN_FAILED, now, tools.new_event_id(), "unknown", attempt.origin, data),
    )


def _rewritten(account: Account, password: str | None, tools: AccessTools) -> Account:
    """Hash a password anew, if one is given; and have the account be found by its person's number."""
    renewed = account if password is None else replace(account, password_hash=tools.hashing.hash(password))
    try:
        return tools.accounts.update(renewed)
    except AccountChanged:  # the next login renews it
        return account
