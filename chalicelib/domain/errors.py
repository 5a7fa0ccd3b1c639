"""Every refusal the service can give, as one tree.

    CasillaError
    ├── InvalidInput         what was sent cannot be accepted as it is
    │   ├── Unprintable      a text has letters the receipt's font cannot print
    │   ├── MessageRefused   the provider will never take this message
    │   └── TooLarge         more than this way of sending allows
    ├── NotAuthenticated     who is asking is not proven
    │   ├── CredentialsWrong something of what was shown is wrong; which part is told to no one
    │   ├── SessionEnded     there is no such session, or not any more
    │   └── ValidationNeeded the last validation is too old for mailbox contents
    ├── Forbidden            who is asking may not do this
    ├── NotFound
    ├── Conflict             the state does not allow it
    │   └── NotReady         it will, in a while
    ├── TooManyRequests
    └── Unavailable          not the caller's fault; trying again helps
        └── SendingUncertain nobody knows whether the provider took a message

Errors know nothing of HTTP. `code` is stable and in English, for programs; `detail` is plain Spanish, for
people, and says what to do. `field` names the offending part of the input, as a dotted path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

MOST_TOLD = 50
MOST_TOLD_BYTES = 24_000
"""How many problems one answer tells, and how long their texts may be together."""

_T = TypeVar("_T")
_Refused = TypeVar("_Refused", bound="CasillaError")


class CasillaError(Exception):
    """A refusal with a stable code, a message that tells the person what to do, and whether a retry helps."""

    retryable = False

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        retry_after: int | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what the person and the program need to know."""
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.field = field
        self.retry_after = retry_after
        """Seconds after which a retry may succeed; None when unknown or useless."""
        self.members = dict(members or {})
        """What else a program is told, by name: JSON values."""
        self.problems: tuple[CasillaError, ...] = ()
        """Everything that is wrong, when a form has more than one field to correct; this error repeats the first."""


class InvalidInput(CasillaError):
    """What was sent cannot be accepted as it is."""


class Unprintable(InvalidInput):
    """A text contains letters that the receipt cannot print faithfully."""


class MessageRefused(InvalidInput):
    """The provider will never take this message: the address is wrong, or its owner opted out."""


class TooLarge(InvalidInput):
    """More was sent than this way of sending allows."""


class NotAuthenticated(CasillaError):
    """Who is asking is not proven."""


class CredentialsWrong(NotAuthenticated):
    """Something of what was shown is wrong; which part is told to no one."""


class SessionEnded(NotAuthenticated):
    """There is no such session, or not any more."""


class ValidationNeeded(NotAuthenticated):
    """The session is good, but its last validation is too old for mailbox contents."""


class Forbidden(CasillaError):
    """Who is asking is known, and may not do this."""


class NotFound(CasillaError):
    """The thing asked for does not exist for the one who asks."""


class Conflict(CasillaError):
    """The current state does not allow what was asked."""


class NotReady(Conflict):
    """Work that this depends on is still under way; the same request will succeed later."""

    retryable = True


class TooManyRequests(CasillaError):
    """A limit on the number of requests or attempts was reached."""

    retryable = True


class Unavailable(CasillaError):
    """Something the service depends on does not answer; nothing was decided."""

    retryable = True


class SendingUncertain(Unavailable):
    """A message was handed over and no answer came: the provider may have taken it."""


def refusals(*checks: Callable[[], object]) -> tuple[InvalidInput, ...]:
    """Run every check and return all that they refused, in order."""
    found: list[InvalidInput] = []
    for check in checks:
        try:
            check()
        except InvalidInput as refusal:
            found += parts_of(refusal)
    return tuple(found)


def collect(problems: list[InvalidInput], read: Callable[[], _T], otherwise: _T) -> _T:
    """Return what was read, or note all that is wrong with it and go on."""
    try:
        return read()
    except InvalidInput as refusal:
        problems += parts_of(refusal)
        return otherwise


def told_problems(refusal: CasillaError) -> tuple[CasillaError, ...]:
    """Return all that is wrong as far as one answer can tell it; the last told says how many are left out."""
    told: list[CasillaError] = []
    left = MOST_TOLD_BYTES
    for one in refusal.problems[:MOST_TOLD]:
        left -= len(f"{one.detail}{one.field}".encode("utf-8", "replace"))
        if left < 0 and told:
            break
        told.append(one)
    left_out = len(refusal.problems) - len(told)
    if left_out:
        last = told[-1]
        more = "Hay 1 problema más." if left_out == 1 else f"Hay {left_out} problemas más."
        told[-1] = type(last)(last.code, f"{last.detail} {more}", field=last.field)
    return tuple(told)


def parts_of(refusal: InvalidInput) -> tuple[InvalidInput, ...]:
    """Return each thing that is wrong; of a refusal of one thing, itself."""
    return tuple(one for one in refusal.problems if isinstance(one, InvalidInput)) or (refusal,)


def refusal_of(problems: Sequence[_Refused]) -> _Refused:
    """Return the first problem, of its own kind, carrying all of them."""
    one = problems[0]
    first = type(one)(one.code, one.detail, field=one.field, retry_after=one.retry_after, members=one.members)
    first.problems = tuple(problems)
    return first
