"""The composition root: one small `Container` a process, made from the environment at the first use.

Everything that is not a function of its inputs comes from here: the clock, identifiers, chance, AWS clients. Each wing
builds its own tools out of the container, in a module of its own beside this one. Tests make a container of their own
and run inside `using(container)`.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.config import Config

if TYPE_CHECKING:
    from chalicelib.bootstrap.chance import Chance
    from chalicelib.domain.calendar import BusinessCalendar
    from chalicelib.domain.mailbox import DocumentType
    from chalicelib.domain.mailbox.channels import SmsReach

_CALENDARS = Path(__file__).parents[1] / "calendars"
_T = TypeVar("_T")
_MISSING = object()
_making: ContextVar[tuple[Any, ...]] = ContextVar("making", default=())
"""What this thread is making, the innermost last."""


class Container:
    """The process's configuration, clock, chance and AWS clients, and what the wings made of them so far."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),  # noqa: TID251 - the clock
        chance: Chance | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Keep them; nothing is loaded or asked of AWS yet."""
        self.config = config
        self.clock = clock
        self.pause = pause
        self.made: dict[Callable[[Container], Any], Any] = {}
        """By what made it (`made_once`); a test may put something else in its place."""
        self.made_of: dict[Callable[[Container], Any], set[Callable[[Container], Any]]] = {}
        """What was made of each, so that it can be made anew with it."""
        self.renewals: set[Callable[[Container], None]] = set()
        """What looks whether anything that was made is to be made anew; none of them raises."""
        if chance is not None:
            self.chance = chance

    def begin(self) -> None:
        """Have a request or job that begins now find what changes outside, such as a secret, as it is of late.

        Whatever begins keeps to what it found then, so that nobody is told half by one secret and half by another.
        """
        for renew in tuple(self.renewals):
            renew(self)

    def forget(self, find: Callable[[Container], Any]) -> None:
        """Have something be made anew when it is next asked for, and whatever was made of it."""
        self.made.pop(find, None)
        for user in self.made_of.pop(find, ()):
            self.forget(user)

    @cached_property
    def chance(self) -> Chance:
        """Sources of what nobody can foresee."""
        from chalicelib.bootstrap.chance import Chance  # noqa: PLC0415 - no page that anybody may read draws a secret

        return Chance()

    @cached_property
    def mailbox_prefixes(self) -> dict[DocumentType, str]:
        """The username's first part, by type of document."""
        from chalicelib.domain.mailbox import DocumentType  # noqa: PLC0415 - many pages name no mailbox

        pairs = (pair.split(":") for pair in self.config.mailbox_prefixes.split(","))
        return {DocumentType(name): prefix for name, prefix in pairs}

    @cached_property
    def calendar(self) -> BusinessCalendar:
        """The country's business-day calendar, from the package's own data."""
        from chalicelib.domain.calendar import calendar_from_json  # noqa: PLC0415 - many pages tell no dates

        return calendar_from_json(json.loads((_CALENDARS / f"{self.config.country}.json").read_text("utf-8")))

    @cached_property
    def sms_reach(self) -> SmsReach:
        """Where SMS are sent to."""
        from chalicelib.domain.mailbox.channels import SmsReach  # noqa: PLC0415 - most pages send none

        return SmsReach(frozenset(self.config.sms_countries.split(",")))

    @property
    def portal_url(self) -> str:
        """Where the portal's pages begin, without a final slash."""
        return self.config.portal_base_url or f"https://{self.config.portal_address}"


def made_once(make: Callable[[Container], _T]) -> Callable[[Container], _T]:
    """Have a container keep what is made of it, so that it is made when first asked for and then found."""

    @functools.wraps(make)
    def find(box: Container) -> _T:
        making = _making.get()
        if making:
            box.made_of.setdefault(find, set()).add(making[-1])
        found: Any = box.made.get(find, _MISSING)
        if found is not _MISSING:
            known: _T = found
            return known
        within = _making.set((*making, find))
        try:
            made = make(box)
        finally:
            _making.reset(within)
        box.made[find] = made
        return made

    return find


_containers: list[Container] = []


def current() -> Container:
    """Return the process's container, made from the environment at the first call."""
    if not _containers:
        _containers.append(Container(Config.from_env()))
    return _containers[-1]


@contextmanager
def using(container: Container) -> Iterator[Container]:
    """Run a block with another container."""
    _containers.append(container)
    try:
        yield container
    finally:
        _containers.remove(container)
