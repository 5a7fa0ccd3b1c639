"""What a request costs: its calls to AWS, and how often a password was hashed for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from chalice.test import HTTPResponse

from bench.ledger import Ledger, ledger
from chalicelib.services.access.password_hashing import PasswordCheck, PasswordHashing


def measure(call: Callable[[], HTTPResponse], status: int) -> Ledger:
    """Return the calls that a request took which was answered as it should be."""
    with ledger() as book:
        answer = call()
    assert answer.status_code == status, answer.json_body
    return book


@dataclass
class HashedPasswords:
    count: int = 0


@contextmanager
def counted_hashes() -> Iterator[HashedPasswords]:
    """Count how often a password is hashed and compared; each takes long enough to be measured by a stranger."""
    hashed, check = HashedPasswords(), PasswordHashing.check

    def counted(self: PasswordHashing, password: str, password_hash: str | None) -> PasswordCheck:
        hashed.count += 1
        return check(self, password, password_hash)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PasswordHashing, "check", counted)
        yield hashed
