"""Secrets that AWS Secrets Manager keeps: read by ARN, and again within five minutes, since operators change them.

Not by Powertools' Parameters: `docs/adr/0051-secrets-read-again.md` says why. What is read is remembered and never
printed. The lines of the log begin with `secret`, and the alarm SecretsFailing reads them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import Unavailable

GOOD_FOR = timedelta(minutes=5)
"""Whoever asks after this has the secret read again."""
TRIED_EVERY = timedelta(minutes=1)
"""A secret that cannot be read again is tried no more often, so that nobody waits for each request of a process."""
KEPT_FOR = timedelta(hours=12)
"""How long a process goes on with what it read, where nothing better can be had; somebody is woken at once."""
_UNSET = "ResourceNotFoundException"
"""What Secrets Manager says of a secret that has no value yet, which is how the template makes those of others."""
_logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class SecretUnset(Unavailable):
    """`secret_unset`: nobody has put a value there yet, so there is nothing to be shown to anybody."""


@dataclass(frozen=True, slots=True)
class SecretText:
    """A value and its version, which is another one whenever somebody puts a value there, even the same."""

    text: str = field(repr=False)
    version: str = ""


@dataclass(slots=True)
class _Kept:
    secret: SecretText
    value: Any
    read_at: datetime
    tried_at: datetime


class SecretTexts:
    """One for a process. `client` is boto3's `secretsmanager`, `again` makes one that waits less."""

    def __init__(self, client: Any, clock: Callable[[], datetime], *, again: Callable[[], Any] | None = None) -> None:
        """Read with one client, and again with the other: by then there is a value to go on with."""
        self._client = client
        self._clock = clock
        self._make_again = again or (lambda: client)
        self._again: Any = None
        self._kept: dict[str, _Kept] = {}
        self._unset: dict[str, datetime] = {}
        self._reading = threading.RLock()

    def get(self, arn: str, read: Callable[[SecretText], _T]) -> _T:
        """Return what `read` makes of a secret; the same object as long as the secret is the same.

        A value that is older than five minutes is read again. Where that fails, or `read` refuses the new one, the
        one before goes on for twelve hours since it was read last, and the log says so.

        Raises:
            SecretUnset: it has no value yet; asked again after a minute.
            Unavailable: `secret_unavailable`, the next call asks again; or `secret_malformed`, as refused by `read`.

        """
        with self._reading:
            now, kept = self._clock(), self._kept.get(arn)
            if kept is None:
                return self._first(arn, read, now)
            if now - kept.read_at >= GOOD_FOR and now - kept.tried_at >= TRIED_EVERY:
                self._try_again(arn, kept, read, now)
            if now - kept.read_at >= KEPT_FOR:
                raise _unavailable("secret_unavailable")
            value: _T = kept.value
            return value

    def get_anew(self, arn: str, read: Callable[[SecretText], _T]) -> _T:
        """Read a secret at once, whatever its age; whoever showed it to somebody was refused. Otherwise as `get`."""
        with self._reading:
            kept = self._kept.get(arn)
            if kept is not None:
                self._try_again(arn, kept, read, self._clock())
            return self.get(arn, read)

    def _first(self, arn: str, read: Callable[[SecretText], _T], now: datetime) -> _T:
        unset_at = self._unset.get(arn)
        if unset_at is not None and now - unset_at < TRIED_EVERY:
            raise _unset()
        try:
            secret = _read(self._client, arn)
        except SecretUnset:
            self._unset[arn] = now
            _logger.warning("secret not set", extra={"item": name_of(arn)})
            raise
        try:
            value = read(secret)
        except ValueError as error:
            _logger.error("secret malformed", extra={"item": name_of(arn)})
            raise _unavailable("secret_malformed") from error
        self._kept[arn] = _Kept(secret, value, now, now)
        return value

    def _try_again(self, arn: str, kept: _Kept, read: Callable[[SecretText], Any], now: datetime) -> None:
        kept.tried_at = now
        told = {"item": name_of(arn), "age_s": int((now - kept.read_at).total_seconds())}
        self._again = self._again or self._make_again()
        try:
            secret = _read(self._again, arn)
        except Unavailable as error:
            _logger.warning("secret not read again", extra={**told, "cause": type(error.__cause__).__name__})
            return
        try:
            if secret != kept.secret:
                kept.value = read(secret)
        except ValueError:
            _logger.error("secret malformed", extra=told)
            return
        kept.secret, kept.read_at = secret, now


def name_of(arn: str) -> str:
    """Return the name within an ARN, as the log has it."""
    return arn.rpartition(":")[2]


def _read(client: Any, arn: str) -> SecretText:
    try:
        answer = client.get_secret_value(SecretId=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] == _UNSET:
            raise _unset() from error
        raise _unavailable("secret_unavailable") from error
    except BotoCoreError as error:
        raise _unavailable("secret_unavailable") from error
    text = str(answer.get("SecretString") or "")
    if not text.strip():
        raise _unset()
    return SecretText(text, str(answer.get("VersionId", "")))


def _unavailable(code: str) -> Unavailable:
    return Unavailable(code, "El servicio no responde. Intente de nuevo en un momento.", retry_after=2)


def _unset() -> SecretUnset:
    plain = _unavailable("secret_unset")
    return SecretUnset(plain.code, plain.detail, retry_after=int(TRIED_EVERY.total_seconds()))
