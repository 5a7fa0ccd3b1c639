"""How a notice stands with its readers: who opened it, when first, and which dates are in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.deadline import Deadline, Regime, deadline_on, fix_deadline
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.notice import Notice, NoticeReference
from chalicelib.domain.reading.suspension import Suspension, SuspensionRequest, reading_suspended

LOOK_LASTS = timedelta(minutes=5)
"""From an opening on: what the same login looks at again in this time is the same opening."""


class Reading(StrEnum):
    """Pendientes por leer, leídos."""

    PENDING = "pending"
    READ = "read"

    @property
    def label(self) -> str:
        """As the folder is called."""
        return "Pendientes por leer" if self is Reading.PENDING else "Leídos"

    @property
    def state(self) -> str:
        """As a notice's state is called."""
        return "Pendiente" if self is Reading.PENDING else "Leído"


@dataclass(frozen=True, slots=True)
class ReadingCounts:
    """How many notices a mailbox ever received, and how many of them somebody opened."""

    deposited: int
    opened: int

    @property
    def pending(self) -> int:
        """Those that nobody opened."""
        return max(0, self.deposited - self.opened)


@dataclass(frozen=True, slots=True)
class Seen:
    """A mailbox user who opened a notice, as named then, and when for the first time."""

    user_id: str
    name: str
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """The first opening. `opening_id` is its event's; `deadline` what it fixed, None where the regime looks away."""

    opening_id: str
    opened_at: datetime
    opened_by: str
    deadline: Deadline | None


@dataclass(frozen=True, slots=True)
class ContestedSpan:
    """From a change of a way in that the holder does not know until the mailbox froze; both ends count."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class DeliveredNotice:
    """A notice, which never changes, with how it was read; `seen` by the instant of each user's first opening.

    What was done in a `contested` span is shown as *impugnada*; no date moves with it. `replaced_by` is the notice that
    was deposited in its place; its own dates stay all the same. Of one whose reading is suspended `notice` is
    concealed, so that nobody shows it by mistake; `whole` is as it was issued, for its sender. `suspension_asked` is
    the last request, which may have lapsed.
    """

    notice: Notice
    opening: Opening | None = None
    seen: tuple[Seen, ...] = ()
    contested: tuple[ContestedSpan, ...] = ()
    replaced_by: NoticeReference | None = None
    suspension_asked: SuspensionRequest | None = None
    suspension: Suspension | None = None
    whole: Notice | None = field(default=None, repr=False)

    @property
    def issued(self) -> Notice:
        """The notice as it was issued, for who sent it."""
        return self.whole or self.notice

    @property
    def reading(self) -> Reading:
        """Whether anybody opened it."""
        return Reading.PENDING if self.opening is None else Reading.READ

    @property
    def is_fixed_by_opening(self) -> bool:
        """Whether the first opening decides its dates: it is the acuse, and the page has to say so before."""
        return self.notice.regime is Regime.ACKNOWLEDGEMENT

    @property
    def is_opening_contested(self) -> bool:
        """Whether the first opening was somebody's whom the holder does not know, as the holder says."""
        return self.opening is not None and self.is_contested_at(self.opening.opened_at)

    def is_contested_at(self, at: datetime | None) -> bool:
        """Whether what was done to it at an instant is contested."""
        return at is not None and any(span.since <= at <= span.until for span in self.contested)

    def was_seen_by(self, user_id: str) -> bool:
        """Whether this user opened it before."""
        return any(seen.user_id == user_id for seen in self.seen)

    def deadline_on(self, today: date) -> Deadline:
        """Give the dates in force on a local day; of one unopened they depend on the day until they are fixed."""
        if self.opening is None:
            return deadline_on(self.notice.deadline, today)
        return self.opening.deadline or self.notice.deadline

    def deadline_if_opened_on(self, today: date) -> Deadline:
        """Give the dates that an opening on a local day would leave in force, for who has to decide."""
        if self.opening is not None:
            return self.deadline_on(today)
        return fix_deadline(self.notice.deadline, self.notice.openings, today)


def require_readable(delivered: DeliveredNotice) -> None:
    """Hand out nothing of a notice whose reading is suspended.

    Raises:
        ReadingSuspended: `reading_suspended`.

    """
    if delivered.suspension is not None:
        raise reading_suspended()


def require_opened(delivered: DeliveredNotice) -> None:
    """Ask for the opening before any document is handed out: it is the holder's act, never a by-product.

    Raises:
        Conflict: `notice_not_opened`, `reading_suspended`.

    """
    require_readable(delivered)
    if delivered.opening is None:
        raise Conflict("notice_not_opened", "Primero abre la notificación; después podrás descargar sus documentos.")


def notice_not_found() -> NotFound:
    """Return the one refusal for a notice that does not exist, or is another mailbox's."""
    return NotFound("notice_not_found", "No existe esa notificación, o no es de tu casilla.")
