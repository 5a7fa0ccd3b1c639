"""Every refusal the service can give, as one tree.

    CasillaError
    ├── InvalidInput         what was sent cannot be accepted as it is
    │   ├── Unprintable      a text has letters the receipt's font cannot print
    │   └── MessageRefused   the provider will never take this message
    ├── NotAuthenticated     who is asking is not proven
    │   ├── CredentialsWrong something of what was shown is wrong; which part is told to no one
    │   ├── SessionEnded     there is no such session, or not any more
    │   └── ValidationNeeded the last validation is too old for mailbox contents
    ├── Forbidden            who is asking may not do this
    ├── NotFound
    ├── Conflict             the state does not allow it
    │   └── NotReady         it will, in a while
    ├── TooLarge
    ├── TooManyRequests
    └── Unavailable          not the caller's fault; trying again helps
        └── SendingUncertain nobody knows whether the provider took a message

Errors know nothing of HTTP. `code` is stable and in English, for programs; `detail` is plain Spanish, for
people, and says what to do. `field` names the offending part of the input, as a dotted path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping


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
        members: Mapping[str, str] | None = None,
    ) -> None:
        """Keep what the person and the program need to know."""
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.field = field
        self.retry_after = retry_after
        """Seconds after which a retry may succeed; None when unknown or useless."""
        self.members = dict(members or {})
        """What else a program is told, by name."""
        self.problems: tuple[CasillaError, ...] = ()
        """Everything that is wrong, when a form has more than one field to correct; this error repeats the first."""


class InvalidInput(CasillaError):
    """What was sent cannot be accepted as it is."""


class Unprintable(InvalidInput):
    """A text contains letters that the receipt cannot print faithfully."""


class MessageRefused(InvalidInput):
    """The provider will never take this message: the address is wrong, or its owner opted out."""


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


class TooLarge(CasillaError):
    """More was sent than this way of sending allows."""


class TooManyRequests(CasillaError):
    """A limit on the number of requests or attempts was reached."""

    retryable = True


class Unavailable(CasillaError):
    """Something the service depends on does not answer; nothing was decided."""

    retryable = True


class SendingUncertain(Unavailable):
    """A message was handed over and no answer came: the provider may have taken it."""


def refusals(*checks: Callable[[], object]) -> tuple[InvalidInput, ...]:
    """Run every check and return what they refused, in order."""
    found: list[InvalidInput] = []
    for check in checks:
        try:
            check()
        except InvalidInput as refusal:
            found.append(refusal)
    return tuple(found)


def refusal_of(problems: tuple[InvalidInput, ...]) -> InvalidInput:
    """Return the first problem, carrying all of them."""
    first = InvalidInput(problems[0].code, problems[0].detail, field=problems[0].field)
    first.problems = problems
    return first
