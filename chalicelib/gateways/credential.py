"""A secret that this service shows to another one, such as a registry's password: where it is refused, it rests.

Repeating what was refused helps nobody, and may lock the access. A refusal has the secret read at once, so that one
which was changed a minute ago works. What stays refused is shown no more for a while, or until somebody puts a value
there again, be it the same. A secret without a value is never shown.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from chalicelib.domain.errors import Unavailable
from chalicelib.gateways.secret_texts import SecretText, SecretTexts, name_of

ASKED_EVERY = timedelta(minutes=1)
"""How old what the others told may be: what was good for days may have been refused a moment ago, to one of them."""
_logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class RefusedElsewhere(Protocol):
    """What processes tell each other of refusals, for as long as a refused value rests."""

    def until(self, value: str) -> datetime | None:
        """Return when a value that any process was refused may be shown again; None where none was."""

    def add(self, value: str, rest: timedelta) -> None:
        """Tell the others that this value was refused now."""


class CredentialRests(Unavailable):
    """`credential_rests`: it was refused of late, and nothing was sent."""


class Credential:
    """One for a process. `others` costs one call for each new value, and for each that is shown after a minute."""

    def __init__(
        self,
        secrets: SecretTexts,
        arn: str,
        clock: Callable[[], datetime],
        *,
        rest: timedelta,
        others: RefusedElsewhere | None = None,
    ) -> None:
        """Read nothing yet."""
        self._secrets, self._arn, self._clock = secrets, arn, clock
        self._rest, self._others = rest, others
        self._known: SecretText | None = None
        self._rests_until: datetime | None = None
        self._asked_at: datetime | None = None

    def to_show(self) -> SecretText:
        """Return what is to be shown, read within five minutes.

        Raises:
            SecretUnset: there is none yet.
            CredentialRests: this one was refused; `retry_after` says when it is shown again.
            Unavailable: `secret_unavailable`.

        """
        secret, now = self._secrets.get(self._arn, _typed), self._clock()
        rests = self._rests_until is not None and now < self._rests_until
        if secret != self._known or (not rests and self._is_to_ask(now)):
            self._known, self._rests_until, self._asked_at = secret, self._told_by_others(secret), now
        if self._rests_until is not None and now < self._rests_until:
            _logger.warning("secret rests", extra={"item": name_of(self._arn)})
            raise _rests(self._rests_until - now)
        return secret

    def show(self, shown: SecretText, ask: Callable[[SecretText], _T], is_refused: Callable[[_T], bool]) -> _T:
        """Ask by what is to be shown; where it is refused, once more by what somebody put in its place meanwhile.

        Return the last answer. Raises what `ask` raises.
        """
        answer = ask(shown)
        if not is_refused(answer):
            return answer
        other = self.another(shown)
        if other is None:
            return answer
        answer = ask(other)
        if is_refused(answer):
            self.another(other)
        return answer

    def look(self) -> None:
        """Have the log say where there is no value yet; no call once there was one."""
        if self._known is None:
            with suppress(Unavailable):
                self._secrets.get(self._arn, _typed)

    def another(self, refused: SecretText) -> SecretText | None:
        """Have what was refused rest, and return the value that somebody put in its place meanwhile; one read.

        Whoever shows that one and is refused as well says so here too, and shows nothing more.
        """
        self._known, self._rests_until = refused, self._clock() + self._rest
        _logger.error("secret refused", extra={"item": name_of(self._arn)})
        try:
            if self._others:
                self._others.add(_name(refused), self._rest)
            found = self._secrets.get_anew(self._arn, _typed)
        except Unavailable:
            return None
        return None if found == refused else found

    def _is_to_ask(self, now: datetime) -> bool:
        """Tell whether the others may know more by now: where a rest ended, or they were asked a while ago."""
        return self._rests_until is not None or self._asked_at is None or now - self._asked_at >= ASKED_EVERY

    def _told_by_others(self, secret: SecretText) -> datetime | None:
        try:
            return self._others.until(_name(secret)) if self._others else None
        except Unavailable:
            return None  # unknown is not refused


def _name(secret: SecretText) -> str:
    return f"{secret.version}#{secret.text}"


def _typed(secret: SecretText) -> SecretText:
    """Read it without the end of line that an editor left behind it."""
    return SecretText(secret.text.rstrip("\r\n"), secret.version)


def _rests(wait: timedelta) -> CredentialRests:
    detail = "El servicio no responde. Intente de nuevo más tarde."
    return CredentialRests("credential_rests", detail, retry_after=max(1, math.ceil(wait.total_seconds())))
