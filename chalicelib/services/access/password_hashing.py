"""Passwords at rest: argon2id with 19 MiB, two passes, one lane (OWASP's minimum; about 30 ms).

The library is imported at the first use: functions that check no password never load it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.domain.access.password_policy import normalise

if TYPE_CHECKING:
    from argon2 import PasswordHasher as Argon2

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1

_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$NDF+uaX2N+Zo4JQX8QVYZQ$PLeCnBUerP5g8SCxu3u/dWQ7fz53erl+PBo/71klBac"
"""A hash of the same cost that is verified where there is no user; nobody knows its password."""


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """Whether the password is right, and whether it should be hashed anew under today's parameters."""

    is_right: bool
    needs_rehash: bool = False


class PasswordHashing:
    """Hashes and checks; one per process."""

    def hash(self, password: str) -> str:
        """Return argon2's text, with a salt of its own, of the normalised password."""
        return self._argon2.hash(normalise(password))

    def check(self, password: str, password_hash: str | None) -> PasswordCheck:
        """Check a password; with no hash, as for an unknown user, do the same work and answer no."""
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - cold start

        try:
            self._argon2.verify(password_hash or _NOBODYS, normalise(password))
        except (VerificationError, InvalidHashError):
            return PasswordCheck(is_right=False)
        if password_hash is None:
            return PasswordCheck(is_right=False)
        return PasswordCheck(is_right=True, needs_rehash=self._argon2.check_needs_rehash(password_hash))

    @cached_property
    def _argon2(self) -> Argon2:
        from argon2 import PasswordHasher, Type  # noqa: PLC0415 - cold start

        return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
